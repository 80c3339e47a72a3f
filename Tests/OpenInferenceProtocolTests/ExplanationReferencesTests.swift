import LinuxSystem
import TestSupport
import Testing

@testable import OpenInferenceProtocol

/// What answers say about anomalous rows, and what requests say for their explanations.
@Suite struct ExplanationReferencesTests {
    private func members(_ count: Int, dropped: Int = 0, isFirst: Bool = true) -> String {
        var buffer = ByteBuffer()
        ExplanationReferences(
            first: ExplanationIdentity(origin: 0xAB, sequence: 15), count: count, droppedCount: dropped
        ).appendMembers(to: &buffer, isFirst: isFirst)
        return buffer.withBytes { $0.text($0.indices) }
    }

    @Test func `an identity is read as it was written`() {
        var generator = SeededGenerator.forTest()
        for shift in 0..<64 {
            let identity = ExplanationIdentity(origin: generator.next(), sequence: generator.next() >> UInt64(shift))
            #expect(identity.text.utf8.count == identity.byteCount)
            #expect(ExplanationIdentity(identity.text) == identity)
        }
    }

    @Test(arguments: [
        "", "-", "0000000000000001", "0000000000000001-", "000000000000001-1", "0000000000000001-1-1",
        "0000000000000001-g", "0000000000000001-A", "0000000000000001-00000000000000000",
    ])
    func `anything else is none`(text: String) {
        #expect(ExplanationIdentity(text) == nil)
    }

    @Test func `identities follow each other, and what is dropped is counted`() {
        #expect(members(2) == #""rowan_explanation_ids":"00000000000000ab-f,00000000000000ab-10""#)
        #expect(
            members(1, dropped: 3, isFirst: false)
                == #","rowan_explanation_ids":"00000000000000ab-f","rowan_explanation_dropped":3"#)
        #expect(members(0, dropped: 3) == #""rowan_explanation_dropped":3"#)
    }

    @Test func `a long list is cut, and says so`() {
        let limit = OpenInferenceProtocolLimits.listedExplanations
        #expect(!members(limit).contains("truncated"))
        let text = members(limit + 1)
        #expect(text.hasSuffix(#","rowan_explanation_truncated":true"#))
        #expect(text.split(separator: "-").count == limit + 1)
        let references = ExplanationReferences(
            first: ExplanationIdentity(origin: 1, sequence: 1), count: limit + 1, droppedCount: 0)
        var list = ByteBuffer()
        references.appendList(to: &list)
        #expect(list.count == references.listByteCount)
    }

    // MARK: Requests

    /// The texts of a request's context; nil if it says nothing, the fault's message if it is refused.
    private func context(_ parameters: String) -> (texts: [String]?, error: String) {
        let model = RequestReading.model()
        let body = Array(RequestReading.request("[1,2,3]", rest: ",\"parameters\":{\(parameters)}").utf8)
        var request = InferenceRequest()
        var matrix = FeatureMatrix(for: model.input, rowCapacity: 1)
        var buffer = ByteBuffer()
        do throws(ProtocolError) {
            try request.parse(body.span, headerLength: nil, for: model, into: &matrix)
            try request.appendExplanationContext(from: body.span, to: &buffer)
        } catch {
            return (nil, error.message)
        }
        if buffer.isEmpty { return (nil, "") }
        var texts: [String] = []
        buffer.withBytes { bytes in
            var place = 0
            while place < bytes.count {
                let count = Int(bytes.littleEndian(UInt32.self, at: place))
                texts.append(bytes.text(place + 4..<place + 4 + count))
                place += 4 + count
            }
        }
        return (texts, "")
    }

    @Test func `log, service, host and tenant are taken, others are not`() {
        #expect(context(#""log":"a\n\"b\"","tenant":"t""#).texts == ["a\n\"b\"", "", "", "t"])
        #expect(context(#""service":"s","host":"h""#).texts == ["", "s", "h", ""])
        #expect(context(#""other":"x""#).texts == nil)
    }

    @Test func `texts are limited, and are texts`() {
        let log = OpenInferenceProtocolLimits.explanationLogByteCount
        let name = OpenInferenceProtocolLimits.explanationNameByteCount
        for (parameter, limit) in [("log", log), ("service", name), ("host", name), ("tenant", name)] {
            let just = context("\"\(parameter)\":\"" + String(repeating: "x", count: limit) + "\"")
            #expect(just.texts?.contains { $0.utf8.count == limit } == true)
            let over = context("\"\(parameter)\":\"" + String(repeating: "x", count: limit + 1) + "\"")
            #expect(over.error == "'\(parameter)' is \(limit + 1) bytes long, at most \(limit) are accepted")
            #expect(context("\"\(parameter)\":1").error.contains("'\(parameter)'"))
        }
    }
}
