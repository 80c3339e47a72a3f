import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol
import Testing

@testable import InferenceServer

@Suite struct EmbeddingsLimitsTests {
    @Test func `a body has room for the greatest text and for many of usual length`() {
        #expect(EmbeddingsLimits.bodyByteCount > OpenInferenceProtocolLimits.textByteCount)
        #expect(EmbeddingsLimits.bodyByteCount / OpenInferenceProtocolLimits.textCount >= 1_024)
    }

    @Test func `refusals are OpenAI's with the status of the protocol's error`() {
        var reply = ByteBuffer()
        let form = AnswerForm(kind: .embeddings)
        let head = ErrorAnswer.write(ProtocolError(.notFound, "no model"), form, to: &reply)
        #expect(head.status == .notFound && head.contentType == .json)
        let text = reply.withBytes { $0.text($0.indices) }
        #expect(text.hasPrefix(#"{"error":{"message":"no model","type":"invalid_request_error""#))
        let overload = ErrorAnswer.writeOverload(.tooManyLargeRequests, form, to: &reply)
        #expect(overload.status == .serviceUnavailable && overload.retryAfterSeconds == 1)
        #expect(reply.withBytes { $0.text($0.indices) }.contains("server_error"))
    }
}
