import LinuxSystem

/// Where the side thread puts traces: a file, or a receiver of spans.
///
/// - Isolation: the side thread.
protocol TraceSink: AnyObject {
    /// Takes one trace.
    func take(_ record: TraceRecord)

    /// Everything that was there has been taken.
    ///
    /// - Returns: when to be called again at the latest.
    func lookedAround(at now: Nanoseconds) -> Nanoseconds

    /// Nothing more will come: writes or sends what is left.
    ///
    /// - Parameter instant: when whoever waits for this gives up.
    func end(by instant: Nanoseconds)
}
