import TestSupport
import Testing

@testable import JSONSyntax

// The expected bits in decimals.txt were computed by exact rational arithmetic: see make_decimals.py beside it.
@Suite struct JSONNumberTests {
    struct Vector: Sendable {
        let text: String
        let float: UInt32
        let double: UInt64
        let half: UInt16
        let bfloat: UInt16

        static func all() throws -> [Vector] {
            try FixtureFile.text("decimals.txt").split(separator: "\n").map { line in
                let fields = line.split(separator: " ")
                return try Vector(
                    text: String(fields[0]), float: #require(UInt32(fields[1], radix: 16)),
                    double: #require(UInt64(fields[2], radix: 16)), half: #require(UInt16(fields[3], radix: 16)),
                    bfloat: #require(UInt16(fields[4], radix: 16)))
            }
        }

        /// The half's value, by the standard library's own conversion.
        var halfValue: Float { Float(Float16(bitPattern: half)) }
        var bfloatValue: Float { Float(bitPattern: UInt32(bfloat) << 16) }
        /// The float64 rounded to float32: a second rounding that is wanted.
        var doubleValue: Float { Float(Double(bitPattern: double)) }
    }

    @Test func `every decimal is rounded once, to each type`() throws {
        for vector in try Vector.all() {
            let bytes = Array(vector.text.utf8)
            let range = 0..<bytes.count
            #expect(JSONNumber.float(in: bytes.span, range).bitPattern == vector.float, "\(vector.text)")
            #expect(JSONNumber.double(in: bytes.span, range).bitPattern == vector.double, "\(vector.text)")
            let half = try JSONNumber.float(.float16, in: bytes.span, range)
            #expect(half.bitPattern == vector.halfValue.bitPattern, "\(vector.text) as half")
            let bfloat = try JSONNumber.float(.bfloat16, in: bytes.span, range)
            #expect(bfloat.bitPattern == vector.bfloatValue.bitPattern, "\(vector.text) as bfloat16")
            let double = try JSONNumber.float(.float64, in: bytes.span, range)
            #expect(double.bitPattern == vector.doubleValue.bitPattern, "\(vector.text) as float64")
        }
    }

    @Test func `the fast path rounds every decimal the same way`() throws {
        let vectors = try Vector.all()
        // Behind other numbers and in front of more text, so that the eight-byte steps have room.
        for vector in vectors {
            let text = "[1,\(vector.text),-2.5, \(vector.text)                         ]"
            let expected: [(JSONNumberType, Float)] = [
                (.float32, Float(bitPattern: vector.float)), (.float64, vector.doubleValue),
                (.float16, vector.halfValue), (.bfloat16, vector.bfloatValue),
            ]
            for (type, value) in expected {
                guard let values = JSONText.fastNumbers(text, as: type) else {
                    // Only what does not fit 64 bits, or has an exponent beyond four digits, may be left to the cursor.
                    #expect(vector.text.utf8.count > 19 || vector.text.contains("e"), "\(vector.text)")
                    continue
                }
                #expect(
                    values.map(\.bitPattern) == [1, value, -2.5, value].map(\.bitPattern), "\(vector.text) \(type)")
            }
        }
    }

    @Test(arguments: [
        ("0", 0), ("-0", 0), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("-1", -1),
        ("1234567890123456789", 1_234_567_890_123_456_789),
    ])
    func `integers are exact`(text: String, expected: Int64) throws {
        let bytes = Array(text.utf8)
        #expect(try JSONNumber.int64(in: bytes.span, 0..<bytes.count) == expected)
    }

    @Test func `unsigned integers are exact`() throws {
        for (text, expected) in [("18446744073709551615", UInt64.max), ("0", 0), ("-0", 0), ("42", 42)] {
            let bytes = Array(text.utf8)
            #expect(try JSONNumber.uint64(in: bytes.span, 0..<bytes.count) == expected)
        }
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "1.0", "1e3", "-1.5", "1E0",
    ])
    func `integers out of range or with a fraction are refused`(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: JSONFault.self) { try JSONNumber.int64(in: bytes.span, 0..<bytes.count) }
    }

    @Test(arguments: ["18446744073709551616", "-1", "1.5", "340282366920938463463374607431768211456"])
    func `unsigned integers out of range are refused`(text: String) {
        let bytes = Array(text.utf8)
        #expect(throws: JSONFault.self) { try JSONNumber.uint64(in: bytes.span, 0..<bytes.count) }
    }

    @Test func `narrow integers are held against their range by both paths`() {
        let cases: [(JSONNumberType, accepted: [String], refused: [String])] = [
            (.signedInteger(bits: 8), ["-128", "127", "0"], ["-129", "128", "1.0"]),
            (.signedInteger(bits: 16), ["-32768", "32767"], ["-32769", "32768"]),
            (.signedInteger(bits: 32), ["-2147483648", "2147483647"], ["-2147483649", "2147483648"]),
            (.signedInteger(bits: 64), ["-9223372036854775808", "9223372036854775807"], ["9223372036854775808"]),
            (.unsignedInteger(bits: 8), ["0", "255", "-0"], ["256", "-1", "2e1"]),
            (.unsignedInteger(bits: 16), ["65535"], ["65536"]),
            (.unsignedInteger(bits: 32), ["4294967295"], ["4294967296"]),
            (.unsignedInteger(bits: 64), ["18446744073709551615"], ["18446744073709551616", "-1"]),
        ]
        for (type, accepted, refused) in cases {
            for text in accepted {
                #expect(JSONText.fastNumbers("[\(text)]", as: type) == [Float(Double(text) ?? .nan)])
                #expect(JSONText.slowNumbers("[\(text)]", as: type) == [Float(Double(text) ?? .nan)])
            }
            for text in refused {
                #expect(JSONText.fastNumbers("[\(text)]", as: type) == nil)
                #expect(JSONText.slowNumbers("[\(text)]", as: type) == nil)
            }
        }
    }

    @Test func `a long integer is rounded once to float32`() {
        // 2^24 + 1 is a tie in float32, and so is 2^62 + 2^38, to which a float64 would have moved the second number.
        #expect(JSONText.fastNumbers("[16777217]", as: .signedInteger(bits: 64)) == [16_777_216])
        #expect(JSONText.fastNumbers("[4611686293305294849]", as: .signedInteger(bits: 64)) == [0x1.000002p62])
        #expect(JSONText.slowNumbers("[4611686293305294849]", as: .signedInteger(bits: 64)) == [0x1.000002p62])
        #expect(JSONText.slowNumbers("[4611686293305294849]", as: .float64) == [0x1p62])
    }
}
