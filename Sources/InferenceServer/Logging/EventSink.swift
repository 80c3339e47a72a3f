package import LinuxSystem

/// Where the lines of an `EventLog` go: standard error, or a test's memory.
package protocol EventSink: AnyObject, Sendable {
    /// Takes one line, its newline included, without waiting.
    func write(_ line: Span<UInt8>) -> LineOutput.Outcome
}

/// Standard error as a sink.
package final class StandardErrorSink: EventSink {
    /// Makes a sink for the process's standard error.
    package init() {}

    package func write(_ line: Span<UInt8>) -> LineOutput.Outcome {
        LineOutput.standardError.write(line)
    }
}
