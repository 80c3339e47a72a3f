import TestSupport
import Testing

@testable import JSONSyntax

// Swift's own description has the same digits, since the shortest and nearest decimal is only one; the forms differ.
@Suite struct ShortestFloatTests {
    /// The digits of a number's text without zeros at either end.
    static func digits(_ text: String) -> String {
        let significand = text.prefix { $0 != "e" }.filter { $0 >= "0" && $0 <= "9" }
        let trimmed = significand.drop { $0 == "0" }
        return String(trimmed.reversed().drop { $0 == "0" }.reversed())
    }

    static func check(_ value: Float) {
        guard value.isFinite else { return }
        let text = JSONNumberTextTests.text([value])
        // Great whole numbers are written in full, with digits beyond the shortest.
        if text.contains(".") || text.contains("e") {
            #expect(digits(text) == digits("\(value)"), "\(text) for \(value)")
        }
        #expect(Float(text)?.bitPattern == value.bitPattern, "\(text) for \(value)")
    }

    @Test func `every exponent's floats have Swift's digits`() {
        var random = SeededGenerator.forTest()
        for exponent in 0..<UInt32(255) {
            for _ in 0..<12 {
                let fraction = UInt32(truncatingIfNeeded: random.next()) & 0x7f_ffff
                Self.check(Float(bitPattern: exponent << 23 | fraction))
            }
            for fraction: UInt32 in [0, 1, 2, 0x7f_fffe, 0x7f_ffff] {
                Self.check(Float(bitPattern: exponent << 23 | fraction))
            }
        }
    }

    @Test func `short decimals are found again`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<3000 {
            let numerator = Float(random.int(in: 1...999_999))
            let power: Double = [1e1, 1e2, 1e3, 1e4, 1e6, 1e9].randomElement(using: &random) ?? 1
            Self.check(Float(Double(numerator) / power))
            Self.check(-Float(Double(numerator) / power))
        }
    }

    @Test func `the scientific form is used only where it is shorter`() {
        #expect(
            JSONNumberTextTests.text([0.001 as Float, 0.0001, 0.00012, 0.00012345]) == "0.001,1e-04,0.00012,0.00012345")
        #expect(JSONNumberTextTests.text([0.000012345 as Float, -1.2e-8, 3e-11]) == "1.2345e-05,-1.2e-08,3e-11")
        #expect(
            JSONNumberTextTests.text([1.5 as Float, 8_388_607.5, 0.75, -0.016588135])
                == "1.5,8388607.5,0.75,-0.016588135")
    }

    @Test func `what it does not cover is left to the C++ library`() {
        for value: Float in [0, 0.5, 1024, 3, 1e-20, .leastNonzeroMagnitude, 1e30, .infinity, .nan] {
            #expect(ShortestFloat(value) == nil)
        }
    }
}
