import JSONSyntax
import LinuxSystem

/// Turns the elements of an input tensor into features: float32, or float64 for models that compare doubles.
///
/// Conversions: FP32 is taken as it is; FP16 and BF16 are float32 values; FP64 and integers are rounded once to the
/// nearest feature, ties to even, as the trainers' own `astype` does; false and true are 0 and 1. A JSON
/// number is first rounded to the tensor's type. Missing values are NaN: in JSON `null`, `NaN` or "NaN", and infinities
/// are `Infinity`, `-Infinity`, the same as strings, or any number beyond the type's range; for floating-point types
/// only.
enum TensorData {
    /// Why elements were refused; the caller knows the tensor's name.
    enum Fault: Error {
        case syntax(JSONFault)
        /// The value at an offset is nothing that the datatype can hold.
        case unsuitable(offset: Int)
        /// The integer at an offset is too large or too small for the datatype, or has a fraction.
        case outOfRange(JSONFault)
        case notAnArray(offset: Int)
        case wrongCount(given: Int)
        case badBoolean(UInt8)
        /// An integer of a message is too large or too small for the datatype.
        case beyondDatatype(index: Int)
    }

    /// Reads `data` from JSON: flat, or nested in any way; only the number of leaves is compared with the shape.
    ///
    /// - Complexity: linear in the text; no allocation.
    /// - Parameter cursor: in front of the value of `data`; afterwards behind it.
    /// - Parameter values: the rows' elements, of which every `stride`th from `first` on is written.
    static func readJSON<Element: FeatureElement>(
        _ datatype: Datatype, in bytes: Span<UInt8>, at cursor: inout JSONCursor,
        into values: inout MutableSpan<Element>, _ placement: TensorPlacement, usesFastPath: Bool = true
    ) throws(Fault) {
        let outerDepth = cursor.depth
        guard case .beginArray = try next(&cursor, bytes) else { throw .notAnArray(offset: cursor.offset) }
        let type = datatype.jsonType
        let end = placement.first &+ placement.elementCount &* placement.stride
        var index = placement.first
        var surplus = 0
        while true {
            if let type, usesFastPath && index < end {
                index = Element.readNumbers(
                    type, in: bytes, at: &cursor, into: &values, from: index, stride: placement.stride)
            }
            let token = try next(&cursor, bytes)
            if case .beginArray = token { continue }
            if case .endArray = token {
                if cursor.depth == outerDepth { break }
                continue
            }
            let value: Element = try element(token, datatype, type, endingAt: cursor.offset, in: bytes)
            if index < end {
                values[index] = value
                index &+= placement.stride
            } else {
                surplus &+= 1
            }
        }
        let given = (index &- placement.first) / placement.stride &+ surplus
        guard given == placement.elementCount else { throw .wrongCount(given: given) }
    }

    /// Counts the leaves of `data` without converting them, where the shape promises more than the text can hold.
    static func countLeaves(in bytes: Span<UInt8>, at cursor: inout JSONCursor) throws(Fault) -> Int {
        let outerDepth = cursor.depth
        guard case .beginArray = try next(&cursor, bytes) else { throw .notAnArray(offset: cursor.offset) }
        var count = 0
        while cursor.depth > outerDepth {
            switch try next(&cursor, bytes) {
            case .beginArray, .endArray: break
            case .beginObject: throw .unsuitable(offset: cursor.offset &- 1)
            default: count &+= 1
            }
        }
        return count
    }

    static func next(_ cursor: inout JSONCursor, _ bytes: Span<UInt8>) throws(Fault) -> JSONToken {
        do throws(JSONFault) {
            return try cursor.next(in: bytes)
        } catch {
            throw .syntax(error)
        }
    }

    static func element<Element: FeatureElement>(
        _ token: JSONToken, _ datatype: Datatype, _ type: JSONNumberType?, endingAt end: Int, in bytes: Span<UInt8>
    ) throws(Fault) -> Element {
        switch token {
        case .number(let range):
            guard let type else { throw .unsuitable(offset: range.lowerBound) }
            do throws(JSONFault) {
                return try Element.number(type, in: bytes, range)
            } catch {
                throw .outOfRange(error)
            }
        case .true where datatype == .bool: return 1
        case .false where datatype == .bool: return 0
        case .null where datatype.isFloatingPoint, .notANumber where datatype.isFloatingPoint: return .nan
        case .infinity(let isNegative) where datatype.isFloatingPoint: return isNegative ? -.infinity : .infinity
        case .string(let string) where datatype.isFloatingPoint:
            if JSONString.equals(string, in: bytes, "NaN") { return .nan }
            if JSONString.equals(string, in: bytes, "Infinity") { return .infinity }
            if JSONString.equals(string, in: bytes, "-Infinity") { return -.infinity }
            throw .unsuitable(offset: string.range.lowerBound &- 1)
        default: throw .unsuitable(offset: end &- 1)
        }
    }

