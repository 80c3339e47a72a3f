import JSONSyntax

/// The body of a request that loads or unloads a model.
///
/// - Source: Triton's extension_model_repository.md, `$repository_load_request` and `$repository_unload_request`.
package struct RepositoryLoadRequest: Equatable, Sendable {
    /// A file that the request brings.
    package struct File: Equatable, Sendable {
        /// Directory of the version and plain name, as the request gives them.
        package var path: String
        package var content: [UInt8]
    }

    /// The model's configuration as JSON; nil if there is none.
    package internal(set) var configuration: [UInt8]?
    package private(set) var files: [File] = []

    /// Nothing so far.
    init() {}

    /// Reads the body of a load request, which may be empty.
    ///
    /// - Parameter name: the model, for messages.
    package init(loading name: String, _ body: Span<UInt8>) throws(ProtocolError) {
        try Self.forEachParameter(of: body) { (key, token, cursor) throws(ProtocolError) in
            guard case .string(let value) = token else {
                throw ProtocolError(.invalidArgument, "parameter '\(key)' of a load request is no string")
            }
            if key == "config" {
                var text: [UInt8] = []
                text.reserveCapacity(value.range.count)
                JSONString.forEachByte(of: value, in: body) { byte in
                    text.append(byte)
                    return true
                }
                configuration = text
            } else if key.hasPrefix("file:") {
                try add(String(key.dropFirst(5)), value, body)
            } else {
                throw .loadParameter(key, name)
            }
        }
        try checkFiles(name)
    }

    /// Checks after the last parameter that files do not come alone.
    func checkFiles(_ name: String) throws(ProtocolError) {
        if !files.isEmpty, configuration == nil {
            throw ProtocolError(
                .invalidArgument, "failed to load '\(name)': files come only with parameter 'config' beside them")
        }
    }

    /// Checks the body of an unload request, which may be empty.
    ///
    /// - Returns: whether models go, too, that only this one needed.
    package static func unloadsDependents(_ body: Span<UInt8>) throws(ProtocolError) -> Bool {
        var unloadsDependents = false
        try forEachParameter(of: body) { (key, token, cursor) throws(ProtocolError) in
            guard key == "unload_dependents" else { return try skip(token, &cursor, body) }
            switch token {
            case .true: unloadsDependents = true
            case .false: unloadsDependents = false
            default: throw ProtocolError(.invalidArgument, "parameter 'unload_dependents' is no boolean")
            }
        }
        return unloadsDependents
    }

    private mutating func add(
        _ path: String, _ value: JSONStringRange, _ body: Span<UInt8>
    ) throws(ProtocolError) {
        var decoder = RFC4648Decoder(capacity: value.range.count / 4 * 3)
        let isSound = JSONString.forEachByte(of: value, in: body) { decoder.take($0) }
        guard isSound, let content = decoder.finish() else {
            throw ProtocolError(.invalidArgument, "file '\(path)' is not in base64")
        }
        try add(File(path: path, content: content))
    }

    /// Adds a file, of which there may be many, but none twice.
    mutating func add(_ file: File) throws(ProtocolError) {
        guard files.count < OpenInferenceProtocolLimits.loadFileCount else {
            throw ProtocolError(
                .invalidArgument, "more than \(OpenInferenceProtocolLimits.loadFileCount) files in a load request")
        }
        guard !files.contains(where: { $0.path == file.path }) else {
            throw ProtocolError(.invalidArgument, "file '\(file.path)' is given twice")
        }
        files.append(file)
    }

    // MARK: The body's frame

    private static func forEachParameter(
        of body: Span<UInt8>, _ use: (String, JSONToken, inout JSONCursor) throws(ProtocolError) -> Void
    ) throws(ProtocolError) {
        guard !body.isEmpty else { return }
        var cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth)
        guard case .beginObject = try cursor.nextToken(in: body) else {
            throw ProtocolError(.invalidArgument, "the body of a repository request is no object")
        }
        var hasParameters = false
        while case .key(let key) = try cursor.nextToken(in: body) {
            guard JSONString.equals(key, in: body, "parameters") else {
                try skip(try cursor.nextToken(in: body), &cursor, body)
                continue
            }
            guard !hasParameters, case .beginObject = try cursor.nextToken(in: body) else {
                throw ProtocolError(
                    .invalidArgument, "'parameters' of a repository request is no object, or given twice")
            }
            hasParameters = true
            var keys: Set<String> = []
            while case .key(let key) = try cursor.nextToken(in: body) {
                let name = JSONString.decode(key, in: body)
                guard keys.insert(name).inserted else {
                    throw ProtocolError(.invalidArgument, "parameter '\(name)' is given twice")
                }
                try use(name, try cursor.nextToken(in: body), &cursor)
            }
        }
        _ = try cursor.nextToken(in: body)
    }

    /// Reads over the rest of a value of which the first token has been read.
    private static func skip(
        _ token: JSONToken, _ cursor: inout JSONCursor, _ body: Span<UInt8>
    ) throws(ProtocolError) {
        var depth = 0
        var token = token
        while true {
            switch token {
            case .beginObject, .beginArray: depth += 1
            case .endObject, .endArray: depth -= 1
            default: break
            }
            if depth == 0 { return }
            token = try cursor.nextToken(in: body)
        }
    }
}

extension ProtocolError {
    static func loadParameter(_ key: String, _ model: String) -> ProtocolError {
        ProtocolError(
            .invalidArgument, "unrecognized load parameter '\(key)' for model '\(model)': use config or file:…")
    }
}
