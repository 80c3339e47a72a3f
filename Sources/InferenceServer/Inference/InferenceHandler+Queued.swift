import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import RequestTracing

/// Requests of models whose queue all loops share: read here, queued and evaluated on the queue's loop, answered here.
extension InferenceHandler {
    /// Reads a request and sends it to its queue.
    ///
    /// - Returns: false for one that wants a costly output or very many elements, which is no work for a loop.
    func enqueue(
        _ order: InferenceOrder, _ body: Span<UInt8>, _ exchange: HTTPExchange, _ slot: QueuedRequests.Slot,
        _ routed: RoutedAnswer?
    ) throws(ProtocolError) -> Bool {
        let signature = routed?.variant.signature ?? slot.model.signature
        try read(order, body, for: signature, into: &slot.rows)
        if request.outputs.requested & signature.costlyOutputs != 0 { return false }
        if request.outputElementCount > Self.elementCountLimit { return false }
        var context = ByteBuffer()
        try readContext(body, atSlot: order.slot, into: &context)
        slot.rows.advance(by: request.rowCount)
        let inference = queued.take(for: slot)
        let joining = clock.now()
        var form = order.form
        form.tellsFinal = form.kind == .streamed && request.wantsFinalResponse
        identity.removeAll()
        request.appendID(from: body, to: &identity)
        accessLog.identified(identity.bytes, for: signature, routed, rowCount: request.rowCount, on: exchange)
        inference.begin(
            QueuedInference.Request(
                outputs: request.outputs, acceptedCoding: order.acceptedCoding, form: form, routed: routed,
                monitored: recorders[order.slot]?.model, explained: anomalyDesks[order.slot]?.model,
                arrival: order.arrival),
            QueueOrder(
                rowCount: request.rowCount,
                wantedOutputs: request.outputs.requested | monitoredOutputs(atSlot: order.slot),
                priority: request.priority,
                timeoutMicroseconds: request.timeoutMicroseconds, arrival: joining,
                readNanoseconds: (joining - order.arrival).count),
            id: identity.bytes, special: request.specialOutputs, context: context, rows: &slot.rows)
        queued.wait(exchange, for: inference, metrics[order.slot], slot: slot)
        metrics[order.slot].pendingChanged(by: 1)
        routedRequestBegan(routed)
        queues.arrived(inference)
        return true
    }

    /// Answers a request that has come back from its queue.
    func queuedRequestFinished(_ inference: QueuedInference) {
        let ended = queued.end(inference)
        defer { if !expired.isEmpty { expired.remove(ObjectIdentifier(ended.exchange)) } }
        ended.metrics.pendingChanged(by: -1)
        // Counted before the answer leaves, so that whoever has it finds itself in the metrics.
        inference.withContent { content in
            switch content.outcome {
            case .evaluated(let timing, let jsonByteCount, let isFirst, let positiveRowCount):
                var head = recoder.finish(
                    &content.reply, jsonByteCount: jsonByteCount, acceptedCoding: content.request.acceptedCoding,
                    content.request.form)
                content.request.routed?.mark(&head)
                head.mark(content.references)
                let figures = figures(of: content, timing, positiveRowCount)
                // The loop whose request is the first of its batch counts the batch, with the time of its own answer.
                if isFirst { countBatch(timing, figures, ended.metrics) }
                count(figures, for: ended.metrics, content.request.routed, end: timing.end)
                keepRecords(&content)
                handOver(&content)
                shadows.skipped(content.request.routed)
                let trace = takeTrace(of: ended.exchange)
                if let trace { note(content, timing, in: trace, &head) }
                ended.exchange.answer(head, body: &content.reply)
                if let trace { tracer.finish(trace, at: clock.now()) }
            case .failed(let error, let timing, let isFirst):
                if isFirst { countBatch(timing, figures(of: content, timing, nil), ended.metrics) }
                countFailure(.other, content, ended.metrics)
                refuse(error, content, to: ended.exchange, isOverload: false)
            case .queueWasFull:
                state.overload.requestRefused()
                countFailure(.rejected, content, ended.metrics)
                refuse(content.id.withBytes { ProtocolError.queueIsFull(id: $0) }, content, to: ended.exchange)
            case .timeExpired:
                countFailure(.rejected, content, ended.metrics)
                refuse(.queueTimeExpired, content, to: ended.exchange)
            case .cancelled:
                countFailure(.canceled, content, ended.metrics)
                if expired.remove(ObjectIdentifier(ended.exchange)) != nil {
                    ended.exchange.answer { CallAnswer.write(.deadlineExceeded, to: &$0) }
                } else {
                    ended.exchange.abandon()
                }
            }
            routedRequestEnded(content.request.routed)
        }
        queued.giveBack(inference, ended)
    }

