/// A piece of feedback while its members are read, in any order.
struct FeedbackDraft {
    var predictionID: String?
    var requestID: String?
    var row: UInt32 = 0
    var label: FeedbackItem.Label?
    var time: String?

    /// The finished piece.
    ///
    /// - Parameter index: its place in the list, for messages.
    /// - Throws: naming the member and the rule that it breaks.
    func finish(at index: Int) throws(ProtocolError) -> FeedbackItem {
        guard let label else { throw Self.fault(index, "has no label") }
        if case .text(let text) = label { try Self.check(text, "label", index) }
        let reference: FeedbackItem.Reference
        switch (predictionID, requestID) {
        case (.some(let id), .none):
            try Self.check(id, "prediction_id", index)
            reference = .prediction(id)
        case (.none, .some(let id)):
            try Self.check(id, "request_id", index)
            reference = .request(id)
        case (.some, .some): throw Self.fault(index, "names a prediction_id and a request_id: give one of them")
        case (.none, .none): throw Self.fault(index, "names neither prediction_id nor request_id")
        }
        if let time, InternetTime(time) == nil {
            throw Self.fault(index, "has a time that is none of RFC 3339, as in 2026-11-30T10:00:00Z")
        }
        return FeedbackItem(reference, row: row, label: label)
    }

    private static func check(_ text: String, _ member: String, _ index: Int) throws(ProtocolError) {
        let limit = OpenInferenceProtocolLimits.idByteCount
        guard !text.isEmpty else { throw fault(index, "has an empty \(member)") }
        guard text.utf8.count <= limit else { throw fault(index, "has a \(member) of more than \(limit) bytes") }
    }

    static func fault(_ index: Int, _ sentence: String) -> ProtocolError {
        ProtocolError(.invalidArgument, "feedback[\(index)] \(sentence)")
    }
}
