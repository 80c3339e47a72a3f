package import LinuxSystem

/// What has become of feedback.
package struct FeedbackOutcome: Equatable, Sendable {
    /// Labels that were joined with their predictions.
    package var accepted = 0
    /// Labels whose prediction is not known, or that are none of the model's classes.
    package var unknown = 0
    /// Labels whose prediction is not kept any more.
    package var late = 0
    /// Labels of predictions that have one already.
    package var duplicate = 0

    /// Nothing.
    package init() {}

    /// Adds what has become of other feedback.
    package static func += (left: inout FeedbackOutcome, right: FeedbackOutcome) {
        left.accepted += right.accepted
        left.unknown += right.unknown
        left.late += right.late
        left.duplicate += right.duplicate
    }

    /// What has become of feedback since an earlier time.
    package static func - (later: FeedbackOutcome, earlier: FeedbackOutcome) -> FeedbackOutcome {
        var difference = later
        difference.accepted -= earlier.accepted
        difference.unknown -= earlier.unknown
        difference.late -= earlier.late
        difference.duplicate -= earlier.duplicate
        return difference
    }

    /// Appends the answer of HTTP.
    package func append(to buffer: inout ByteBuffer) {
        buffer.append("{\"accepted\":")
        buffer.appendDecimal(accepted)
        buffer.append(",\"unknown\":")
        buffer.appendDecimal(unknown)
        buffer.append(",\"late\":")
        buffer.appendDecimal(late)
        buffer.append(",\"duplicate\":")
        buffer.appendDecimal(duplicate)
        buffer.append("}")
    }

    /// Appends the answer of gRPC with its prefix.
    package func appendMessage(to buffer: inout ByteBuffer) {
        ProtocolMessage.frame(to: &buffer) { content in
            content.appendInteger(1, UInt64(accepted))
            content.appendInteger(2, UInt64(unknown))
            content.appendInteger(3, UInt64(late))
            content.appendInteger(4, UInt64(duplicate))
        }
    }
}
