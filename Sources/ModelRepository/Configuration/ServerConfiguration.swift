/// What the file of `--config` says: where events are brought to.
///
/// It is read here and not judged: whoever brings events knows what they may be.
///
/// - Isolation: a value; any thread.
/// - Source: `RowanConfiguration.proto`.
package struct ServerConfiguration: Sendable, Equatable {
    /// A place that events are brought to.
    package struct EventSink: Sendable, Equatable {
        /// Where that is.
        package enum Target: Sendable, Equatable {
            /// - Parameter timeoutSeconds: nil for the usual.
            /// - Parameter tokenVariable: of the environment; empty for none.
            case http(url: String, isBinary: Bool, timeoutSeconds: Double?, tokenVariable: String)
            case file(path: String)
        }

        package var name: String
        package var target: Target
        package var types: [String] = []
        /// Nil for the usual.
        package var maxQueue: UInt64?
        package var maxAttempts: UInt64?
        /// Empty for none.
        package var deadLetterFile = ""
        /// Where it is declared.
        package var position: TextPosition
    }

    /// Empty for the name of the machine.
    package private(set) var instance = ""
    package private(set) var eventSinks: [EventSink] = []

    /// The configuration of a server without a file.
    package init() {}

    /// Reads and checks a file.
    package static func read(_ bytes: Span<UInt8>) throws(TextFormatFault) -> ServerConfiguration {
        let (message, _) = try TextFormatParser.parse(bytes, as: ServerConfigurationSchema.serverConfiguration)
        var configuration = ServerConfiguration()
        configuration.instance = message.text("instance")
        var names: Set<String> = []
        for (index, sink) in message.messages("event_sink").enumerated() {
            let name = sink.text("name").isEmpty ? "sink-\(index + 1)" : sink.text("name")
            guard names.insert(name).inserted else {
                throw TextFormatFault(.meaningless("the sink '\(name)' is given twice"), at: sink.position(of: "name"))
            }
            var read = EventSink(name: name, target: try target(of: sink), position: sink.position)
            read.types = sink.texts("types")
            if sink.has("max_queue") { read.maxQueue = sink.unsigned("max_queue") }
            if sink.has("max_attempts") { read.maxAttempts = sink.unsigned("max_attempts") }
            read.deadLetterFile = sink.text("dead_letter_file")
            configuration.eventSinks.append(read)
        }
        return configuration
    }

    private static func target(of sink: MessageValue) throws(TextFormatFault) -> EventSink.Target {
        if let http = sink.message("http") {
            guard !http.text("url").isEmpty else {
                throw TextFormatFault(.meaningless("the sink has no url"), at: http.position)
            }
            return .http(
                url: http.text("url"), isBinary: http.enumeration("mode") == 1,
                timeoutSeconds: http.has("timeout_seconds") ? http.real("timeout_seconds") : nil,
                tokenVariable: http.text("token_env"))
        }
        guard let file = sink.message("file") else {
            throw TextFormatFault(.meaningless("the sink has neither http nor file"), at: sink.position)
        }
        guard !file.text("path").isEmpty else {
            throw TextFormatFault(.meaningless("the sink has no path"), at: file.position)
        }
        return .file(path: file.text("path"))
    }
}
