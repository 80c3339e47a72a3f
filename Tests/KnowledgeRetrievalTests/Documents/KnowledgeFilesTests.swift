import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import KnowledgeRetrieval

@Suite struct KnowledgeFilesTests {
    @Test func `files below a directory are found in order, hidden and foreign ones are not`() throws {
        let folder = TemporaryFolder()
        try FileSystem.makeDirectory(folder.path + "/b")
        try FileSystem.makeDirectory(folder.path + "/.git")
        for name in ["c.md", "a.txt", "b/x.md", "b/picture.png", ".hidden.md", ".git/y.md"] {
            folder.write("Text of \(name).", to: name)
        }
        let files = try KnowledgeFiles(at: folder.path)
        #expect(files.paths == ["a.txt", "b/x.md", "c.md"])
        #expect(try files.documents(in: "b/x.md").map(\.id) == ["b.x"])
        #expect(try files.documents(in: "b/x.md").map(\.text) == ["Text of b/x.md."])
        let single = try KnowledgeFiles(at: folder.path + "/c.md")
        #expect(try single.paths.flatMap { try single.documents(in: $0) }.map(\.id) == ["c"])
    }

    @Test func `what is no directory and no such file is named`() {
        let folder = TemporaryFolder()
        folder.write("x", to: "picture.png")
        for path in [folder.path + "/picture.png", folder.path + "/nothing"] {
            let fault = #expect(throws: ReadingFault.self) { try KnowledgeFiles(at: path) }
            #expect(fault?.message.hasPrefix(path) == true)
        }
    }

    @Test func `a file that is too long is refused before it is read`() throws {
        let folder = TemporaryFolder()
        folder.write("x", to: "long.md")
        // A file with a hole costs nothing; the path is terminated by the conversion to a C string.
        let code = unsafe truncate(folder.path + "/long.md", KnowledgeRetrievalLimits.fileByteCount + 1)
        #expect(code == 0)
        let files = try KnowledgeFiles(at: folder.path)
        let fault = #expect(throws: ReadingFault.self) { try files.documents(in: "long.md") }
        #expect(fault?.message.hasPrefix("long.md: ") == true)
    }

    @Test func `the starter set keeps its form`() throws {
        let files = try KnowledgeFiles(at: RepositoryRoot.path + "/knowledge")
        #expect(files.paths.count >= 60)
        for path in files.paths {
            for document in try files.documents(in: path) {
                let headings = DocumentText.sections(of: document.text).map(\.heading)
                #expect(headings == ["Meaning", "Impact", "Diagnosis", "Mitigation", "Prevention"], "\(path)")
                #expect((150...300).contains(document.text.split { $0 == " " || $0 == "\n" }.count), "\(path)")
                #expect(document.refusal == nil && !document.tags.isEmpty, "\(path)")
            }
        }
    }
}
