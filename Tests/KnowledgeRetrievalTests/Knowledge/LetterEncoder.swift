import Synchronization

@testable import KnowledgeRetrieval

/// An encoder whose vectors say how often each letter stands in a text.
final class LetterEncoder: SentenceEncoder {
    static let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)

    let name: String
    private let isBroken = Mutex(false)
    private let calls = Mutex(0)

    init(name: String = "letters") { self.name = name }

    var width: Int { Self.letters.count }
    var callCount: Int { calls.withLock { $0 } }

    func fail(_ isBroken: Bool) { self.isBroken.withLock { $0 = isBroken } }

    func vector(of text: String) -> [Float]? {
        calls.withLock { $0 += 1 }
        return isBroken.withLock { $0 } ? nil : vector(text)
    }

    func vector(_ text: String) -> [Float] {
        let bytes = Array(text.lowercased().utf8)
        let counts = Self.letters.map { letter in Float(bytes.count { $0 == letter }) }
        let length = max(counts.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1)
        return counts.map { $0 / length }
    }

    func tokenCount(of text: String) -> Int { TokenEstimate.count(text) }
}
