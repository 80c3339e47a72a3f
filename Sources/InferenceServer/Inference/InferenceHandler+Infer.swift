import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import RequestTracing

/// From the bytes of a request to rows in a batch, and from the batch's outputs to the bytes of an answer.
extension InferenceHandler {
    /// Decodes a request into its model's batch, or gives it to the pool if it turns out to be large.
    func infer(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>, name: Range<Int>,
        version: Range<Int>?, _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        defer { request.forgetRegions() }
        do throws(ProtocolError) {
            let order = try order(head, bytes, path, name: name, version: version, exchange)
            beginTrace(order, head, bytes, bodyByteCount: body.count, exchange)
            if order.contentCoding == .unsupported {
                metrics[order.slot].failed(.other, nanoseconds: elapsed(since: order.arrival))
                return .answered(resources.unsupportedCoding(to: &reply))
            }
            return try take(order, body, &reply, exchange)
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// Lets a request join its batch, or gives it to the pool.
    func take(
        _ order: InferenceOrder, _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) throws(ProtocolError) -> HTTPHandling {
        if try accept(order, body, exchange) { return .deferred }
        var order = order
        order.regionByteCount = request.regionByteCount
        return submit(order, copy(of: body), &reply, exchange)
    }

    /// Reads a request; of a message that was opened, the rest.
    func read(
        _ order: InferenceOrder, _ body: Span<UInt8>, for signature: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        if order.form.isMessage {
            try request.parseMessage(
                in: body, for: signature, into: &matrix, elementCountLimit: Self.elementCountLimit)
        } else {
            try request.parse(
                body, headerLength: order.headerLength, for: signature, into: &matrix,
                elementCountLimit: Self.elementCountLimit)
        }
    }

    /// What a request asks for; what is wrong with it counts as a failure of the model that it names.
    func order(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>, name: Range<Int>,
        version: Range<Int>?, _ exchange: HTTPExchange
    ) throws(ProtocolError) -> InferenceOrder {
        let arrival = clock.now()
        let slot = try resources.slot(path, name, version)
        do throws(ProtocolError) {
            return InferenceOrder(
                slot: slot, headerLength: try Self.headerLength(head.inferenceHeaderLength),
                contentCoding: head.contentCoding, acceptedCoding: head.acceptedCoding, arrival: arrival,
                routing: try beginRouting(slot: slot, head, bytes, exchange))
        } catch {
            metrics[slot].failed(.other, nanoseconds: elapsed(since: arrival))
            throw error
        }
    }

    /// How long a request has been here.
    func elapsed(since arrival: Nanoseconds) -> UInt64 { UInt64((clock.now() - arrival).count) }

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
        _ order: InferenceOrder, _ body: Span<UInt8>, _ exchange: HTTPExchange
    ) throws(ProtocolError) -> Bool {
        do throws(ProtocolError) {
            if order.contentCoding == .identity {
                return try join(order, body, exchange)
            }
            guard try inflate(body) else { return false }
            return try recoder.withInflated { (plain) throws(ProtocolError) in try join(order, plain, exchange) }
        } catch {
            if request.exceedsElementCountLimit { return false }
            metrics[order.slot].failed(.other, nanoseconds: elapsed(since: order.arrival))
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

    func copy(of body: Span<UInt8>) -> ByteBuffer {
        var copy = ByteBuffer(capacity: body.count)
        copy.append(body)
        return copy
    }

    /// Decodes a request into its model's batch or queue; false for one that wants a costly output or very many
    /// elements.
    private func join(
        _ named: InferenceOrder, _ body: Span<UInt8>, _ exchange: HTTPExchange
    ) throws(ProtocolError) -> Bool {
        var order = named
        let routed = try route(&order, body)
        // Nothing of it is for the loop, not even reading.
        if table.model(atSlot: order.slot).signature.isCostly { return false }
        if let slot = queued.slot(at: order.slot) { return try enqueue(order, body, exchange, slot, routed) }
        let batch = batches.batch(atSlot: order.slot)
        let signature = routed?.variant.signature ?? batch.model.signature
        try read(order, body, for: signature, into: &batch.matrix)
        // Its rows do not count before the batch is joined.
        if request.outputs.requested & signature.costlyOutputs != 0 { return false }
        // A few bytes may ask for a thousand outputs of each row, which take long to compute and to write.
        if request.outputElementCount > Self.elementCountLimit { return false }
        try readContext(body, atSlot: order.slot, into: &explanationContext)
        let inference = takeInference()
        swap(&inference.context, &explanationContext)
        inference.exchange = exchange
        inference.slot = order.slot
        inference.rowCount = request.rowCount
        inference.id.removeAll()
        request.appendID(from: body, to: &inference.id)
        inference.id.withBytes {
            accessLog.identified($0, for: signature, routed, rowCount: request.rowCount, on: exchange)
        }
        inference.outputs = request.outputs
        if request.outputs.special != 0 { inference.special.append(contentsOf: request.specialOutputs) }
        inference.acceptedCoding = order.acceptedCoding
        inference.form = order.form
        inference.form.tellsFinal = order.form.kind == .streamed && request.wantsFinalResponse
        inference.arrival = order.arrival
        inference.joining = clock.now()
        inference.routed = routed
        if let routed {
            inference.copy = shadows.copy(order, body, routed)
            routedRequestBegan(routed)
        }
        batches.join(
            slot: order.slot, inference, rowCount: request.rowCount,
            wanted: request.outputs.requested | monitoredOutputs(atSlot: order.slot),
            readNanoseconds: (inference.joining - order.arrival).count)
        return true
    }

    /// Writes the answer of a request whose batch has run.
    func answer(
        _ inference: BatchedInference, _ workspace: any InferenceWorkspace, _ rows: Range<Int>, _ timing: BatchTiming
    ) {
        guard let exchange = inference.exchange else { return }
        let routed = inference.routed
        let signature = routed?.variant.signature ?? table.model(atSlot: inference.slot).signature
        let trace = takeTrace(of: exchange)
        let positives = positiveRowCount(
            workspace, rows, slot: inference.slot, wanted: inference.outputs.requested)
        let prediction = record(inference, workspace, rows)
        let references = references(inference, rows)
        var isCounted = false
        exchange.answer { reply in
            isCounted = true
            var head: HTTPResponseHead
            do throws(ProtocolError) {
                let length = try inference.id.withBytes { (id) throws(ProtocolError) in
                    // Gone before the request is given back, whose list of outputs would be copied otherwise.
                    try InferenceAnswer(
                        signature: signature, outputs: inference.outputs, special: inference.special,
                        columns: workspace.outputs, rows: rows, prediction: prediction, explanations: references
                    ).write(inference.form, id: id, to: &reply)
                }
                head = recoder.finish(
                    &reply, jsonByteCount: length, acceptedCoding: inference.acceptedCoding, inference.form)
                routed?.mark(&head)
                head.mark(references)
                if let trace {
                    let model = table.model(atSlot: inference.slot)
                    let calls = TracedCall.calls(by: model, workspace.stepTimes, from: timing.begin)
                    trace.called(
                        routed == nil
                            ? calls : TracedCall.routed(to: model, calls, from: timing.begin, to: timing.end))
                    note(inference, timing, in: trace, &head, bodyByteCount: reply.count)
                }
                // Counted before the answer leaves, so that whoever has it finds itself in the metrics.
                count(inference, workspace, timing, positives)
            } catch {
                let elapsed = elapsed(since: inference.arrival)
                metrics[inference.slot].failed(.other, nanoseconds: elapsed)
                routed?.variant.splitMetrics.failed(.other, nanoseconds: elapsed)
                head = inference.id.withBytes { ErrorAnswer.write(error, inference.form, id: $0, to: &reply) }
                if let trace { note(trace, &head, bodyByteCount: reply.count) }
            }
            return head
        }
        // A client that has gone was answered too.
        if !isCounted { count(inference, workspace, timing, positives) }
        if let trace { tracer.finish(trace, at: clock.now()) }
        if let routed {
            if let copy = inference.copy { shadows.answered(copy, routed) }
            routedRequestEnded(routed)
        }
        giveBack(inference)
    }

    /// Keeps what was predicted, where somebody wants it kept.
    private func record(
        _ inference: BatchedInference, _ workspace: any InferenceWorkspace, _ rows: Range<Int>
    ) -> PredictionIdentity? {
        guard let recorder = recorders[inference.slot] else { return nil }
        return inference.id.withBytes { recorder.record(workspace.outputs, rows: rows, id: $0, inference.routed) }
    }

    private func count(
        _ inference: BatchedInference, _ workspace: any InferenceWorkspace, _ timing: BatchTiming,
        _ positiveRowCount: Int?
    ) {
        lastAnswer = clock.now()
        if !memberMetrics[inference.slot].isEmpty {
            countMembers(workspace.stepTimes, rowCount: inference.rowCount, slot: inference.slot)
        }
        let figures = ModelMetrics.Request(
            rowCount: inference.rowCount,
            decodeNanoseconds: UInt64((inference.joining - inference.arrival).count),
            queueNanoseconds: UInt64((timing.begin - inference.joining).count),
            computeNanoseconds: UInt64((timing.end - timing.begin).count),
            encodeNanoseconds: UInt64((lastAnswer - timing.end).count), positiveRowCount: positiveRowCount)
        count(figures, for: metrics[inference.slot], inference.routed, end: timing.end)
    }
}
