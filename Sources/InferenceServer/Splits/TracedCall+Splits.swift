import LinuxSystem
import ModelRepository
import RequestTracing

/// What a split has called for a traced request: its variant.
extension TracedCall {
    /// Describes the call of a variant and, within it, the calls that the variant has made.
    static func routed(
        to variant: ServedModel, _ calls: [TracedCall], from begin: Nanoseconds, to end: Nanoseconds
    ) -> [TracedCall] {
        let call = TracedCall(
            model: variant.name, version: variant.version, start: begin, inputEnd: begin, end: end)
        return [call]
            + calls.map { inner in
                var inner = inner
                inner.caller = inner.caller.map { $0 + 1 } ?? 0
                return inner
            }
    }
}
