import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// From the bytes of a request to rows in a batch, and from the batch's outputs to the bytes of an answer.
extension InferenceHandler {
    /// Decodes a request into its model's batch.
    func infer(
        _ head: borrowing HTTPRequestHead, _ path: Span<UInt8>, name: Range<Int>, version: Range<Int>?,
        _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ connection: HTTP1Connection
    ) -> HTTPHandling {
        let arrival = clock.now()
        do throws(ProtocolError) {
            let slot = try resources.slot(path, name, version)
            do throws(ProtocolError) {
                let length = try Self.headerLength(head.inferenceHeaderLength)
                switch head.contentCoding {
                case .identity:
                    try join(slot, body, length, head.acceptedCoding, arrival, connection)
                case .gzip, .deflate:
                    guard try inflate(body) else {
                        // What inflates to a large body is a large request.
                        let order = largeOrder(slot, length, head, arrival)
                        return submit(order, copy(of: body), &reply, connection)
                    }
                    try recoded.withBytes { (plain) throws(ProtocolError) in
                        try join(slot, plain, length, head.acceptedCoding, arrival, connection)
                    }
                case .unsupported:
                    return .answered(resources.unsupportedCoding(to: &reply))
                }
            } catch {
                metrics[slot].failed(.other)
                throw error
            }
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
        return .deferred
    }

    /// The length of the JSON part as the decoder wants it: nil for all of the body.
    static func headerLength(_ field: HTTPRequestHead.InferenceHeaderLength) throws(ProtocolError) -> Int? {
        switch field {
        case .absent: return nil
        case .byteCount(let count): return count
        case .unreadable:
            throw ProtocolError(.invalidArgument, "Inference-Header-Content-Length is not a number of bytes")
        }
    }

    /// Inflates a body that is not large, and returns false for one that is, whose work is not for the loop.
    private func inflate(_ body: Span<UInt8>) throws(ProtocolError) -> Bool {
        recoded.removeAll()
        do throws(ContentFault) {
            let limit = min(options.httpMaxInputSize, HTTPLoop.largeBodyByteCount)
            try decoder.inflate(body, limit: limit, into: &recoded)
            return true
        } catch {
            if error == .inflatedTooLong, options.httpMaxInputSize > HTTPLoop.largeBodyByteCount { return false }
            throw ProtocolError(.invalidArgument, error.message.description)
        }
    }

    private func copy(of body: Span<UInt8>) -> ByteBuffer {
        var copy = ByteBuffer(capacity: body.count)
        copy.append(body)
        return copy
    }

    private func join(
        _ slot: Int, _ body: Span<UInt8>, _ headerLength: Int?, _ acceptedCoding: ContentCoding,
        _ arrival: Nanoseconds, _ connection: HTTP1Connection
    ) throws(ProtocolError) {
        let batch = batches.batch(atSlot: slot)
        try request.parse(body, headerLength: headerLength, for: batch.model.signature, into: &batch.matrix)
        let exchange = takeExchange()
        exchange.connection = connection
        exchange.slot = slot
        exchange.rowCount = request.rowCount
        exchange.id.removeAll()
        exchange.id.append(body.extracting(request.id))
        exchange.outputs = request.outputs
        exchange.acceptedCoding = acceptedCoding
        exchange.arrival = arrival
        exchange.joining = clock.now()
        batches.join(slot: slot, exchange, rowCount: request.rowCount, wanted: request.outputs.requested)
    }

    /// Writes the answer of a request whose batch has run.
    func answer(
        _ exchange: InferenceExchange, _ workspace: any InferenceWorkspace, _ rows: Range<Int>, _ timing: BatchTiming
    ) {
        guard let connection = exchange.connection else { return }
        let template = table.models[exchange.slot].signature.responseTemplate
        connection.answer { reply in
            let length = exchange.id.withBytes { id in
                template.append(
                    to: &reply, id: id, parameters: Span(), selection: exchange.outputs, columns: workspace.outputs,
                    rows: rows)
            }
            return finish(&reply, jsonByteCount: length, exchange.acceptedCoding)
        }
        let end = clock.now()
        metrics[exchange.slot].answered(
            ModelMetrics.Request(
                rowCount: exchange.rowCount,
                decodeNanoseconds: UInt64((exchange.joining - exchange.arrival).count),
                queueNanoseconds: UInt64((timing.begin - exchange.joining).count),
                computeNanoseconds: UInt64((timing.end - timing.begin).count),
                encodeNanoseconds: UInt64((end - timing.end).count)))
        giveBack(exchange)
    }

    /// Compresses an answer if the client wants it so, and makes its head.
    private func finish(
        _ reply: inout ByteBuffer, jsonByteCount: Int?, _ coding: ContentCoding
    ) -> HTTP1ResponseHead {
        var head = HTTP1ResponseHead(.ok, jsonByteCount == nil ? .json : .octetStream)
        if let jsonByteCount { head.inferenceHeaderByteCount = jsonByteCount }
        guard coding != .identity, reply.count >= ContentEncoder.bodyByteCountFloor else { return head }
        recoded.removeAll()
        if reply.withBytes({ encoder.deflate($0, as: coding, into: &recoded) }) {
            head.contentCoding = coding
            swap(&reply, &recoded)
        }
        return head
    }
}
