@testable import OpenInferenceProtocol

/// Messages for tests, put together byte by byte.
enum MessageBytes {
    static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + varint(value >> 7)
    }

    static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] { varint(field << 3) + varint(value) }

    static func field(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(content.count)) + content
    }

    static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    static func shape(_ dimensions: [Int64]) -> [UInt8] {
        field(3, dimensions.flatMap { varint(UInt64(bitPattern: $0)) })
    }

    /// An input of a request.
    static func input(
        _ shape: [Int64], name: String = "x", datatype: String = "FP32", rest: [UInt8] = []
    ) -> [UInt8] {
        field(5, field(1, name) + field(2, datatype) + self.shape(shape) + rest)
    }

    static func rawBytes(_ bytes: [UInt8]) -> [UInt8] { field(7, bytes) }

    static func raw(_ values: [Float]) -> [UInt8] { rawBytes(BinaryRequestTests.bytes(values)) }

    /// A parameter in a map; the value is the content of an InferParameter.
    static func parameter(_ key: String, _ value: [UInt8], map: UInt64 = 4) -> [UInt8] {
        field(map, field(1, key) + field(2, value))
    }

    static func flag(_ value: Bool) -> [UInt8] { number(1, value ? 1 : 0) }
    static func integer(_ value: Int64) -> [UInt8] { number(2, UInt64(bitPattern: value)) }
    static func text(_ value: String) -> [UInt8] { field(3, value) }

    /// The bytes of hexadecimal digits.
    static func hexadecimal(_ text: Substring) -> [UInt8] {
        let digits = text.utf8.filter { $0 != UInt8(ascii: "-") }.map { digit in
            digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
        }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
