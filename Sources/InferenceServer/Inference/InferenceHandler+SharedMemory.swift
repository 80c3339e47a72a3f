import HTTPConnections
import LinuxSystem
import OpenInferenceProtocol

/// Calls about shared memory: who may make them, and the audit.
extension InferenceHandler {
    /// Answers a call about regions.
    ///
    /// - Parameter region: the region's name within the path; nil for all.
    func sharedMemory(
        _ kind: SharedMemoryAnswers.Kind, _ verb: SharedMemoryAnswers.Verb, region: Range<Int>?,
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ path: Span<UInt8>, _ body: Span<UInt8>,
        _ reply: inout ByteBuffer, _ exchange: HTTPExchange
    ) -> HTTPHandling {
        let name = region.map { ResourceAnswers.decoded(path, $0) }
        do throws(ProtocolError) {
            if verb == .status {
                try memory.status(kind, name, to: &reply)
                return .answered(HTTPResponseHead(.ok))
            }
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
        do throws(CallRefusal) {
            try changeRegions(kind, verb, name, CallSender(head, bytes, exchange, self)) {
                () throws(ProtocolError) in try SharedMemoryRegistration(body)
            }
            return .answered(HTTPResponseHead(.ok))
        } catch {
            return .answered(resources.refusal(error, to: &reply))
        }
    }

    /// Registers or unregisters if the caller may, and leaves an audit line.
    ///
    /// - Parameter registration: reads what is to be registered.
    func changeRegions(
        _ kind: SharedMemoryAnswers.Kind, _ verb: SharedMemoryAnswers.Verb, _ name: String?, _ sender: CallSender,
        _ registration: () throws(ProtocolError) -> SharedMemoryRegistration
    ) throws(CallRefusal) {
        let call = "\(verb) \(kind) shared memory"
        let region = EventField("region", name ?? "*")
        do throws(ProtocolError) {
            try memory.checkAllowed()
        } catch {
            throw .fault(error)
        }
        let grounds = try permit(call, region, sender)
        do throws(ProtocolError) {
            if verb == .register {
                try memory.register(kind, name, registration)
            } else {
                memory.unregister(kind, name)
            }
        } catch {
            state.log.audit(sender.client, grounds, call, region, result: error.message)
            throw .fault(error)
        }
        state.log.audit(sender.client, grounds, call, region, result: "done")
    }
}
