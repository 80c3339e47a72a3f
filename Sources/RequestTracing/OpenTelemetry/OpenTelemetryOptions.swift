/// Where spans are sent, and how.
///
/// - Source: OpenTelemetry specification, environment variables of the SDK and of the OTLP exporter; Triton's
///   documentation of traces for the defaults.
package struct OpenTelemetryOptions: Equatable, Sendable {
    /// A name with its value.
    package struct Pair: Equatable, Sendable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The receiver, with its path.
    package var url = "http://localhost:4318/v1/traces"
    /// What describes this server, each name once; `service.name` among them.
    package var resource = [Pair("service.name", "rowan")]
    /// Fields of each request to the receiver; secrets may stand there.
    package var fields: [Pair] = []
    /// Spans that wait to be sent.
    package var queueSize = 2_048
    /// Spans that are sent together.
    package var batchSize = 512
    /// Between two sendings.
    package var scheduleDelayMilliseconds = 5_000
    /// Until the receiver has answered.
    package var timeoutMilliseconds = 10_000
    package var sampler = RootSampler()

    package init() {}

    /// The receiver without a query, in which a secret could stand.
    var shownURL: String { String(url.prefix { $0 != "?" }) }

    /// Sets an attribute of the resource; one of the same name is replaced.
    ///
    /// - Returns: false if there are too many.
    package mutating func setResource(_ name: String, _ value: String) -> Bool {
        if let index = resource.firstIndex(where: { $0.name == name }) {
            resource[index].value = value
            return true
        }
        guard resource.count < TracingLimits.pairCount else { return false }
        resource.append(Pair(name, value))
        return true
    }
}
