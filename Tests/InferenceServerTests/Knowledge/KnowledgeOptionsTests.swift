import DurableState
import KnowledgeRetrieval
import LinuxSystem
import ModelRepository
import Testing
import TreeEnsembles

@testable import InferenceServer

@Suite struct KnowledgeOptionsTests {
    private static func read(_ words: String...) throws -> KnowledgeOptions {
        guard case .knowledge(let options) = try Command.parse(["knowledge"] + words) else {
            throw OptionFault.missingCommand
        }
        return options
    }

    @Test func `what is to be done, and where, is read`() throws {
        let files = try Self.read("import", "runbooks", "--url", "h:1", "--token-file", "t", "--service", "s", "--json")
        #expect(files.action == .importFiles(path: "runbooks") && files.place == .server(url: "h:1"))
        #expect(files.tokenFile == "t" && files.service == "s" && files.asJSON)
        let search = try Self.read("search", "disk full", "--data-directory", "d", "--limit", "7", "--tenant", "a")
        #expect(search.action == .search(text: "disk full", limit: 7) && search.place == .state(.directory("d")))
        #expect(search.tenant == "a")
        let shared = try Self.read("search", "x", "--state-url", "postgresql://u@h/d")
        #expect(shared.place == .state(.postgres(url: "postgresql://u@h/d")))
        #expect(try Self.read("search", "x").place == .server(url: "http://127.0.0.1:8000"))
        #expect(try Command.parse(["knowledge", "--help"]) == .help(HelpText.knowledge))
    }

    private static let faults: [[String]] = [
        [], ["export"], ["import"], ["search"], ["search", "a", "b"], ["search", "a", "--limit", "0"],
        ["search", "a", "--limit", "\(KnowledgeRetrievalLimits.queryDocuments.upperBound + 1)"],
        ["import", "a", "--limit", "3"], ["search", "a", "--url", "u", "--data-directory", "d"],
        ["search", "a", "--state-url", "mysql://h"], ["search", "a", "--urll", "u"],
    ]

    @Test func `what cannot be done is said`() {
        for words in Self.faults {
            #expect(throws: OptionFault.self, "\(words)") { _ = try Command.parse(["knowledge"] + words) }
        }
    }

    @Test func `the starter set is the one that is named, or none, or beside the repository`() throws {
        var options = ServerOptions()
        options.starterKnowledge = "none"
        #expect(options.starterDirectory == nil)
        options.starterKnowledge = "/etc/runbooks"
        #expect(options.starterDirectory == "/etc/runbooks")
        options.starterKnowledge = nil
        let folder = try FileSystem.makeUniqueDirectory(prefix: "/tmp/rowan-starter-")
        defer { try? FileSystem.remove(folder) }
        try FileSystem.makeDirectory(folder + "/knowledge")
        for repository in ["/models", "/models/"] {
            options.modelRepositories = [folder + repository]
            #expect(options.starterDirectory == folder + "/knowledge")
        }
    }

    @Test func `vectors are compared with the best instructions of a set`() {
        #expect(ScanInstructions(.baseline) == .baseline && ScanInstructions(.v3) == .avx2)
        #expect(ScanInstructions(.v4) == .avx512 && ScanInstructions(.vbmi) == .avx512)
    }
}