    /// Hands on what another loop has recorded; what is recorded of a model that has ended meanwhile is dropped.
    private func keepRecords(_ content: inout QueuedInference.Content) {
        guard content.records.count > 0, let monitored = content.request.monitored else { return }
        for case .some(let recorder) in recorders where recorder.model === monitored {
            return recorder.take(&content.records)
        }
    }

    /// Hands on the anomalous rows that another loop has found.
    private func handOver(_ content: inout QueuedInference.Content) {
        guard let references = content.references, let explained = content.request.explained else { return }
        for case .some(let desk) in anomalyDesks where desk.model === explained {
            return desk.take(&content.anomalies, rowCount: references.count)
        }
        explained.dropped(references.count)
    }

    private func figures(
        of content: borrowing QueuedInference.Content, _ timing: BatchTiming, _ positiveRowCount: Int?
    ) -> ModelMetrics.Request {
        ModelMetrics.Request(
            rowCount: content.order.rowCount,
            decodeNanoseconds: UInt64((content.order.arrival - content.request.arrival).count),
            queueNanoseconds: UInt64((timing.begin - content.order.arrival).count),
            computeNanoseconds: UInt64((timing.end - timing.begin).count),
            encodeNanoseconds: UInt64((clock.now() - timing.end).count), positiveRowCount: positiveRowCount)
    }

    private func countFailure(
        _ reason: ModelMetrics.FailureReason, _ content: borrowing QueuedInference.Content, _ metrics: ModelMetrics
    ) {
        let elapsed = elapsed(since: content.request.arrival)
        metrics.failed(reason, nanoseconds: elapsed)
        content.request.routed?.variant.splitMetrics.failed(reason, nanoseconds: elapsed)
    }

    private func countBatch(_ timing: BatchTiming, _ figures: ModelMetrics.Request, _ metrics: ModelMetrics) {
        let execution = BatchExecution(
            rowCount: max(1, timing.rowCount), readNanoseconds: timing.readNanoseconds,
            computeNanoseconds: (timing.end - timing.begin).count, end: timing.end)
        metrics.executed(execution)
        metrics.answered(execution, writeNanoseconds: Int64(figures.encodeNanoseconds))
    }

    private func refuse(
        _ error: ProtocolError, _ content: borrowing QueuedInference.Content, to exchange: HTTPExchange,
        isOverload: Bool = true
    ) {
        let form = content.request.form
        let trace = takeTrace(of: exchange)
        exchange.answer { reply in
            var head = content.id.withBytes { id in
                isOverload
                    ? ErrorAnswer.writeOverload(error, form, id: id, to: &reply)
                    : ErrorAnswer.write(error, form, id: id, to: &reply)
            }
            if let trace { note(trace, &head, bodyByteCount: reply.count) }
            return head
        }
        if let trace { tracer.finish(trace, at: clock.now()) }
    }

    /// Nobody waits any more for what was asked for in an exchange.
    func cancelQueuedRequest(of exchange: HTTPExchange) {
        if let inference = queued.inference(for: exchange) { queues.cancelled(inference) }
    }
}
