import TestSupport
import Testing

@testable import JSONSyntax

// Swift's own description of a number is the shortest that round-trips, but always has a point; round trips are checked
// by Swift's own parser.
@Suite struct JSONNumberTextTests {
    static func text(_ values: [Float]) -> String {
        var bytes = [UInt8](repeating: 0, count: values.count * 16 + 32)
        var span = bytes.mutableSpan
        let count = JSONNumberText.write(values.span, into: &span)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    static func text(_ values: [Double]) -> String {
        var bytes = [UInt8](repeating: 0, count: values.count * 25 + 32)
        var span = bytes.mutableSpan
        let count = JSONNumberText.write(values.span, into: &span)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    static func text(_ values: [Int64]) -> String {
        var bytes = [UInt8](repeating: 0, count: values.count * 21 + 32)
        var span = bytes.mutableSpan
        let count = JSONNumberText.write(values.span, into: &span)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    @Test func `examples are short`() {
        #expect(
            Self.text([0.1 as Float, 1, 0, -0.0, -2.5, 0.98, 16_777_216, 1e20, 1e-10])
                == "0.1,1,0,-0,-2.5,0.98,16777216,1e+20,1e-10")
        #expect(Self.text([0.1, 1, 1e300, -0.0, 123456.789]) == "0.1,1,1e+300,-0,123456.789")
        #expect(
            Self.text([0 as Int64, -1, 9, 10, -10, .max, .min, 1_000_000])
                == "0,-1,9,10,-10,\(Int64.max),\(Int64.min),1000000")
        #expect(Self.text([Float]()) == "")
    }

    @Test func `NaN is null and infinities are strings`() {
        #expect(Self.text([.nan, Float.infinity, -.infinity, 1]) == #"null,"Infinity","-Infinity",1"#)
        #expect(Self.text([.nan, Double.infinity, -.infinity, 1]) == #"null,"Infinity","-Infinity",1"#)
    }

    @Test func `every number reads back to itself and is no longer than Swift writes it`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<4000 {
            let bits = UInt32(truncatingIfNeeded: random.next())
            let value =
                random.chance(oneIn: 3) ? Float(Int32(truncatingIfNeeded: random.next()) >> 6) : Float(bitPattern: bits)
            guard value.isFinite else { continue }
            let text = Self.text([value])
            #expect(Float(text)?.bitPattern == value.bitPattern, "\(text)")
            #expect(text.utf8.count <= "\(value)".utf8.count, "\(text) for \(value)")
            #expect(JSONText.fault(text) == nil, "\(text)")
            #expect(text.utf8.count < JSONNumberText.floatByteCountLimit)
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            let long = Self.text([double])
            #expect(Double(long)?.bitPattern == double.bitPattern)
            #expect(long.utf8.count <= "\(double)".utf8.count, "\(long) for \(double)")
            #expect(JSONText.fault(long) == nil)
            #expect(long.utf8.count < JSONNumberText.doubleByteCountLimit)
        }
    }

    @Test func `the widest numbers fit the space`() {
        let floats: [Float] = [
            -.leastNormalMagnitude, -3.4028235e38, -1.2345678e-37, -16_777_215, .leastNonzeroMagnitude,
        ]
        for value in floats { #expect(Self.text([value]).utf8.count < JSONNumberText.floatByteCountLimit) }
        let doubles = [-2.2250738585072014e-308, -1.7976931348623157e308, -1.2345678901234567e-300]
        for value in doubles { #expect(Self.text([value]).utf8.count < JSONNumberText.doubleByteCountLimit) }
    }
}
