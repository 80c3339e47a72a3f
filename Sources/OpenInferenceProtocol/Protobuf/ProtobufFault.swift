/// What is wrong with the bytes of a message.
struct ProtobufFault: Error, Equatable {
    /// The kinds of faults.
    enum Cause: Error, Equatable, CaseIterable {
        /// The message ends inside a field.
        case truncated
        /// An integer takes more than ten bytes, or a tag more than five.
        case longVarint
        /// A field's number is 0 or beyond 2^29 - 1.
        case badNumber
        /// A group, which proto3 does not have.
        case group
        /// A wire type that means nothing.
        case badWireType
        /// The wire type is another one than that of the field's type.
        case wrongWireType
        /// Text is no UTF-8.
        case badText
        /// The run of bytes is no whole number of elements.
        case unevenRun
    }

    /// The message as its definition names it.
    let message: String
    /// The field, by name where it is known, else by number; empty where the fault is in a tag.
    let field: String
    let cause: Cause

    /// One sentence for the sender.
    var sentence: String {
        let place = field.isEmpty ? "a field of \(message)" : "field '\(field)' of \(message)"
        return switch cause {
        case .truncated: "\(place) ends behind the message"
        case .longVarint: "\(place) has an integer of too many bytes"
        case .badNumber: "\(place) has a number that no field has"
        case .group: "\(place) is a group, which is not accepted"
        case .badWireType: "\(place) has an unknown wire type"
        case .wrongWireType: "\(place) has the wire type of another type"
        case .badText: "\(place) is no UTF-8"
        case .unevenRun: "\(place) holds no whole number of elements"
        }
    }
}

extension ProtocolError {
    /// A request that is no such message.
    ///
    /// - Source: gRPC, *Status codes and their use*: a request that cannot be parsed is answered INTERNAL.
    init(_ fault: ProtobufFault) {
        self.init(.internalFault, "failed to parse the request: \(fault.sentence)")
    }
}
