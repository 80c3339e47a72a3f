@testable import OpenInferenceProtocol

extension FuzzTarget {
    /// A body with labels: white space behind it changes nothing, and what is taken keeps its limits.
    static let feedback = FuzzTarget(name: "feedback") { input in
        do throws(ProtocolError) {
            let request = try FeedbackRequest(input.span)
            precondition(request.items.count <= OpenInferenceProtocolLimits.feedbackCount, "the list has an end")
            if input.count < OpenInferenceProtocolLimits.feedbackByteCount {
                let longer = input + [0x20]
                let again = try FeedbackRequest(longer.span)
                precondition(again == request, "white space says nothing")
            }
        } catch {
            precondition(!error.message.isEmpty, "a refusal has words")
        }
    }

    /// The same as a message.
    static let feedbackMessage = FuzzTarget(name: "feedback-message") { input in
        do throws(ProtocolError) {
            let request = try FeedbackRequest(0..<input.count, in: input.span)
            precondition(request.items.count <= OpenInferenceProtocolLimits.feedbackCount, "the list has an end")
        } catch {
            precondition(!error.message.isEmpty, "a refusal has words")
        }
    }
}
