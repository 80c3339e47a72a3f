// Goal: the fast parser and the slow one agree on every head.
// Method: good and bad heads are mutated by insertions, deletions, replacements and splices of bytes that matter to
// HTTP; both parsers read the result.
import HTTPConnections
import TestSupport
import Testing

@Suite struct HTTP1RequestParserDifferentialTests {
    private static let fragments: [String] = [
        "\r\n", "\n", "\r", " ", "\t", ":", "\0", "\r\n\r\n", "\r\n ", "Host: b\r\n", "Content-Length: 7\r\n",
        "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "Expect: 100-continue\r\n", ",", ";", "#", "?", "/",
        "*", "http://", "HTTP/1.0", "HTTP/1.1", "\u{7f}", "\u{80}", "\u{ff}", "0", "9", "-", "a", "Z", "@", "[",
    ]

    @Test func `both parsers agree on mutated heads`() {
        var generator = SeededGenerator.forTest()
        let samples = RequestHeadSamples.accepted + RequestHeadSamples.refused.map(\.input)
        var completedCount = 0
        var refusedCount = 0
        for round in 0..<3_000 {
            var input = bytes(generator.element(of: samples))
            for _ in 0..<generator.int(in: 0...3) { mutate(&input, using: &generator) }
            let reference = ReferenceRequestParser.parse(input)
            let cuts = (0..<generator.int(in: 0...3)).map { _ in generator.int(in: 0...input.count) }.sorted()
            switch (parse(input, cuts: cuts), reference) {
            case (.completed(let fast), .completed(let slow)):
                completedCount += 1
                #expect(fast == slow, "round \(round): \(text(input).debugDescription)")
            case (.faulted, .refused): refusedCount += 1
            case (.incomplete, .incomplete): break
            case (.incomplete, .refused) where !cuts.isEmpty:
                // Bytes that trickle in may be judged later.
                guard case .faulted = parse(input) else {
                    Issue.record("round \(round): not refused: \(text(input).debugDescription)")
                    continue
                }
            case (.faulted(.tooManyEmptyLines), _): break
            case (.faulted(let fault), .incomplete):
                // Refused early: no continuation may make it good.
                for rest in ["\r\n\r\n", "x\r\n\r\n", ": x\r\n\r\n", " / HTTP/1.1\r\nHost: a\r\n\r\n"] {
                    let whole = ReferenceRequestParser.parse(input + bytes(rest))
                    #expect(whole == .refused, "round \(round): \(fault) in \(text(input).debugDescription)")
                }
            case (let fast, let slow):
                Issue.record("round \(round): \(fast) but \(slow) for \(text(input).debugDescription)")
            }
        }
        #expect(completedCount > 100 && refusedCount > 100, "the mutations reach both sides")
    }

    @Test func `how a head is cut never changes the outcome`() {
        var generator = SeededGenerator.forTest()
        let samples = RequestHeadSamples.accepted + RequestHeadSamples.refused.map(\.input)
        for _ in 0..<300 {
            var input = bytes(generator.element(of: samples))
            for _ in 0..<generator.int(in: 1...2) { mutate(&input, using: &generator) }
            let whole = parse(input)
            let dripped = parse(input, cuts: Array(0..<input.count))
            // Bytes that trickle in may be judged later, never otherwise.
            #expect(dripped == whole || dripped == .incomplete, "\(text(input).debugDescription)")
            if case .completed = whole { #expect(dripped == whole) }
        }
    }

    @Test func `random bytes are survived`() {
        var generator = SeededGenerator.forTest()
        for _ in 0..<2_000 {
            _ = parse(generator.bytes(count: generator.int(in: 0...60)))
        }
    }

    private func mutate(_ input: inout [UInt8], using generator: inout SeededGenerator) {
        let position = generator.int(in: 0...input.count)
        switch generator.int(in: 0...4) {
        case 0: input.insert(contentsOf: bytes(generator.element(of: Self.fragments)), at: position)
        case 1: if position < input.count { input.remove(at: position) }
        case 2: if position < input.count { input[position] = UInt8(generator.int(in: 0...255)) }
        case 3: if position < input.count { input[position] ^= 0x20 }
        default:
            let end = generator.int(in: position...input.count)
            input.insert(contentsOf: input[position..<end], at: generator.int(in: 0...input.count))
        }
    }
}
