import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol
import Testing

@testable import InferenceServer

/// Refusals in the form of their requests, and the limits of calls.
@Suite struct CallFormTests {
    private let error = ProtocolError(.notFound, "no 'ä'")

    private func refusal(_ form: AnswerForm) -> (head: HTTPResponseHead, body: [UInt8]) {
        var reply = ByteBuffer()
        let id = Array("\"7\"".utf8)
        let head = ErrorAnswer.write(error, form, id: id.span, to: &reply)
        return (head, reply.withBytes { bytes in bytes.indices.map { bytes[$0] } })
    }

    @Test func `a refusal has the form of its request`() {
        let document = refusal(AnswerForm())
        #expect(document.head.status == .notFound && document.head.grpcStatus == nil)
        #expect(String(decoding: document.body, as: UTF8.self) == #"{"error":"no 'ä'"}"#)
        let call = refusal(AnswerForm(kind: .call))
        #expect(call.head.status == .ok && call.head.grpcStatus == GRPCStatus(code: 5, messageByteCount: 11))
        #expect(String(decoding: call.body, as: UTF8.self) == "no '%C3%A4'")
        let streamed = refusal(AnswerForm(kind: .streamed))
        #expect(streamed.head.grpcStatus == .ok)
        // A prefix, the text in the first field, and a response with the identity in the second.
        #expect(streamed.body == [0, 0, 0, 0, 14, 0x0a, 7] + Array("no 'ä'".utf8) + [0x12, 3, 0x1a, 1, 0x37])
        #expect(refusal(AnswerForm(kind: .streamed, endsStreamOnFailure: true)).body == call.body)
    }

    @Test func `who may not is told so in each protocol`() {
        #expect(CallRefusal.forbidden("no").status == CallStatus(.permissionDenied, "no"))
        #expect(CallRefusal.fault(error).status == CallStatus(error))
    }

    /// As gRPC's own library chooses; the columns are the levels none, low, medium and high.
    @Test(arguments: [
        ("identity", [ContentCoding.identity, .identity, .identity, .identity]),
        ("gzip", [.identity, .gzip, .gzip, .gzip]), ("deflate", [.identity, .deflate, .deflate, .deflate]),
        ("identity, deflate, gzip", [.identity, .gzip, .deflate, .deflate]),
    ])
    func `the level chooses among what the caller reads`(accepted: String, expected: [ContentCoding]) {
        let bytes = Array(accepted.utf8)
        let found = GRPCCompressionLevel.allCases.map { $0.coding(for: GRPCAcceptedCompression(bytes.span)) }
        #expect(found == expected)
    }

    @Test func `long messages are compressed behind their prefix, short ones stay as they are`() throws {
        let recoder = ContentRecoder()
        for byteCount in [ContentEncoder.bodyByteCountFloor - 6, ContentEncoder.bodyByteCountFloor] {
            for coding in [ContentCoding.identity, .gzip, .deflate] {
                var reply = ByteBuffer()
                reply.appendMessagePrefix(byteCount)
                for _ in 0..<byteCount { reply.append(7) }
                let head = recoder.finish(
                    &reply, jsonByteCount: nil, acceptedCoding: coding, AnswerForm(kind: .call))
                let isCompressed = coding != .identity && byteCount == ContentEncoder.bodyByteCountFloor
                #expect(head.contentCoding == (isCompressed ? coding : .identity) && head.grpcStatus == .ok)
                let found = try GRPCMessagePrefix.only(in: reply.bytes, limit: 1 << 20)
                #expect(found.isCompressed == isCompressed)
                guard isCompressed else {
                    #expect(reply.count == byteCount + 5)
                    continue
                }
                try recoder.inflateMessage(reply.bytes.extracting(found.message), limit: byteCount)
                let plain = recoder.takeInflated()
                #expect(plain.count == byteCount && plain.bytes.indices.allSatisfy { plain.bytes[$0] == 7 })
            }
        }
    }

    @Test func `a stream has room for a batch, and a watching caller costs little`() {
        // As many single rows as the widest block of a kernel takes.
        #expect(GRPCLimits.messagesInWork == 64)
        #expect(GRPCLimits.healthInterval >= .milliseconds(100) && GRPCLimits.healthInterval <= .seconds(5))
    }
}
