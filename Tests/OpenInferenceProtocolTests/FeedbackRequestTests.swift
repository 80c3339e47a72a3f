import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

@Suite struct FeedbackRequestTests {
    private static func read(_ text: String) throws(ProtocolError) -> FeedbackRequest {
        let bytes = Array(text.utf8)
        return try FeedbackRequest(bytes.span)
    }

    private static func fault(_ text: String) throws -> String {
        try #require(throws: ProtocolError.self, "\(text)") { try read(text) }.message
    }

    @Test func `labels are read, whatever their order and kind`() throws {
        let request = try Self.read(
            #"""
            {"feedback": [
              {"prediction_id": "a-1", "row": 3, "label": 1, "time": "2026-11-30T10:00:00Z"},
              {"label": "dog", "request_id": "é\n"},
              {"label": true, "prediction_id": "b"}, {"label": -1.0, "prediction_id": "c"}
            ]}
            """#)
        #expect(
            request.items == [
                FeedbackItem(.prediction("a-1"), row: 3, label: .number(1)),
                FeedbackItem(.request("é\n"), row: 0, label: .text("dog")),
                FeedbackItem(.prediction("b"), row: 0, label: .number(1)),
                FeedbackItem(.prediction("c"), row: 0, label: .number(-1)),
            ])
        #expect(try Self.read(#"{"feedback":[]}"#).items == [])
    }

    private static let faults: [(String, String)] = [
        ("[]", "no JSON object"), ("{}", "no list 'feedback'"), (#"{"feedback":1}"#, "no list"),
        (#"{"feedback":[],"feedback":[]}"#, "twice"), (#"{"labels":[]}"#, "'labels'"),
        (#"{"feedback":[1]}"#, "feedback[0] is no object"),
        (#"{"feedback":[{"prediction_id":"a"}]}"#, "feedback[0] has no label"),
        (#"{"feedback":[{"label":1}]}"#, "neither prediction_id nor request_id"),
        (#"{"feedback":[{"label":1,"prediction_id":"a","request_id":"b"}]}"#, "one of them"),
        (#"{"feedback":[{"label":1,"prediction_id":""}]}"#, "empty prediction_id"),
        (#"{"feedback":[{"label":"","prediction_id":"a"}]}"#, "empty label"),
        (#"{"feedback":[{"label":1,"prediction_id":1}]}"#, "no string"),
        (#"{"feedback":[{"label":1,"prediction_id":"a","row":-1}]}"#, "row"),
        (#"{"feedback":[{"label":1,"prediction_id":"a","row":4294967296}]}"#, "row"),
        (#"{"feedback":[{"label":1.5,"prediction_id":"a"}]}"#, "label"),
        (#"{"feedback":[{"label":null,"prediction_id":"a"}]}"#, "label"),
        (#"{"feedback":[{"label":1,"prediction_id":"a","time":"yesterday"}]}"#, "RFC 3339"),
        (#"{"feedback":[{"label":1,"prediction_id":"a"},{"label":1,"prediction":"a"}]}"#, "feedback[1] has a member"),
    ]

    @Test func `what breaks a rule is named`() throws {
        for (text, part) in Self.faults {
            let message = try Self.fault(text)
            #expect(message.contains(part), "\(text): \(message)")
        }
    }

    @Test func `a body that is cut anywhere is refused`() {
        let text = #"{"feedback":[{"prediction_id":"a","row":3,"label":1,"time":"2026-11-30T10:00:00Z"}]}"#
        for end in text.indices { #expect(throws: ProtocolError.self) { try Self.read(String(text[..<end])) } }
    }

    @Test func `limits hold`() throws {
        let item = #"{"prediction_id":"a","label":1}"#
        let count = OpenInferenceProtocolLimits.feedbackCount
        func list(_ count: Int) -> String {
            "{\"feedback\":[" + Array(repeating: item, count: count).joined(separator: ",") + "]}"
        }
        #expect(try Self.read(list(count)).items.count == count)
        #expect(try Self.fault(list(count + 1)).contains("\(count)"))
        let bytes = OpenInferenceProtocolLimits.feedbackByteCount
        #expect(try Self.fault(String(repeating: " ", count: bytes + 1)).contains("\(bytes)"))
        let id = String(repeating: "i", count: OpenInferenceProtocolLimits.idByteCount)
        #expect(try Self.read("{\"feedback\":[{\"request_id\":\"\(id)\",\"label\":1}]}").items.count == 1)
        #expect(try Self.fault("{\"feedback\":[{\"request_id\":\"\(id)i\",\"label\":1}]}").contains("request_id"))
    }

    /// A message as a client writes it.
    private static func message(_ write: (inout ByteBuffer) -> Void) throws(ProtocolError) -> FeedbackRequest {
        var item = ByteBuffer()
        write(&item)
        var message = ByteBuffer()
        message.appendText(1, "m")
        message.appendContent(2, item.bytes)
        return try message.withBytes { (bytes) throws(ProtocolError) in try FeedbackRequest(bytes.indices, in: bytes) }
    }

    @Test func `messages say the same`() throws {
        let request = try Self.message {
            $0.appendText(1, "a-1")
            $0.appendInteger(3, 2)
            $0.appendInteger(4, UInt64(bitPattern: -1))
            $0.appendText(6, "2026-11-30T10:00:00Z")
        }
        #expect(request.model == "m")
        #expect(request.items == [FeedbackItem(.prediction("a-1"), row: 2, label: .number(-1))])
        let named = try Self.message {
            $0.appendText(2, "r")
            $0.appendText(5, "dog")
        }
        #expect(named.items == [FeedbackItem(.request("r"), row: 0, label: .text("dog"))])
        #expect(throws: ProtocolError.self) { try Self.message { $0.appendText(1, "a") } }
        #expect(throws: ProtocolError.self) { try Self.message { $0.appendInteger(4, 1) } }
    }

    @Test func `outcomes are written in both forms`() {
        var outcome = FeedbackOutcome()
        (outcome.accepted, outcome.unknown, outcome.late, outcome.duplicate) = (1, 2, 3, 4)
        outcome += outcome
        var document = ByteBuffer()
        outcome.append(to: &document)
        let text = document.withBytes { $0.text($0.indices) }
        #expect(text == #"{"accepted":2,"unknown":4,"late":6,"duplicate":8}"#)
        var message = ByteBuffer()
        outcome.appendMessage(to: &message)
        let bytes = message.withBytes { bytes in bytes.indices.map { bytes[$0] } }
        #expect(bytes == [0, 0, 0, 0, 8, 0x08, 2, 0x10, 4, 0x18, 6, 0x20, 8])
    }
}
