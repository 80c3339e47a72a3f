import JSONSyntax
import LinuxSystem

/// Labels for rows that a model has predicted.
///
/// - Source: `{"feedback": [{"prediction_id": "…", "row": 0, "label": 1, "time": "…"}]}`; `request_id` in the place of
///   `prediction_id`.
package struct FeedbackRequest: Equatable, Sendable {
    /// The model that a message names; empty for a body of HTTP, where the path does.
    package private(set) var model = ""
    package private(set) var items: [FeedbackItem] = []

    /// Reads a body of HTTP.
    ///
    /// - Throws: where it is no such object, is too long, or lists too much.
    package init(_ body: Span<UInt8>) throws(ProtocolError) {
        try Self.checkLength(body.count)
        var cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth)
        guard case .beginObject = try cursor.nextToken(in: body) else {
            throw ProtocolError(.invalidArgument, "feedback is no JSON object")
        }
        var isGiven = false
        while case .key(let key) = try cursor.nextToken(in: body) {
            guard JSONString.equals(key, in: body, "feedback") else {
                throw ProtocolError(
                    .invalidArgument, "'\(Self.shown(key, body))' is no member of feedback: it has the list 'feedback'")
            }
            guard !isGiven else { throw ProtocolError(.invalidArgument, "'feedback' is given twice") }
            isGiven = true
            try readList(&cursor, body)
        }
        _ = try cursor.nextToken(in: body)
        guard isGiven else { throw ProtocolError(.invalidArgument, "feedback has no list 'feedback'") }
    }

    private static func checkLength(_ count: Int) throws(ProtocolError) {
        let limit = OpenInferenceProtocolLimits.feedbackByteCount
        guard count <= limit else {
            throw ProtocolError(.invalidArgument, "feedback has \(count) bytes: at most \(limit) are taken")
        }
    }

    private mutating func append(_ draft: FeedbackDraft) throws(ProtocolError) {
        let limit = OpenInferenceProtocolLimits.feedbackCount
        guard items.count < limit else {
            throw ProtocolError(.invalidArgument, "feedback lists more than \(limit) labels")
        }
        items.append(try draft.finish(at: items.count))
    }

    private static func shown(_ key: JSONStringRange, _ body: Span<UInt8>) -> String {
        String(JSONString.decode(key, in: body).prefix(64))
    }

    // MARK: JSON

    private mutating func readList(_ cursor: inout JSONCursor, _ body: Span<UInt8>) throws(ProtocolError) {
        guard case .beginArray = try cursor.nextToken(in: body) else {
            throw ProtocolError(.invalidArgument, "'feedback' is no list")
        }
        while true {
            switch try cursor.nextToken(in: body) {
            case .endArray: return
            case .beginObject: try append(try draft(&cursor, body))
            default: throw FeedbackDraft.fault(items.count, "is no object")
            }
        }
    }

    private func draft(_ cursor: inout JSONCursor, _ body: Span<UInt8>) throws(ProtocolError) -> FeedbackDraft {
        var draft = FeedbackDraft()
        while case .key(let key) = try cursor.nextToken(in: body) {
            let token = try cursor.nextToken(in: body)
            switch JSONString.decode(key, in: body) {
            case "prediction_id": draft.predictionID = try text(token, "prediction_id", body)
            case "request_id": draft.requestID = try text(token, "request_id", body)
            case "time": draft.time = try text(token, "time", body)
            case "row": draft.row = try row(token, body)
            case "label": draft.label = try label(token, body)
            default:
                throw FeedbackDraft.fault(
                    items.count,
                    "has a member '\(Self.shown(key, body))': there are prediction_id, request_id, row, label and time")
            }
        }
        return draft
    }

    private func text(_ token: JSONToken, _ member: String, _ body: Span<UInt8>) throws(ProtocolError) -> String {
        guard case .string(let string) = token else {
            throw FeedbackDraft.fault(items.count, "has a \(member) that is no string")
        }
        return JSONString.decode(string, in: body)
    }

    private func row(_ token: JSONToken, _ body: Span<UInt8>) throws(ProtocolError) -> UInt32 {
        if case .number(let range) = token, let row = UInt32(body.text(range)) { return row }
        throw FeedbackDraft.fault(items.count, "has a row that is no whole number from 0 on")
    }

    private func label(_ token: JSONToken, _ body: Span<UInt8>) throws(ProtocolError) -> FeedbackItem.Label {
        switch token {
        case .number(let range):
            if let number = Int64(body.text(range)) { return .number(number) }
            let value = JSONNumber.double(in: body, range)
            if let number = Int64(exactly: value) { return .number(number) }
        case .string(let string): return .text(JSONString.decode(string, in: body))
        case .true: return .number(1)
        case .false: return .number(0)
        default: break
        }
        throw FeedbackDraft.fault(items.count, "has a label that is no whole number, string or boolean")
    }

    // MARK: Messages

    /// Reads a message of gRPC.
    package init(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        try Self.checkLength(message.count)
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(FeedbackFields.Request.self, in: body) {
            switch field.name {
            case .modelName: model = body.text(field.content.range)
            case .feedback: try append(try Self.draft(field.content.range, body))
            }
        }
    }

    private static func draft(_ item: Range<Int>, _ body: Span<UInt8>) throws(ProtocolError) -> FeedbackDraft {
        var draft = FeedbackDraft()
        var reader = ProtobufReader(item)
        while let field = try reader.nextField(FeedbackFields.Item.self, in: body) {
            switch field.name {
            case .predictionId: draft.predictionID = body.text(field.content.range)
            case .requestId: draft.requestID = body.text(field.content.range)
            case .row: draft.row = UInt32(truncatingIfNeeded: field.content.bits)
            case .labelNumber: draft.label = .number(Int64(bitPattern: field.content.bits))
            case .labelText: draft.label = .text(body.text(field.content.range))
            case .time: draft.time = body.text(field.content.range)
            }
        }
        return draft
    }
}
