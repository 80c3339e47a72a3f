/// The table of a message that is read: its fields by their numbers.
///
/// An enumeration is the table: what is looked up in it is known to the compiler. The names of its cases are those of
/// the definition without underscores; a test compares every table with the definition.
protocol ProtobufFields: RawRepresentable, CaseIterable, Equatable, Sendable where RawValue == UInt32 {
    /// What the definition calls the message.
    static var message: StaticString { get }
    /// The type of the field's values.
    var kind: ProtobufKind { get }
    /// Whether the field may hold several values, of which numbers may also stand in one run of bytes.
    var isRepeated: Bool { get }
}

extension ProtobufFields {
    var isRepeated: Bool { false }

    /// The field's name in the definition: `raw_input_contents` for `rawInputContents`.
    var name: String {
        var name = ""
        for letter in "\(self)" {
            if letter.isUppercase { name += "_" }
            name += letter.lowercased()
        }
        return name
    }
}

/// One field as it was read.
struct ProtobufField<Fields: ProtobufFields> {
    let name: Fields
    let content: ProtobufContent
}

/// What a field holds.
enum ProtobufContent: Equatable, Sendable {
    /// A number's bits: of integers as 64 bits, of floating-point numbers as they are.
    case number(UInt64)
    /// Where text, bytes, a message or a run of numbers stand.
    case bytes(Range<Int>)

    /// Where the bytes of a field stand that is text, bytes or a message.
    var range: Range<Int> {
        guard case .bytes(let range) = self else { preconditionFailure("the reader has compared the wire type") }
        return range
    }

    /// The bits of a field that is one number.
    var bits: UInt64 {
        guard case .number(let bits) = self else { preconditionFailure("the reader has compared the wire type") }
        return bits
    }
}
