import JSONSyntax

/// One step of a structured document, whatever its syntax; see `DocumentReader`.
enum DocumentToken {
    case beginObject
    case endObject
    case beginArray
    case endArray
    case key(JSONStringRange)
    case string(JSONStringRange)
    case number(DocumentNumber)
    case bool(Bool)
    case null
    case end

    /// What the token is, as the end of the sentence "found …".
    var kind: String {
        switch self {
        case .beginObject: "an object"
        case .endObject: "the end of an object"
        case .beginArray: "an array"
        case .endArray: "the end of an array"
        case .key: "a member"
        case .string: "a string"
        case .number: "a number"
        case .bool: "a truth value"
        case .null: "null"
        case .end: "the end"
        }
    }
}

/// A number of a document, still in the form in which it was written, so that it is rounded only once.
enum DocumentNumber {
    /// JSON text that satisfies the grammar of numbers.
    case text(Range<Int>)
    case integer(Int64)
    case float32(Float)
    case float64(Double)

    /// The nearest float32; infinite beyond its range.
    func float(in bytes: Span<UInt8>) -> Float {
        switch self {
        case .text(let range): JSONNumber.float(in: bytes, range)
        case .integer(let value): Float(value)
        case .float32(let value): value
        case .float64(let value): Float(value)
        }
    }

    /// The nearest float64; infinite beyond its range.
    func double(in bytes: Span<UInt8>) -> Double {
        switch self {
        case .text(let range): JSONNumber.double(in: bytes, range)
        case .integer(let value): Double(value)
        case .float32(let value): Double(value)
        case .float64(let value): value
        }
    }

    /// The value of a number that is written as an integer, else nil.
    func integer(in bytes: Span<UInt8>) -> Int? {
        switch self {
        case .text(let range): (try? JSONNumber.int64(in: bytes, range)).map { Int($0) }
        case .integer(let value): Int(value)
        case .float32, .float64: nil
        }
    }
}