    /// Reads a binary tensor.
    ///
    /// - Shape: `bytes` holds exactly the placement's elements.
    /// - Layout: `bytes` is little-endian without padding.
    static func readBinary<Element: FeatureElement>(
        _ datatype: Datatype, _ bytes: Span<UInt8>, into values: inout MutableSpan<Element>,
        _ placement: TensorPlacement
    ) throws(Fault) {
        let size = datatype.byteCount
        precondition(bytes.count == placement.elementCount * size, "the bytes are the elements'")
        if datatype == Element.datatype && placement.stride == 1 {
            let end = placement.first + placement.elementCount
            var target = values._mutatingExtracting(placement.first..<end)
            target.copyLittleEndian(bytes)
            return
        }
        switch datatype {
        case .float32:
            scatter(into: &values, placement) {
                Element(Float(bitPattern: bytes.littleEndian(UInt32.self, at: 4 &* $0)))
            }
        case .float64:
            scatter(into: &values, placement) {
                Element(Double(bitPattern: bytes.littleEndian(UInt64.self, at: 8 &* $0)))
            }
        case .float16:
            scatter(into: &values, placement) {
                Element(Float(halfBits: bytes.littleEndian(UInt16.self, at: 2 &* $0)))
            }
        case .bfloat16:
            scatter(into: &values, placement) {
                Element(Float(bitPattern: UInt32(bytes.littleEndian(UInt16.self, at: 2 &* $0)) &<< 16))
            }
        case .int8: scatter(into: &values, placement) { Element(Int8(bitPattern: bytes[$0])) }
        case .uint8: scatter(into: &values, placement) { Element(bytes[$0]) }
        case .int16: scatter(into: &values, placement) { Element(bytes.littleEndian(Int16.self, at: 2 &* $0)) }
        case .uint16: scatter(into: &values, placement) { Element(bytes.littleEndian(UInt16.self, at: 2 &* $0)) }
        case .int32: scatter(into: &values, placement) { Element(bytes.littleEndian(Int32.self, at: 4 &* $0)) }
        case .uint32: scatter(into: &values, placement) { Element(bytes.littleEndian(UInt32.self, at: 4 &* $0)) }
        case .int64: scatter(into: &values, placement) { Element(bytes.littleEndian(Int64.self, at: 8 &* $0)) }
        case .uint64: scatter(into: &values, placement) { Element(bytes.littleEndian(UInt64.self, at: 8 &* $0)) }
        case .bool:
            for index in bytes.indices where bytes[index] > 1 { throw .badBoolean(bytes[index]) }
            scatter(into: &values, placement) { Element(bytes[$0]) }
        case .bytes: preconditionFailure("texts are no features")
        }
    }

    @inline(__always)
    private static func scatter<Element: FeatureElement>(
        into values: inout MutableSpan<Element>, _ placement: TensorPlacement, _ element: (Int) -> Element
    ) {
        var index = placement.first
        for position in 0..<placement.elementCount {
            values[index] = element(position)
            index &+= placement.stride
        }
    }
}

extension Datatype {
    /// How a JSON number of the type is rounded; nil where numbers are not accepted.
    var jsonType: JSONNumberType? {
        switch self {
        case .float16: .float16
        case .float32: .float32
        case .float64: .float64
        case .bfloat16: .bfloat16
        case .int8: .signedInteger(bits: 8)
        case .int16: .signedInteger(bits: 16)
        case .int32: .signedInteger(bits: 32)
        case .int64: .signedInteger(bits: 64)
        case .uint8: .unsignedInteger(bits: 8)
        case .uint16: .unsignedInteger(bits: 16)
        case .uint32: .unsignedInteger(bits: 32)
        case .uint64: .unsignedInteger(bits: 64)
        case .bool, .bytes: nil
        }
    }
}

extension Float {
    /// The value of an IEEE half, which is exact.
    ///
    /// - Layout: one sign bit, five of the exponent, ten of the significand.
    init(halfBits bits: UInt16) {
        let sign = UInt32(bits & 0x8000) &<< 16
        let magnitude = UInt32(bits & 0x7fff)
        if magnitude >= 0x7c00 {
            self.init(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) &<< 13)
        } else if magnitude >= 0x0400 {
            // The exponents are biased by 15 and 127.
            self.init(bitPattern: sign | (magnitude &<< 13 &+ 112 &<< 23))
        } else {
            let value = Float(magnitude) * 0x1p-24
            self = sign == 0 ? value : -value
        }
    }
}
