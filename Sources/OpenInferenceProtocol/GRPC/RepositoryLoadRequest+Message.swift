import LinuxSystem

/// Parameters of calls that load and unload models.
extension RepositoryLoadRequest {
    /// The value of a parameter.
    private enum Value {
        case absent
        case flag(Bool)
        case integer
        case text(Range<Int>)
        case bytes(Range<Int>)
    }

    /// Reads a load request that came as a message.
    ///
    /// - Parameter name: the model, for messages.
    package init(
        loading name: String, _ message: Range<Int>, in body: Span<UInt8>
    ) throws(ProtocolError) {
        self.init()
        try Self.forEachParameter(of: message, in: body) { (key, value) throws(ProtocolError) in
            if key == "config" {
                guard case .text(let range) = value else { throw .parameterKind(key, "string_param") }
                configuration = range.map { body[$0] }
            } else if key.hasPrefix("file:") {
                guard case .bytes(let range) = value else { throw .parameterKind(key, "bytes_param") }
                try add(File(path: String(key.dropFirst(5)), content: range.map { body[$0] }))
            } else {
                throw .loadParameter(key, name)
            }
        }
        try checkFiles(name)
    }

    /// Reads an unload request that came as a message.
    ///
    /// - Returns: whether models go, too, that only this one needed.
    package static func unloadsDependents(
        _ message: Range<Int>, in body: Span<UInt8>
    ) throws(ProtocolError) -> Bool {
        var unloadsDependents = false
        try forEachParameter(of: message, in: body) { (key, value) throws(ProtocolError) in
            guard key == "unload_dependents" else { return }
            guard case .flag(let flag) = value else { throw .parameterKind(key, "bool_param") }
            unloadsDependents = flag
        }
        return unloadsDependents
    }

    private static func forEachParameter(
        of message: Range<Int>, in body: Span<UInt8>, _ use: (String, Value) throws(ProtocolError) -> Void
    ) throws(ProtocolError) {
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.Control.self, in: body) {
            guard field.name == .parameters else { continue }
            var key = ""
            var value = Value.absent
            var entry = ProtobufReader(field.content.range)
            while let part = try entry.nextField(ControlMessage.Entry.self, in: body) {
                switch part.name {
                case .key: key = body.text(part.content.range)
                case .value: value = try Self.value(part.content.range, in: body)
                }
            }
            try use(key, value)
        }
    }

    private static func value(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) -> Value {
        var value = Value.absent
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.ControlParameter.self, in: body) {
            switch field.name {
            case .boolParam: value = .flag(field.content.bits != 0)
            case .int64Param: value = .integer
            case .stringParam: value = .text(field.content.range)
            case .bytesParam: value = .bytes(field.content.range)
            }
        }
        return value
    }
}
