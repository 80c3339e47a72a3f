@testable import ServerView

/// Plays a server: answers by path, the last answer again and again.
final class ScriptedSource: PageSource {
    private var answers: [String: [(status: Int, body: String)]]
    private(set) var asked: [String] = []

    init(_ answers: [String: [(status: Int, body: String)]]) { self.answers = answers }

    func fetch(_ address: ServerAddress) throws(ViewFault) -> Page {
        asked.append(address.text)
        guard let waiting = answers[address.path], let next = waiting.first else {
            throw ViewFault("\(address.text) does not answer")
        }
        if waiting.count > 1 { answers[address.path]?.removeFirst() }
        return Page(status: next.status, body: Array(next.body.utf8))
    }
}
