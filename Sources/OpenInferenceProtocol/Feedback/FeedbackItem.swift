/// What was true about one row that was predicted.
package struct FeedbackItem: Equatable, Sendable {
    /// How the row's request is named.
    package enum Reference: Equatable, Sendable {
        /// By the response parameter `rowan_prediction_id`.
        case prediction(String)
        /// By the request's own identity.
        case request(String)
    }

    /// A class of the model.
    package enum Label: Equatable, Sendable {
        case number(Int64)
        case text(String)
    }

    package let reference: Reference
    /// The row within the request.
    package let row: UInt32
    package let label: Label

    /// Describes what was true.
    package init(_ reference: Reference, row: UInt32, label: Label) {
        self.reference = reference
        self.row = row
        self.label = label
    }
}
