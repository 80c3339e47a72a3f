// Goal: the resumable decoder and the slow one agree on every chunked body.
// Method: random bodies are encoded, half of them mutated, cut at random places and read by both.
import HTTPConnections
import TestSupport
import Testing

@Suite struct HTTP1BodyDecoderDifferentialTests {
    @Test func `both decoders agree on encoded and on mutated bodies`() {
        var generator = SeededGenerator.forTest()
        var completedCount = 0
        var refusedCount = 0
        for round in 0..<1_500 {
            let body = generator.bytes(count: generator.int(in: 0...40))
            var input = encoded(body, using: &generator) + bytes(generator.element(of: ["", "GET / HTTP/1.1\r\n"]))
            let isMutated = generator.chance(oneIn: 2)
            if isMutated { mutate(&input, using: &generator) }
            let cuts = (0..<generator.int(in: 0...6)).map { _ in generator.int(in: 0...input.count) }.sorted()
            let outcome = decodeChunked(input, cuts: cuts)
            switch (outcome, ReferenceBodyDecoder.decode(input)) {
            case (.completed(let fast, let fastCount), .completed(let slow, let slowCount)):
                completedCount += 1
                #expect(fast == slow && fastCount == slowCount, "round \(round)")
                if !isMutated { #expect(fast == body, "round \(round)") }
            case (.faulted, .refused): refusedCount += 1
            case (.incomplete, .incomplete): break
            case (.faulted, .incomplete):
                // Refused early: an end of the line or of the data may not make it good.
                for rest in ["\r\n0\r\n\r\n", "\n", "0\r\n\r\n", "x\r\n0\r\n\r\n", ":x\r\n\r\n"] {
                    let whole = ReferenceBodyDecoder.decode(input + bytes(rest))
                    if case .completed = whole {
                        Issue.record("round \(round): refused early \(text(input).debugDescription)")
                    }
                }
            case (let fast, let slow):
                Issue.record("round \(round): \(fast) but \(slow) for \(text(input).debugDescription)")
            }
            if decodeChunked(input, cuts: Array(0..<input.count)) != outcome {
                Issue.record("round \(round): byte by byte \(text(input).debugDescription)")
            }
        }
        #expect(completedCount > 100 && refusedCount > 100, "the mutations reach both sides")
    }

    private func encoded(_ body: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var result: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            let size = generator.int(in: 1...rest.count)
            let zeros = String(repeating: "0", count: generator.int(in: 0...3))
            let digits = String(size, radix: 16, uppercase: generator.chance(oneIn: 2))
            let ending = generator.element(of: ["", "", ";a", ";a=b", " ;\ta = \"x\""])
            result += bytes(zeros + digits + ending + "\r\n") + rest.prefix(size) + bytes("\r\n")
            rest = rest.dropFirst(size)
        }
        let trailers = generator.element(of: ["", "", "a: b\r\n", "a:\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"])
        return result + bytes("0\r\n" + trailers + "\r\n")
    }

    private func mutate(_ input: inout [UInt8], using generator: inout SeededGenerator) {
        let fragments = ["\r\n", "\n", "\r", " ", ";", "0", "f", "\0", ":", "-", "\t", "x", "\u{7f}", "\u{ff}"]
        for _ in 0..<generator.int(in: 1...2) {
            let position = generator.int(in: 0...input.count - 1)
            switch generator.int(in: 0...2) {
            case 0: input.insert(contentsOf: bytes(generator.element(of: fragments)), at: position)
            case 1: if input.count > 1 { input.remove(at: position) }
            default: input[position] = UInt8(generator.int(in: 0...255))
            }
        }
    }
}
