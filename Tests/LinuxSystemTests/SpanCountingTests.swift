import LinuxSystem
import TestSupport
import Testing

struct SpanCountingTests {
    @Test func `as many are counted as a slow count finds, whatever the length`() {
        var generator = SeededGenerator(seed: 5)
        let choices: [Int64] = [0, 0, 1, -1, .min, .max]
        for length in 0..<150 {
            let values = (0..<length).map { _ in choices[generator.int(in: 0...choices.count - 1)] }
            #expect(values.span.count(below0: false) == values.count { $0 != 0 }, "\(values)")
            #expect(values.span.count(below0: true) == values.count { $0 < 0 }, "\(values)")
        }
    }
}
