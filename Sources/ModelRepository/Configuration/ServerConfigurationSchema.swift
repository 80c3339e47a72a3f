/// The messages of the file of `--config`; the schema file `RowanConfiguration.proto` says what each field means.
///
/// A test compares this table with that file.
enum ServerConfigurationSchema {
    private static let own: [MessageSchema.Field] = [
        .field("instance", 1, .string), .repeated("event_sink", 2, .message(eventSink)),
    ]

    /// The fields of options have numbers from here on, which only the schema file knows: the text has names alone.
    static let firstOption = 100

    /// The file's message.
    ///
    /// - Parameter options: the fields that stand for options.
    static func serverConfiguration(with options: [ServerConfiguration.OptionField] = []) -> MessageSchema {
        let fields = options.enumerated().map { index, option in
            let kind: MessageSchema.Kind =
                switch option.kind {
                case .text: .string
                case .number: .int64
                case .truth: .boolean
                }
            return option.isRepeatable
                ? MessageSchema.Field.repeated(option.name, firstOption + index, kind)
                : .field(option.name, firstOption + index, kind)
        }
        return MessageSchema("rowan.ServerConfiguration", own + fields)
    }

    static let eventSink = MessageSchema(
        "rowan.EventSink",
        [
            .field("name", 1, .string),
            .field("http", 2, .message(httpEventSink), choice: "target"),
            .field("file", 3, .message(fileEventSink), choice: "target"),
            .repeated("types", 4, .string),
            .field("max_queue", 5, .uint32),
            .field("max_attempts", 6, .uint32),
            .field("dead_letter_file", 7, .string),
        ])

    static let httpEventSink = MessageSchema(
        "rowan.HTTPEventSink",
        [
            .field("url", 1, .string),
            .field("mode", 2, .enumeration(mode)),
            .field("timeout_seconds", 3, .double),
            .field("token_env", 4, .string),
        ])

    static let mode = EnumerationSchema("rowan.HTTPEventSink.Mode", [("STRUCTURED", 0), ("BINARY", 1)])

    static let fileEventSink = MessageSchema("rowan.FileEventSink", [.field("path", 1, .string)])
}
