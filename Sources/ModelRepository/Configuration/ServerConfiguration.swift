/// What the file of `--config` says: options of the command line, and where events are brought to.
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

    /// A field that stands for an option of the command line, as whoever has the options names it.
    package struct OptionField: Sendable, Equatable {
        /// How a value is written.
        package enum Kind: Sendable, Equatable {
            case text
            case number
            case truth
        }

        package let name: String
        package let kind: Kind
        package let isRepeatable: Bool

        /// Names a field.
        package init(name: String, kind: Kind, isRepeatable: Bool) {
            self.name = name
            self.kind = kind
            self.isRepeatable = isRepeatable
        }
    }

    /// What the file says about an option, as a command line would.
    package struct OptionValue: Sendable, Equatable {
        package let name: String
        package let text: String
        /// Where it stands.
        package let position: TextPosition
    }

    /// In the order of the file.
    package private(set) var options: [OptionValue] = []
    /// Empty for the name of the machine.
    package private(set) var instance = ""
    package private(set) var eventSinks: [EventSink] = []

    /// The configuration of a server without a file.
    package init() {}

    /// Reads and checks a file.
    ///
    /// - Parameter options: fields that stand for options; what their values mean is for the reader to say.
    package static func read(
        _ bytes: Span<UInt8>, options: [OptionField] = []
    ) throws(TextFormatFault) -> ServerConfiguration {
        let schema = ServerConfigurationSchema.serverConfiguration(with: options)
        let (message, _) = try TextFormatParser.parse(bytes, as: schema)
        var configuration = ServerConfiguration()
        configuration.options = values(of: Set(options.map(\.name)), in: message)
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

    private static func values(of names: Set<String>, in message: MessageValue) -> [OptionValue] {
        message.entries.compactMap { entry in
            let name = message.schema.fields[entry.fieldIndex].name
            guard names.contains(name), case .scalar(let value) = entry.content else { return nil }
            switch value {
            case .text(let text): return OptionValue(name: name, text: text, position: entry.position)
            case .integer(let number): return OptionValue(name: name, text: "\(number)", position: entry.position)
            case .boolean(let truth): return OptionValue(name: name, text: "\(truth)", position: entry.position)
            case .unsigned, .real, .enumeration: preconditionFailure("no option is written so")
            }
        }
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
