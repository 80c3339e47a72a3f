import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Takes the compression off requests and puts it on answers, the same way on a loop and on a thread of the pool.
///
/// - Ownership: one per thread; its buffers are used again and again.
final class ContentRecoder {
    private let decoder = ContentDecoder()
    private let encoder = ContentEncoder()
    private var inflated = ByteBuffer()
    private var compressed = ByteBuffer()

    /// Inflates a body, to be lent by `withInflated`.
    ///
    /// - Parameter limit: bytes after inflating.
    func inflate(_ body: Span<UInt8>, limit: Int) throws(ContentFault) {
        inflated.removeAll()
        try decoder.inflate(body, limit: limit, into: &inflated)
    }

    /// Lends the body that was inflated last; nothing else may be inflated meanwhile.
    func withInflated<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try inflated.withBytes(body)
    }

    /// Gives away the body that was inflated last.
    func takeInflated() -> ByteBuffer {
        var body = ByteBuffer()
        swap(&body, &inflated)
        return body
    }

    /// Makes the head of an answer to inference, and compresses the answer if the client wants it.
    ///
    /// - Parameter jsonByteCount: bytes of the JSON part before binary tensors; nil without any.
    func finish(
        _ reply: inout ByteBuffer, jsonByteCount: Int?, acceptedCoding: ContentCoding, _ form: AnswerForm
    ) -> HTTPResponseHead {
        if form.isMessage { return finishMessage(&reply, acceptedCoding) }
        var head = HTTPResponseHead(.ok, jsonByteCount == nil ? .json : .octetStream)
        if let jsonByteCount { head.inferenceHeaderByteCount = jsonByteCount }
        guard acceptedCoding != .identity, reply.count >= ContentEncoder.bodyByteCountFloor else { return head }
        compressed.removeAll()
        if encoder.deflate(reply.bytes, as: acceptedCoding, into: &compressed) {
            head.contentCoding = acceptedCoding
            swap(&reply, &compressed)
        }
        return head
    }

    /// The same for a message of a call, with its prefix.
    private func finishMessage(_ reply: inout ByteBuffer, _ acceptedCoding: ContentCoding) -> HTTPResponseHead {
        var head = CallAnswer.ok
        guard acceptedCoding != .identity, reply.count >= ContentEncoder.bodyByteCountFloor else { return head }
        compressed.removeAll()
        let message = GRPCMessagePrefix.byteCount..<reply.count
        let isSmaller = encoder.deflate(reply.bytes.extracting(message), as: acceptedCoding, into: &compressed)
        if isSmaller {
            head.contentCoding = acceptedCoding
            reply.removeAll()
            reply.appendMessagePrefix(compressed.count, isCompressed: true)
            compressed.withBytes { reply.append($0) }
        }
        return head
    }
}

extension ProtocolError {
    /// What the sender of a compressed body is told.
    init(_ fault: ContentFault) {
        self.init(.invalidArgument, fault.message.description)
    }
}
