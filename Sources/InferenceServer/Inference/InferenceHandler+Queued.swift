import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Requests of models whose queue all loops share: read here, queued and evaluated on the queue's loop, answered here.
extension InferenceHandler {
    /// Reads a request and sends it to its queue.
    ///
    /// - Returns: false for one that wants a costly output, which is no work for a loop.
    func enqueue(
        _ order: InferenceOrder, _ body: Span<UInt8>, _ connection: HTTP1Connection, _ slot: QueuedRequests.Slot
    ) throws(ProtocolError) -> Bool {
        let signature = slot.model.signature
        try request.parse(
            body, headerLength: order.headerLength, for: signature, into: &slot.rows,
            elementCountLimit: Self.elementCountLimit)
        if request.outputs.requested & signature.costlyOutputs != 0 { return false }
        slot.rows.advance(by: request.rowCount)
        let inference = queued.take(for: slot)
        inference.begin(
            QueuedInference.Request(
                outputs: request.outputs, acceptedCoding: order.acceptedCoding, arrival: order.arrival),
            QueueOrder(
                rowCount: request.rowCount, wantedOutputs: request.outputs.requested, priority: request.priority,
                timeoutMicroseconds: request.timeoutMicroseconds, arrival: clock.now()),
            id: body.extracting(request.id), rows: &slot.rows)
        queued.wait(connection, for: inference, metrics[order.slot], slot: slot)
        metrics[order.slot].pendingChanged(by: 1)
        queues.arrived(inference)
        return true
    }

    /// Answers a request that has come back from its queue.
    func queuedRequestFinished(_ inference: QueuedInference) {
        let ended = queued.end(inference)
        ended.metrics.pendingChanged(by: -1)
        // Counted before the answer leaves, so that whoever has it finds itself in the metrics.
        inference.withContent { content in
            switch content.outcome {
            case .evaluated(let timing, let jsonByteCount, let isFirst):
                let head = recoder.finish(
                    &content.reply, jsonByteCount: jsonByteCount, acceptedCoding: content.request.acceptedCoding)
                if isFirst { ended.metrics.executed() }
                ended.metrics.answered(figures(of: content, timing))
                ended.connection.answer(head, body: &content.reply)
            case .queueWasFull:
                ended.metrics.failed(.rejected)
                refuse(content.id.withBytes { ProtocolError.queueIsFull(id: $0) }, to: ended.connection)
            case .timeExpired:
                ended.metrics.failed(.rejected)
                refuse(.queueTimeExpired, to: ended.connection)
            case .cancelled:
                ended.metrics.failed(.canceled)
                ended.connection.abandon()
            }
        }
        queued.giveBack(inference, ended)
    }

    private func figures(of content: borrowing QueuedInference.Content, _ timing: BatchTiming) -> ModelMetrics.Request {
        ModelMetrics.Request(
            rowCount: content.order.rowCount,
            decodeNanoseconds: UInt64((content.order.arrival - content.request.arrival).count),
            queueNanoseconds: UInt64((timing.begin - content.order.arrival).count),
            computeNanoseconds: UInt64((timing.end - timing.begin).count),
            encodeNanoseconds: UInt64((clock.now() - timing.end).count))
    }

    private func refuse(_ error: ProtocolError, to connection: HTTP1Connection) {
        connection.answer { reply in ErrorAnswer.writeOverload(error, to: &reply) }
    }

    /// Nobody waits any more for what a connection has asked for.
    func cancelQueuedRequest(of connection: HTTP1Connection) {
        if let inference = queued.inference(for: connection) { queues.cancelled(inference) }
    }
}
