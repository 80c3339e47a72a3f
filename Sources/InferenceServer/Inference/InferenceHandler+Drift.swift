import EventLoops
import HTTPConnections
import LinuxSystem
import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol

/// Counting the rows of models that are watched, and answering who asks what has become of them.
extension InferenceHandler {
    /// Gives each watched model of the table its counts: those it has, or new ones.
    func adoptDrift(before: ServingTable) {
        let former = driftObservers
        driftObservers = table.slots.enumerated().map { slot, model in
            let isKept = slot < before.slots.count && before.slots[slot] === model
            guard let model, !isKept else { return slot < former.count ? former[slot] : nil }
            return state.drift.adopt(model).map { DriftObserver($0) }
        }
    }

    /// Hands over what was counted of a model that has ended.
    func forgetDrift(atSlot slot: Int) {
        guard let observer = driftObservers[slot] else { return }
        observer.tally.leave()
        driftObservers[slot] = nil
        state.drift.forget(table.model(atSlot: slot))
    }

    /// Hands over what was counted of every model.
    func leaveDriftCounts() {
        for observer in driftObservers { observer?.tally.leave() }
    }

    /// Who counts the rows of a model.
    func driftObserver(of model: ServedModel) -> DriftObserver? {
        table.slots.firstIndex { $0 === model }.flatMap { driftObservers[$0] }
    }

    // MARK: Answers

    /// Asks the control thread for a model's drift.
    func drift(
        _ path: Span<UInt8>, _ name: Range<Int>, _ version: Range<Int>?, to reply: inout ByteBuffer,
        _ exchange: HTTPExchange
    ) -> HTTPHandling {
        do throws(ProtocolError) {
            let model = table.model(atSlot: try resources.slot(path, name, version))
            guard model.drift != nil else {
                throw ProtocolError(
                    .notFound,
                    "the drift of model '\(model.name)' is not watched: its rowan.pbtxt has no section drift")
            }
            guard driftCalls.count < MonitoringLimits.waitingCalls else {
                throw ProtocolError(.unavailable, "too many calls wait for the drift of models")
            }
            let call = DriftCall(model, completion: finishedDriftCalls)
            driftCalls[ObjectIdentifier(call)] = exchange
            control.send(.drift(call))
            return .deferred
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// Sends what the control thread has written.
    func driftCallFinished(_ call: DriftCall) {
        let exchange = driftCalls.removeValue(forKey: ObjectIdentifier(call))
        call.withAnswer { head, body in exchange?.answer(head, body: &body) }
    }
}
