import JSONSyntax
package import LinuxSystem

/// Finds the request parameter `sticky_key` before anything else of a request is read: it decides for which model that
/// is done.
///
/// What is wrong with the rest of the request is left to whoever reads it.
///
/// - Complexity: a JSON text without the name costs a look for an underscore and for a backslash, some ten bytes a
///   nanosecond; no allocation.
package enum StickyKeyParameter {
    private static let name: StaticString = "sticky_key"

    /// Appends the parameter's text to an empty buffer; nothing if there is none or it is "".
    ///
    /// - Parameter body: of a request in JSON.
    /// - Parameter headerLength: bytes of its JSON part; nil for all of it.
    /// - Parameter byteLimit: bytes that the text may have.
    /// - Throws: if it is no string, too long, or given twice.
    package static func read(
        in body: Span<UInt8>, headerLength: Int?, byteLimit: Int, into key: inout ByteBuffer
    ) throws(ProtocolError) {
        let json = body.extracting(0..<min(max(headerLength ?? body.count, 0), body.count))
        guard mayHoldName(json) else { return }
        var cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth, acceptsNonFinite: true)
        guard case .beginObject? = try? cursor.next(in: json) else { return }
        while case .key(let member)? = try? cursor.next(in: json) {
            guard JSONString.equals(member, in: json, "parameters") else {
                guard (try? cursor.skipValue(in: json)) != nil else { return }
                continue
            }
            guard case .beginObject? = try? cursor.next(in: json) else { return }
            return try readMembers(json, &cursor, byteLimit, into: &key)
        }
    }

    /// Whether the name may stand in a text: as it is, or in escape sequences.
    private static func mayHoldName(_ json: Span<UInt8>) -> Bool {
        // The place of the underscore in the name, and how many bytes follow the name's first.
        let (before, length) = (6, name.utf8CodeUnitCount)
        var start = 0
        while let place = json.firstIndex(of: UInt8(ascii: "_"), from: start) {
            let first = place - before
            if first >= 0, first + length <= json.count, json.matches(first..<first + length, name) { return true }
            start = place + 1
        }
        return json.firstIndex(of: UInt8(ascii: "\\")) != nil
    }

    private static func readMembers(
        _ json: Span<UInt8>, _ cursor: inout JSONCursor, _ byteLimit: Int, into key: inout ByteBuffer
    ) throws(ProtocolError) {
        var isFound = false
        while case .key(let member)? = try? cursor.next(in: json) {
            guard JSONString.equals(member, in: json, name) else {
                guard (try? cursor.skipValue(in: json)) != nil else { return }
                continue
            }
            if isFound { throw .repeatedMember(name) }
            isFound = true
            guard let token = try? cursor.next(in: json) else { return }
            guard case .string(let text) = token else { throw .wrongKind("'sticky_key'", "a string") }
            if text.hasEscapes {
                key.append(JSONString.decode(text, in: json))
            } else {
                key.append(json.extracting(text.range))
            }
            try check(key, byteLimit)
        }
    }

    private static func check(_ key: borrowing ByteBuffer, _ byteLimit: Int) throws(ProtocolError) {
        guard key.count > byteLimit else { return }
        throw ProtocolError(
            .invalidArgument, "'sticky_key' is \(key.count) bytes long, at most \(byteLimit) are accepted")
    }

    /// The same of a request that is a message; of two parameters of the name the last one counts.
    package static func read(
        in body: Span<UInt8>, message: Range<Int>, byteLimit: Int, into key: inout ByteBuffer
    ) throws(ProtocolError) {
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ModelInferMessage.Request.self, in: body) {
            guard field.name == .parameters else { continue }
            let parameter = try MessageParameter(reading: field.content.range, in: body)
            guard parameter.isNamed(name, in: body) else { continue }
            key.removeAll()
            key.append(body.extracting(try parameter.text(name)))
            try check(key, byteLimit)
        }
    }
}
