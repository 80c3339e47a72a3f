import JSONSyntax
package import LinuxSystem

/// What a request says for the explanation of its anomalous rows: the parameters `log`, `service`, `host` and `tenant`.
///
/// - Layout: where there is one of them, all four in this order, each behind its length (32 bits, little-endian).
package enum ExplanationContext {
    /// The parameters.
    enum Name: Int, CaseIterable {
        case log, service, host, tenant

        var text: StaticString {
            switch self {
            case .log: "log"
            case .service: "service"
            case .host: "host"
            case .tenant: "tenant"
            }
        }

        /// Bytes that its text may have.
        var byteLimit: Int {
            self == .log
                ? OpenInferenceProtocolLimits.explanationLogByteCount
                : OpenInferenceProtocolLimits.explanationNameByteCount
        }
    }

    /// Appends a text behind its length.
    package static func append(_ text: Span<UInt8>, to buffer: inout ByteBuffer) {
        let count = UInt32(text.count)
        for index in 0..<4 { buffer.append(UInt8(truncatingIfNeeded: count >> (8 * UInt32(index)))) }
        buffer.append(text)
    }
}

extension InferenceRequest {
    /// Appends what the request says for explanations; nothing if it says nothing.
    ///
    /// - Complexity: a comparison for each parameter; allocates only if a text has escapes or the buffer grows.
    /// - Parameter body: that was read last.
    /// - Throws: if a text is too long, or none.
    package func appendExplanationContext(
        from body: Span<UInt8>, to buffer: inout ByteBuffer
    ) throws(ProtocolError) {
        if parameters.isEmpty { return }
        var places: (Int, Int, Int, Int) = (-1, -1, -1, -1)
        for (index, parameter) in parameters.enumerated() {
            guard let name = ExplanationContext.Name.allCases.first(where: { isNamed(parameter, $0.text, body) }) else {
                continue
            }
            guard parameter.kind == .string else { throw .wrongKind(name.kindText, "a string") }
            switch name {
            case .log: places.0 = index
            case .service: places.1 = index
            case .host: places.2 = index
            case .tenant: places.3 = index
            }
        }
        guard places != (-1, -1, -1, -1) else { return }
        try append(places.0, .log, body, &buffer)
        try append(places.1, .service, body, &buffer)
        try append(places.2, .host, body, &buffer)
        try append(places.3, .tenant, body, &buffer)
    }

    private func isNamed(_ parameter: RequestParameter, _ name: StaticString, _ body: Span<UInt8>) -> Bool {
        isMessage ? body.matches(parameter.key.range, name) : JSONString.equals(parameter.key, in: body, name)
    }

    private func append(
        _ place: Int, _ name: ExplanationContext.Name, _ body: Span<UInt8>, _ buffer: inout ByteBuffer
    ) throws(ProtocolError) {
        guard place >= 0 else { return ExplanationContext.append(body.extracting(0..<0), to: &buffer) }
        let parameter = parameters[place]
        guard parameter.value.count <= name.byteLimit else {
            throw ProtocolError(
                .invalidArgument,
                "'\(name.text)' is \(parameter.value.count) bytes long, at most \(name.byteLimit) are accepted")
        }
        guard parameter.hasEscapes else {
            return ExplanationContext.append(body.extracting(parameter.value), to: &buffer)
        }
        let string = JSONStringRange(range: parameter.value, hasEscapes: true)
        let text = Array(JSONString.decode(string, in: body).utf8)
        ExplanationContext.append(text.span, to: &buffer)
    }
}

extension ExplanationContext.Name {
    fileprivate var kindText: StaticString {
        switch self {
        case .log: "'log'"
        case .service: "'service'"
        case .host: "'host'"
        case .tenant: "'tenant'"
        }
    }
}
