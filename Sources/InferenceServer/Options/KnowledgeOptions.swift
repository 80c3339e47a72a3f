package import DurableState
import KnowledgeRetrieval

/// What `rowan knowledge` was asked to do, and where.
package struct KnowledgeOptions: Equatable, Sendable {
    /// What is to be done.
    package enum Action: Equatable, Sendable {
        /// Take the documents of a file or of all files below a directory.
        case importFiles(path: String)
        /// Show what would be found, and why.
        case search(text: String, limit: Int)
    }

    /// Whose knowledge it is.
    package enum Place: Equatable, Sendable {
        /// A running server's.
        case server(url: String)
        /// A stopped server's.
        case state(StateLocation)
    }

    package var action: Action
    package var place: Place
    package var tokenFile: String?
    /// Certificates that the server's may rest on; nil for the system's.
    package var certificateAuthorityFile: String?
    /// The service and the tenant of documents that name none, or that are searched for.
    package var service: String?
    package var tenant: String?
    /// Whether the answer is for programs.
    package var asJSON = false

    private static let options = [
        "--url": "URL", "--token-file": "FILE", "--ca-file": "FILE", "--data-directory": "DIR", "--state-url": "URL",
        "--service": "NAME", "--tenant": "NAME", "--limit": "N",
    ]

    /// Reads the words behind `rowan knowledge`.
    static func parse(_ words: [String]) throws(OptionFault) -> KnowledgeOptions {
        var read = try CommandWords(words, command: "knowledge", options: options)
        let verb = try read.takeArgument("ACTION (import, search)")
        let action: Action
        switch verb {
        case "import": action = .importFiles(path: try read.takeArgument("PATH"))
        case "search":
            let text = try read.takeArgument("TEXT")
            action = .search(text: text, limit: try limit(read.values["--limit"]))
        default:
            throw .unusableValue(source: "`rowan knowledge`", value: verb, expected: "import or search")
        }
        try read.end()
        if case .importFiles = action, let value = read.values["--limit"] {
            throw .unexpectedArgument("--limit \(value)", command: "knowledge import")
        }
        var options = KnowledgeOptions(action: action, place: try place(read.values))
        options.tokenFile = read.values["--token-file"]
        options.certificateAuthorityFile = read.values["--ca-file"]
        options.service = read.values["--service"]
        options.tenant = read.values["--tenant"]
        options.asJSON = read.switches.contains("--json")
        return options
    }

    private static func limit(_ value: String?) throws(OptionFault) -> Int {
        guard let value else { return 5 }
        let range = KnowledgeRetrievalLimits.queryDocuments
        guard let limit = Int(value), range.contains(limit) else {
            throw .unusableValue(
                source: "--limit", value: value, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return limit
    }

    private static func place(_ values: [String: String]) throws(OptionFault) -> Place {
        let given = ["--url", "--data-directory", "--state-url"].filter { values[$0] != nil }
        if given.count > 1 { throw .unexpectedArgument(given[1], command: "knowledge with \(given[0])") }
        if let directory = values["--data-directory"] { return .state(.directory(directory)) }
        if let url = values["--state-url"] {
            do throws(StateFault) {
                return .state(try StateLocation(url: url))
            } catch {
                throw .unusableValue(source: "--state-url", value: url, expected: "postgresql://user@host/name")
            }
        }
        return .server(url: values["--url"] ?? "http://127.0.0.1:8000")
    }
}
