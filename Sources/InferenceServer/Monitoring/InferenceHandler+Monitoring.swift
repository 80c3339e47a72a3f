import EventLoops
import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// Recording predictions, and taking calls about them to the monitoring thread.
extension InferenceHandler {
    /// Gives each model of the table whose predictions are kept its recorder, those it has, or new ones.
    func adoptMonitoring(before: ServingTable) {
        if let set = state.monitoring.adopt(table) { monitor.send(.adopt(set)) }
        anomalies = table.slots.map { $0?.anomaly }
        let former = recorders
        recorders = table.slots.enumerated().map { slot, model in
            guard let model, model.monitoring != nil, let watched = state.monitoring.model(model.name) else {
                if slot < former.count { former[slot]?.leave() }
                return nil
            }
            let isKept = slot < before.slots.count && before.slots[slot] === model
            if isKept, slot < former.count, let recorder = former[slot], recorder.model === watched { return recorder }
            if slot < former.count { former[slot]?.leave() }
            return PredictionRecorder(for: watched, version: model.version, monitor: monitor, on: loop)
        }
    }

    /// Outputs that are computed for a slot's requests whatever they ask for.
    func monitoredOutputs(atSlot slot: Int) -> UInt64 {
        (recorders[slot]?.model.plan.wanted ?? 0) | (anomalies[slot]?.wanted ?? 0)
    }

    /// Counts the rows of a request whose result is 1, by the model's rules or, without any, by its labels.
    ///
    /// - Parameter wanted: what the request asks for.
    /// - Returns: nil if nothing was predicted.
    func positiveRowCount(
        _ workspace: any InferenceWorkspace, _ rows: Range<Int>, slot: Int, wanted: UInt64
    ) -> Int? {
        if let anomaly = anomalies[slot] { return anomaly.firingRowCount(workspace.outputs, rows: rows) }
        return workspace.positiveRowCount(of: rows, wanted: wanted)
    }

    /// Hands over what was recorded until now, and says so.
    func leavePredictions() {
        handOverPredictions()
        monitor.send(.predictionsLeft)
    }

    /// Hands over what was recorded until now.
    func handOverPredictions() {
        for recorder in recorders { recorder?.leave() }
    }

    // MARK: Calls

    /// `POST /v2/models/M/feedback`.
    func feedback(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>, _ name: Range<Int>,
        _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        let model = ResourceAnswers.decoded(path, name)
        do throws(CallRefusal) {
            let sender = CallSender(head, bytes, exchange, self)
            try submit(.feedback(model: model, message: nil), "feedback", .init("model", model), sender, body, exchange)
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// `POST /v2/experiments/S/rollout`.
    func commandRollout(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>, _ name: Range<Int>,
        _ body: Span<UInt8>, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        let split = ResourceAnswers.decoded(path, name)
        do throws(CallRefusal) {
            let sender = CallSender(head, bytes, exchange, self)
            try submit(.rollout(split: split), "rollout", .init("split", split), sender, body, exchange)
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// `GET /v2/experiments` and `GET /v2/experiments/S`.
    func experiments(
        _ path: Span<UInt8>, _ name: Range<Int>?, _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        let subject: MonitoringCall.Subject =
            name.map { .experiment(split: ResourceAnswers.decoded(path, $0)) } ?? .experiments
        do throws(ProtocolError) {
            try send(MonitoringCall(subject, caller: nil, completion: finishedMonitoringCalls), exchange)
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// Gives a call that changes something to the monitoring thread, if its sender may make it.
    func submit(
        _ subject: MonitoringCall.Subject, _ call: String, _ object: EventField, _ sender: CallSender,
        _ body: Span<UInt8>, _ exchange: HTTPExchange
    ) throws(CallRefusal) {
        let grounds = try permit(call, object, sender)
        do throws(ProtocolError) {
            let limit = OpenInferenceProtocolLimits.feedbackByteCount
            guard body.count <= limit else {
                throw ProtocolError(
                    .invalidArgument, "\(call) has \(body.count) bytes: at most \(limit) are taken")
            }
            var copy = ByteBuffer(capacity: body.count)
            copy.append(body)
            let caller = MonitoringCall.Caller(client: sender.client, grounds: grounds)
            try send(
                MonitoringCall(subject, caller: caller, body: copy, completion: finishedMonitoringCalls), exchange)
        } catch {
            state.log.audit(sender.client, grounds, call, object, result: error.message)
            throw .fault(error)
        }
    }

    /// Why no more calls are taken while so many wait; nil if one more is.
    static func refusal(waitingCount: Int) -> ProtocolError? {
        waitingCount < MonitoringLimits.waitingFeedback
            ? nil : ProtocolError(.unavailable, "too many calls wait for the monitoring thread")
    }

    private func send(_ call: MonitoringCall, _ exchange: HTTPExchange) throws(ProtocolError) {
        if let refusal = Self.refusal(waitingCount: monitoringCalls.count) { throw refusal }
        monitoringCalls[ObjectIdentifier(call)] = exchange
        monitor.send(.call(call))
    }

    /// Sends what the monitoring thread has answered.
    func monitoringCallFinished(_ call: MonitoringCall) {
        let exchange = monitoringCalls.removeValue(forKey: ObjectIdentifier(call))
        call.withAnswer { head, body in exchange?.answer(head, body: &body) }
    }
}
