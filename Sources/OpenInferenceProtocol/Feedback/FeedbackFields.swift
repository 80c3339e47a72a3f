/// The tables of the messages that bring feedback.
///
/// - Source: rowan/v1/feedback.proto.
enum FeedbackFields {
    enum Request: UInt32, ProtobufFields {
        case modelName = 1
        case feedback = 2

        static var message: StaticString { "FeedbackRequest" }

        var kind: ProtobufKind { self == .modelName ? .string : .message }
        var isRepeated: Bool { self == .feedback }
    }

    enum Item: UInt32, ProtobufFields {
        case predictionId = 1
        case requestId = 2
        case row = 3
        case labelNumber = 4
        case labelText = 5
        case time = 6

        static var message: StaticString { "FeedbackItem" }

        var kind: ProtobufKind {
            switch self {
            case .predictionId, .requestId, .labelText, .time: .string
            case .row: .uint32
            case .labelNumber: .int64
            }
        }
    }
}
