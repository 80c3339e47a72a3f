import Glibc
import TestSupport
import Testing

/// One file of the repository, as the rules see it.
struct SourceFile: CustomTestStringConvertible {
    /// The path from the repository's root.
    let path: String
    let text: String
    let source: SourceText
    /// All code, for quick searches; ends with a zero byte.
    private let codeBytes: [CChar]
    private let textBytes: [CChar]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        let isCode = [".swift", ".c", ".cpp", ".h"].contains { path.hasSuffix($0) }
        source = SourceText(text, isCode: isCode)
        textBytes = Array(text.utf8CString)
        codeBytes = source.code.joined(separator: "\n").utf8CString.map { $0 }
    }

    /// The folders and the file's name.
    var components: [Substring] { path.split(separator: "/") }
    /// The file's name with its ending.
    var name: String { String(components.last ?? "") }
    /// The file's name up to the first dot.
    var stem: String { String(name.prefix { $0 != "." }) }
    /// What the file is named after: the type that it declares or extends.
    var subject: String { String(stem.prefix { $0 != "+" }) }
    /// A failed expectation names a file and does not quote it.
    var testDescription: String { path }
    var isSwift: Bool { name.hasSuffix(".swift") }
    var isC: Bool { [".c", ".cpp", ".h"].contains { name.hasSuffix($0) } }
    var isMarkdown: Bool { name.hasSuffix(".md") }
    /// The target that the file belongs to; nil outside `Sources` and `Tests`.
    var target: String? {
        components.count > 2 && ["Sources", "Tests"].contains(components[0]) ? String(components[1]) : nil
    }
    var isSwiftSource: Bool { isSwift && path.hasPrefix("Sources/") }

    /// Whether the code holds a text anywhere, also as a part of a longer name.
    func mayContain(_ text: String) -> Bool {
        // Both texts end with a zero byte and live during the call.
        unsafe strstr(codeBytes, text) != nil
    }

    /// Whether the file holds a text anywhere.
    func mentions(_ text: String) -> Bool {
        // Both texts end with a zero byte and live during the call.
        unsafe strstr(textBytes, text) != nil
    }

    /// Every text file of the repository that people write, in the order of their paths; no symbolic links.
    static let all: [SourceFile] = {
        let root = RepositoryRoot.path
        let finding = try? ChildProcess(
            "/usr/bin/find",
            [
                root, "(", "-name", ".build", "-o", "-name", ".git", "-o", "-name", "__pycache__", "-o", "-name",
                ".library", ")",
            ]
                + ["-prune", "-o", "-type", "f", "-print"])
        guard let finding, (try? finding.waitForEnd()) == .exited(code: 0) else { return [] }
        let endings = [
            ".swift", ".c", ".cpp", ".h", ".md", ".py", ".pbtxt", ".yaml", ".yml", ".service", ".modulemap", ".proto",
        ]
        return finding.output.split(separator: "\n").map { $0.dropFirst(root.count + 1) }.sorted().compactMap { path in
            let isScript = path.hasPrefix(".ci/") || path == "Makefile" || path.hasSuffix("Dockerfile")
            guard isScript || endings.contains(where: path.hasSuffix) else { return nil }
            return TextFile.text(at: "\(root)/\(path)").map { SourceFile(path: String(path), text: $0) }
        }
    }()
}
