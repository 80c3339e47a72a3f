package import LinuxSystem

/// A model that an ensemble has called for a traced request.
///
/// - Units: nanoseconds of the monotonic clock.
package struct TracedCall: Equatable, Sendable {
    package var model: String
    package var version: Int64
    /// The call, by its index, that this one is part of: that of an ensemble within the ensemble; nil for a step of the
    /// request's own model.
    package var caller: Int?
    /// The rows began to be put together, the evaluation began, and it ended.
    package var start: Nanoseconds
    package var inputEnd: Nanoseconds
    package var end: Nanoseconds

    /// Describes a call.
    ///
    /// - Precondition: the caller is an earlier call of the same request.
    package init(
        model: String, version: Int64, caller: Int? = nil, start: Nanoseconds, inputEnd: Nanoseconds, end: Nanoseconds
    ) {
        self.model = model
        self.version = version
        self.caller = caller
        self.start = start
        self.inputEnd = inputEnd
        self.end = end
    }
}
