import DurableState
import InferenceServer
import KnowledgeRetrieval
import LinuxSystem
import ServerView

/// Carries out `rowan knowledge`: on a running server, or on what a stopped one keeps.
///
/// An import that was ended goes on when it is begun again: what is known already costs no more than being read.
struct KnowledgeCommand {
    /// Why it cannot be done.
    struct Fault: Error {
        let sentence: String

        init(_ sentence: String) { self.sentence = sentence }
    }

    private let options: KnowledgeOptions

    init(_ options: KnowledgeOptions) { self.options = options }

    /// Bytes and documents of one call; what one document has is sent whole.
    private static let callByteCount = 1 << 20
    private static let callDocuments = 500

    /// Does what was asked for.
    ///
    /// - Returns: what to say about it.
    func run() throws(Fault) -> String {
        switch options.action {
        case .importFiles(let path): try importFiles(path)
        case .search(let text, let limit): try search(text, limit)
        }
    }

    // MARK: Importing

    private func importFiles(_ path: String) throws(Fault) -> String {
        let target = try KnowledgeTarget(options)
        var outcome = KnowledgeKeeper.Outcome()
        do throws(ReadingFault) {
            let files = try KnowledgeFiles(at: path)
            guard !files.paths.isEmpty else { throw ReadingFault("\(path) has no files that hold documents") }
            var progress = ProgressLine(total: files.paths.count)
            var waiting: [KnowledgeDocument] = []
            var byteCount = 0
            for (index, file) in files.paths.enumerated() {
                for document in try files.documents(in: file) {
                    var document = document
                    document.service = document.service ?? options.service
                    document.tenant = document.tenant ?? options.tenant
                    if !waiting.isEmpty,
                        waiting.count == Self.callDocuments || byteCount + document.text.utf8.count > Self.callByteCount
                    {
                        try take(&waiting, target, &outcome)
                        byteCount = 0
                    }
                    waiting.append(document)
                    byteCount += document.text.utf8.count
                }
                progress.show(index + 1)
            }
            try take(&waiting, target, &outcome)
            progress.end()
            return said(outcome, fileCount: files.paths.count)
        } catch {
            throw Fault(error.message)
        }
    }

    private func take(
        _ documents: inout [KnowledgeDocument], _ target: KnowledgeTarget, _ outcome: inout KnowledgeKeeper.Outcome
    ) throws(ReadingFault) {
        guard !documents.isEmpty else { return }
        let part = try target.put(documents)
        outcome.added += part.added
        outcome.replaced += part.replaced
        outcome.unchanged += part.unchanged
        documents.removeAll(keepingCapacity: true)
    }

    private func said(_ outcome: KnowledgeKeeper.Outcome, fileCount: Int) -> String {
        if options.asJSON {
            return "{\"files\":\(fileCount),\"added\":\(outcome.added),\"replaced\":\(outcome.replaced),"
                + "\"unchanged\":\(outcome.unchanged)}\n"
        }
        return "\(fileCount) files: \(outcome.added) documents added, \(outcome.replaced) replaced, "
            + "\(outcome.unchanged) unchanged\n"
    }

    // MARK: Searching

    private func search(_ text: String, _ limit: Int) throws(Fault) -> String {
        let target = try KnowledgeTarget(options)
        do throws(ReadingFault) {
            let answer = try target.search(text, limit: limit)
            return options.asJSON ? answer + "\n" : try FoundDocuments(answer).text
        } catch {
            throw Fault(error.message)
        }
    }
}
