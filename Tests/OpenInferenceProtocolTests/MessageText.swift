@testable import OpenInferenceProtocol

/// A message as text with its fields in the order of their numbers and its maps in the order of their keys, so that two
/// messages that say the same have the same text.
struct MessageText {
    private let descriptors = ProtobufDescriptors.shared

    /// - Parameter name: the full name of the message.
    static func of(_ bytes: [UInt8], _ name: String) -> String { MessageText().text(bytes[...], name) }

    private func text(_ bytes: ArraySlice<UInt8>, _ name: String) -> String {
        let message = descriptors.message(name)
        let byNumber = Dictionary(uniqueKeysWithValues: message.fields.map { ($1.number, ($0, $1)) })
        var rest = bytes
        var parts: [(UInt32, String)] = []
        while !rest.isEmpty {
            let tag = Self.varint(&rest)
            let number = UInt32(tag >> 3)
            guard let (fieldName, field) = byNumber[number] else { return "unknown field \(number) of \(name)" }
            let value: String
            switch tag & 7 {
            case 0: value = "\(Self.varint(&rest))"
            case 1: value = "\(Self.take(8, &rest))"
            case 5: value = "\(Self.take(4, &rest))"
            default:
                let content = Self.take(Int(Self.varint(&rest)), &rest)
                switch field.kind {
                case .message: value = "{\(text(content, field.typeName))}"
                default: value = "\(content)"
                }
            }
            parts.append((number, "\(fieldName)=\(value)"))
        }
        let isMap = { (number: UInt32) in
            byNumber[number].map { $0.1.kind == .message && descriptors.message($0.1.typeName).isMapEntry } ?? false
        }
        let order = parts.enumerated().sorted { one, other in
            if one.element.0 != other.element.0 { return one.element.0 < other.element.0 }
            return isMap(one.element.0) ? one.element.1 < other.element.1 : one.offset < other.offset
        }
        return order.map(\.element.1).joined(separator: " ")
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
            if byte < 0x80 { break }
        }
        return value
    }
}
