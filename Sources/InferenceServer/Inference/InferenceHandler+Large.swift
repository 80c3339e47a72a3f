import DynamicBatching
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol
import RequestTracing
import TrafficSplitting

/// Requests that are large, which threads of the compute pool work on.
extension InferenceHandler {
    func largeRequestArrived(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, body: consuming ByteBuffer,
        reply: inout ByteBuffer, on exchange: HTTPExchange
    ) -> HTTPHandling {
        if head.isGRPC {
            accessLog.arrived(head, bytes, bodyByteCount: body.count, on: exchange)
            return largeCallArrived(head, bytes, body, &reply, exchange)
        }
        let path = bytes.extracting(head.pathRange)
        guard let endpoint = EndpointTable.endpoint(for: path), case .model(.infer, let name, let version) = endpoint,
            head.method == .post, head.contentCoding != .unsupported
        else {
            return requestArrived(head, bytes, body: body.bytes, reply: &reply, on: exchange)
        }
        accessLog.arrived(head, bytes, bodyByteCount: body.count, on: exchange)
        if let permission = permission(head, bytes, exchange) { return .answered(permission) }
        if let refusal = refusal(endpoint, head, bytes, path, &reply, exchange) { return .answered(refusal) }
        do throws(ProtocolError) {
            let order = try order(head, bytes, path, name: name, version: version, exchange)
            beginTrace(order, head, bytes, bodyByteCount: body.count, exchange)
            let handling = submit(order, body, &reply, exchange)
            return traces.isEmpty ? handling : traced(handling, bodyByteCount: reply.count, exchange)
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// Gives a request to the pool, or refuses it if too many wait there.
    func submit(
        _ named: InferenceOrder, _ body: consuming ByteBuffer, _ reply: inout ByteBuffer,
        _ exchange: HTTPExchange
    ) -> HTTPHandling {
        var order = named
        order.routing?.prepare(StickyKey(using: &keyGenerator))
        let task = LargeInference(
            order, model: table.model(atSlot: order.slot), router: order.routing.flatMap { routers[$0.splitSlot] },
            policy: queued.slot(at: order.slot)?.policy, body: body,
            bodyByteCountLimit: options.httpMaxInputSize,
            regions: options.allowClientSharedMemory ? memory.regions.current : nil,
            watch: largeWatch(of: order), clock: clock,
            completion: finished)
        guard pool.submit(task) == .accepted else {
            metrics[order.slot].failed(.rejected, nanoseconds: elapsed(since: order.arrival))
            state.overload.requestRefused()
            return .answered(ErrorAnswer.writeOverload(.tooManyLargeRequests, order.form, to: &reply))
        }
        largeRequests[ObjectIdentifier(task)] = (task, exchange)
        largeRequestCounts[order.slot] += 1
        metrics[order.slot].pendingChanged(by: 1)
        return .deferred
    }

    /// Who watches a request: those of the model, or of each variant that may answer.
    private func largeWatch(of order: InferenceOrder) -> LargeWatch? {
        let router = order.routing.flatMap { routers[$0.splitSlot] }
        let slots = router?.memberSlots ?? [order.slot]
        let entries = slots.compactMap { slot -> LargeWatch.Entry? in
            let (drift, recorder) = (driftObservers[slot]?.shared, recorders[slot])
            let explained = anomalyDesks[slot]?.model
            if drift == nil, recorder == nil, explained == nil { return nil }
            return LargeWatch.Entry(
                model: ObjectIdentifier(table.model(atSlot: slot)), drift: drift, monitored: recorder?.model,
                explained: explained)
        }
        return entries.isEmpty ? nil : LargeWatch(entries, monitor: monitor, explaining: explaining)
    }

    /// Lets the pool give up what was asked for in an exchange, because nobody waits for it any more.
    ///
    /// - Complexity: linear in the requests that the pool works on, which are few.
    /// - Returns: whether the pool has it.
    @discardableResult
    func cancelLargeRequest(of exchange: HTTPExchange) -> Bool {
        guard let entry = largeRequests.values.first(where: { $0.exchange === exchange }) else { return false }
        entry.task.cancel()
        return true
    }

    /// Sends the answer that a pool thread has written.
    func largeRequestFinished(_ task: LargeInference) {
        let exchange = largeRequests.removeValue(forKey: ObjectIdentifier(task))?.exchange
        largeRequestCounts[task.order.slot] -= 1
        metrics[task.order.slot].pendingChanged(by: -1)
        task.withOutcome { outcome, body in
            // Of a request to a split this is the variant that has answered.
            let slot = outcome.routed?.variant.slot ?? task.order.slot
            let metrics = metrics[slot]
            // Counted before the answer leaves, so that whoever has it finds itself in the metrics.
            if let execution = outcome.execution { metrics.executed(execution) }
            if let request = outcome.request, let execution = outcome.execution {
                metrics.answered(execution, writeNanoseconds: Int64(request.encodeNanoseconds))
                count(request, for: metrics, outcome.routed, end: execution.end)
                shadows.skipped(outcome.routed)
                if !memberMetrics[slot].isEmpty {
                    let times = outcome.stepTimes.shares(of: request.computeNanoseconds)
                    countMemberExecutions(times, execution, slot: slot)
                    countMembers(times, rowCount: request.rowCount, slot: slot)
                }
            } else {
                let elapsed = elapsed(since: task.order.arrival)
                metrics.failed(outcome.failure, nanoseconds: elapsed)
                outcome.routed?.variant.splitMetrics.failed(outcome.failure, nanoseconds: elapsed)
            }
            guard let exchange else { return }
            accessLog.identified(
                outcome.id.span, for: outcome.routed?.variant.signature ?? task.model.signature, outcome.routed,
                rowCount: outcome.execution?.rowCount ?? 0, on: exchange)
            let trace = takeTrace(of: exchange)
            var head = outcome.head
            if outcome.request != nil { outcome.routed?.mark(&head) }
            head.mark(outcome.references)
            if let trace { note(task, outcome, in: trace, &head, bodyByteCount: body.count) }
            exchange.answer(head, body: &body)
            if let trace { tracer.finish(trace, at: clock.now()) }
        }
    }
}
