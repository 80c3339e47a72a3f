/// Everything that an operator can decide about tracing at start.
package struct TraceOptions: Equatable, Sendable {
    /// Where traces go.
    package enum Mode: String, CaseIterable, Sendable {
        /// Into files, as Triton writes them.
        case triton
        /// As spans to a receiver of OTLP.
        case openTelemetry = "opentelemetry"
    }

    package var mode = Mode.triton
    /// What holds for all models until somebody changes it.
    package var setting = TraceSetting()
    /// The file of mode `triton`; nil without.
    package var file: String?
    package var openTelemetry = OpenTelemetryOptions()

    /// Nothing is traced.
    package init() {}
}
