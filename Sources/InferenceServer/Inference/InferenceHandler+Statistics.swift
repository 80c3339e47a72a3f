import DynamicBatching
import HTTPConnections
import LinuxSystem

/// Statistics of all models, which a thread of the compute pool writes.
extension InferenceHandler {
    /// Asks the pool, or refuses if too many large requests wait there.
    func statistics(
        as form: AnswerForm = AnswerForm(), to reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        let call = StatisticsCall(resources.statistics, of: table, form, completion: finishedStatistics)
        guard pool.submit(call) == .accepted else {
            return .answered(ErrorAnswer.writeOverload(.tooManyLargeRequests, form, to: &reply))
        }
        statisticsCalls[ObjectIdentifier(call)] = exchange
        return .deferred
    }

    /// Sends what the pool has written.
    func statisticsFinished(_ call: StatisticsCall) {
        let exchange = statisticsCalls.removeValue(forKey: ObjectIdentifier(call))
        let head = call.form.isMessage ? CallAnswer.ok : HTTPResponseHead(.ok)
        call.withBody { body in exchange?.answer(head, body: &body) }
    }
}
