import LinuxSystem

/// A call that reads trace or log settings, and changes those that it names.
package struct SettingsCall: Equatable, Sendable {
    /// What is to change; nothing if the call only reads.
    package private(set) var request = SettingsRequest()
    /// The model whose trace settings are meant; empty for all.
    package private(set) var model = ""

    /// Reads the request of TraceSetting.
    ///
    /// A setting without a value goes back to what holds for all models; levels are a list, all others one value.
    package init(trace message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        try Self.checkLength(message)
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.TraceSetting.self, in: body) {
            switch field.name {
            case .modelName: model = body.text(field.content.range)
            case .settings:
                let (name, value) = try Self.entry(field.content.range, in: body)
                var texts: [String] = []
                var values = ProtobufReader(value)
                while let part = try values.nextField(ControlMessage.TraceValue.self, in: body) {
                    texts.append(body.text(part.content.range))
                }
                if texts.isEmpty {
                    try request.set(name, .null)
                } else {
                    try request.set(name, texts.count == 1 && name != "trace_level" ? .text(texts[0]) : .texts(texts))
                }
            }
        }
    }

    /// Reads the request of LogSettings.
    package init(log message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        try Self.checkLength(message)
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.LogSettings.self, in: body) {
            let (name, content) = try Self.entry(field.content.range, in: body)
            var value = SettingsRequest.Value.null
            var parts = ProtobufReader(content)
            while let part = try parts.nextField(ControlMessage.LogValue.self, in: body) {
                switch part.name {
                case .boolParam: value = .flag(part.content.bits != 0)
                case .uint32Param: value = .integer(Int(UInt32(truncatingIfNeeded: part.content.bits)))
                case .stringParam: value = .text(body.text(part.content.range))
                }
            }
            try request.set(name, value)
        }
    }

    private static func checkLength(_ message: Range<Int>) throws(ProtocolError) {
        guard message.count <= OpenInferenceProtocolLimits.settingsByteCount else {
            throw .longSettings(message.count)
        }
    }

    private static func entry(
        _ entry: Range<Int>, in body: Span<UInt8>
    ) throws(ProtocolError) -> (name: String, value: Range<Int>) {
        var name = ""
        var value = 0..<0
        var reader = ProtobufReader(entry)
        while let part = try reader.nextField(ControlMessage.Entry.self, in: body) {
            switch part.name {
            case .key: name = body.text(part.content.range)
            case .value: value = part.content.range
            }
        }
        return (name, value)
    }
}
