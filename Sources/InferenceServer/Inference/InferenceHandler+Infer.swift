import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// From the bytes of a request to rows in a batch, and from the batch's outputs to the bytes of an answer.
extension InferenceHandler {
    /// Decodes a request into its model's batch, or gives it to the pool if it turns out to be large.
    func infer(
        _ head: borrowing HTTPRequestHead, _ path: Span<UInt8>, name: Range<Int>, version: Range<Int>?,
        _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ connection: HTTP1Connection
    ) -> HTTPHandling {
        do throws(ProtocolError) {
            let order = try order(head, path, name: name, version: version)
            if order.contentCoding == .unsupported {
                metrics[order.slot].failed(.other)
                return .answered(resources.unsupportedCoding(to: &reply))
            }
            if try accept(order, body, connection) { return .deferred }
            return submit(order, copy(of: body), &reply, connection)
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// What a request asks for; what is wrong with it counts as a failure of the model that it names.
    func order(
        _ head: borrowing HTTPRequestHead, _ path: Span<UInt8>, name: Range<Int>, version: Range<Int>?
    ) throws(ProtocolError) -> InferenceOrder {
        let arrival = clock.now()
        let slot = try resources.slot(path, name, version)
        do throws(ProtocolError) {
            return InferenceOrder(
                slot: slot, headerLength: try Self.headerLength(head.inferenceHeaderLength),
                contentCoding: head.contentCoding, acceptedCoding: head.acceptedCoding, arrival: arrival)
        } catch {
            metrics[slot].failed(.other)
            throw error
        }
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

    /// Lets a request join its batch.
    ///
    /// - Returns: false for one that is large once it is inflated or its defaults are filled in, or that wants a
    ///   costly output: no work for the loop.
    private func accept(
        _ order: InferenceOrder, _ body: Span<UInt8>, _ connection: HTTP1Connection
    ) throws(ProtocolError) -> Bool {
        do throws(ProtocolError) {
            if order.contentCoding == .identity {
                return try join(order, body, connection)
            }
            guard try inflate(body) else { return false }
            return try recoder.withInflated { (plain) throws(ProtocolError) in try join(order, plain, connection) }
        } catch {
            if request.exceedsElementCountLimit { return false }
            metrics[order.slot].failed(.other)
            throw error
        }
    }

    /// Inflates a body that is not large, and returns false for one that is.
    private func inflate(_ body: Span<UInt8>) throws(ProtocolError) -> Bool {
        do throws(ContentFault) {
            try recoder.inflate(body, limit: min(options.httpMaxInputSize, HTTPLoop.largeBodyByteCount))
            return true
        } catch {
            if error == .inflatedTooLong, options.httpMaxInputSize > HTTPLoop.largeBodyByteCount { return false }
            throw ProtocolError(error)
        }
    }

    /// Features of all rows, and elements of all outputs, up to which a request is worked on by the loop: no body that
    /// is not large spells out more numbers, each with a comma, but a column may have the defaults of all others filled
    /// in for each of its rows.
    static let elementCountLimit = HTTPLoop.largeBodyByteCount / 2

    private func copy(of body: Span<UInt8>) -> ByteBuffer {
        var copy = ByteBuffer(capacity: body.count)
        copy.append(body)
        return copy
    }

    /// Decodes a request into its model's batch or queue; false for one that wants a costly output or very many
    /// elements.
    private func join(
        _ order: InferenceOrder, _ body: Span<UInt8>, _ connection: HTTP1Connection
    ) throws(ProtocolError) -> Bool {
        if let slot = queued.slot(at: order.slot) { return try enqueue(order, body, connection, slot) }
        let batch = batches.batch(atSlot: order.slot)
        try request.parse(
            body, headerLength: order.headerLength, for: batch.model.signature, into: &batch.matrix,
            elementCountLimit: Self.elementCountLimit)
        // Its rows do not count before the batch is joined.
        if request.outputs.requested & batch.model.signature.costlyOutputs != 0 { return false }
        // A few bytes may ask for a thousand outputs of each row, which take long to compute and to write.
        if request.outputElementCount > Self.elementCountLimit { return false }
        let exchange = takeExchange()
        exchange.connection = connection
        exchange.slot = order.slot
        exchange.rowCount = request.rowCount
        exchange.id.removeAll()
        exchange.id.append(body.extracting(request.id))
        exchange.outputs = request.outputs
        exchange.acceptedCoding = order.acceptedCoding
        exchange.arrival = order.arrival
        exchange.joining = clock.now()
        batches.join(slot: order.slot, exchange, rowCount: request.rowCount, wanted: request.outputs.requested)
        return true
    }

    /// Writes the answer of a request whose batch has run.
    func answer(
        _ exchange: InferenceExchange, _ workspace: any InferenceWorkspace, _ rows: Range<Int>, _ timing: BatchTiming
    ) {
        guard let connection = exchange.connection else { return }
        let template = table.model(atSlot: exchange.slot).signature.responseTemplate
        var isCounted = false
        connection.answer { reply in
            let length = exchange.id.withBytes { id in
                template.append(
                    to: &reply, id: id, parameters: Span(), selection: exchange.outputs, columns: workspace.outputs,
                    rows: rows)
            }
            let head = recoder.finish(&reply, jsonByteCount: length, acceptedCoding: exchange.acceptedCoding)
            // Counted before the answer leaves, so that whoever has it finds itself in the metrics.
            count(exchange, timing)
            isCounted = true
            return head
        }
        // A client that has gone was answered too.
        if !isCounted { count(exchange, timing) }
        giveBack(exchange)
    }

    private func count(_ exchange: InferenceExchange, _ timing: BatchTiming) {
        metrics[exchange.slot].answered(
            ModelMetrics.Request(
                rowCount: exchange.rowCount,
                decodeNanoseconds: UInt64((exchange.joining - exchange.arrival).count),
                queueNanoseconds: UInt64((timing.begin - exchange.joining).count),
                computeNanoseconds: UInt64((timing.end - timing.begin).count),
                encodeNanoseconds: UInt64((clock.now() - timing.end).count)))
    }
}
