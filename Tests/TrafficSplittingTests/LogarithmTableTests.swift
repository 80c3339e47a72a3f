import Glibc
import TestSupport
import Testing

@testable import TrafficSplitting

struct LogarithmTableTests {
    @Test func `each entry is the logarithm, rounded`() {
        #expect(LogarithmTable.entries.count == 257)
        for (index, entry) in LogarithmTable.entries.enumerated() {
            // A double has 20 bits more than the entry needs; where it says that the entry is half way, both are right.
            let exact = log2(1 + Double(index) / 256) * 0x1p32
            #expect(abs(exact - Double(entry)) <= 0.5 + 1e-4, "entry \(index)")
        }
    }

    private func negative(_ number: UInt64) -> UInt64 {
        LogarithmTable.negativeLogarithm(of: number, LogarithmTable.entries)
    }

    @Test func `the extremes are within bounds`() {
        #expect(negative(.max) == 1)
        #expect(negative(0) == negative(1))
        #expect(negative(1) == 64 << 32)
        #expect(negative(1 << 63) == 1 << 32)
    }

    @Test func `what lies between the entries errs by less than three millionths, and never turns around`() {
        var generator = SeededGenerator.forTest()
        for _ in 0..<20_000 {
            let shift = UInt64.random(in: 0..<64, using: &generator)
            let number = UInt64.random(in: 1...UInt64.max, using: &generator) >> shift
            guard number > 0 else { continue }
            let exact = 64 - log2(Double(number))
            #expect(abs(Double(negative(number)) * 0x1p-32 - exact) < 3e-6, "\(number)")
            #expect(negative(number) <= negative(number - 1), "\(number)")
        }
    }
}
