import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Requests that are large, which threads of the compute pool work on.
extension InferenceHandler {
    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on connection: HTTP1Connection
    ) -> HTTPHandling {
        let path = bytes.extracting(head.pathRange)
        guard case .model(.infer, let name, let version)? = EndpointTable.endpoint(for: path), head.method == .post,
            head.contentCoding != .unsupported
        else {
            return requestArrived(head, bytes, body: body.bytes, reply: &reply, on: connection)
        }
        accessLog?.arrived(head, bytes, on: connection)
        do throws(ProtocolError) {
            return submit(try order(head, path, name: name, version: version), body, &reply, connection)
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// Gives a request to the pool, or refuses it if too many wait there.
    func submit(
        _ order: InferenceOrder, _ body: consuming ByteBuffer, _ reply: inout ByteBuffer,
        _ connection: HTTP1Connection
    ) -> HTTPHandling {
        let task = LargeInference(
            order, model: table.model(atSlot: order.slot), policy: queued.slot(at: order.slot)?.policy, body: body,
            bodyByteCountLimit: options.httpMaxInputSize, clock: clock, completion: finished)
        guard pool.submit(task) == .accepted else {
            metrics[order.slot].failed(.rejected)
            return .answered(resources.overload(to: &reply))
        }
        largeRequests[ObjectIdentifier(task)] = connection
        largeRequestCounts[order.slot] += 1
        metrics[order.slot].pendingChanged(by: 1)
        return .deferred
    }

    /// Sends the answer that a pool thread has written.
    func largeRequestFinished(_ task: LargeInference) {
        let connection = largeRequests.removeValue(forKey: ObjectIdentifier(task))
        let metrics = metrics[task.order.slot]
        largeRequestCounts[task.order.slot] -= 1
        metrics.pendingChanged(by: -1)
        task.withOutcome { outcome, body in
            // Counted before the answer leaves, so that whoever has it finds itself in the metrics.
            if let request = outcome.request {
                metrics.executed()
                metrics.answered(request)
            } else {
                metrics.failed(outcome.failure)
            }
            connection?.answer(outcome.head, body: &body)
        }
    }
}
