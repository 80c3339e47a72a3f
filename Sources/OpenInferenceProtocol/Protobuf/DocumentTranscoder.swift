import JSONSyntax
package import LinuxSystem

/// Writes one of the protocol's JSON documents as the message that says the same.
///
/// Documents name their members as the definitions name fields, so that nothing but the definitions is needed, and what
/// HTTP and gRPC tell is the same by construction. Members that the message does not have are left out.
///
/// - Source: protobuf documentation, *ProtoJSON Format* with the names of the definitions, and *Encoding*.
package struct DocumentTranscoder {
    private let descriptors = ProtobufDescriptors.shared
    private var cursor: JSONCursor

    /// Appends the message that a document says, without a prefix.
    ///
    /// - Complexity: linear in the document and the depth of its messages.
    /// - Parameter document: JSON that this server has written.
    /// - Parameter message: the full name of the message.
    /// - Precondition: the document's members have values of the fields' types.
    package static func append(_ document: Span<UInt8>, as message: String, to buffer: inout ByteBuffer) {
        var transcoder = DocumentTranscoder()
        guard case .beginObject = transcoder.next(document) else {
            preconditionFailure("a message is an object")
        }
        transcoder.appendMembers(of: transcoder.descriptors.message(message), document, to: &buffer)
    }

    private init() {
        cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth)
    }

    private mutating func next(_ json: Span<UInt8>) -> JSONToken {
        do throws(JSONFault) {
            return try cursor.next(in: json)
        } catch {
            preconditionFailure("the server writes JSON: \(error.message)")
        }
    }

    private mutating func skipValue(_ json: Span<UInt8>) {
        do throws(JSONFault) {
            try cursor.skipValue(in: json)
        } catch {
            preconditionFailure("the server writes JSON: \(error.message)")
        }
    }

    /// Appends the fields of an object whose brace was read.
    private mutating func appendMembers(
        of message: ProtobufDescriptors.Message, _ json: Span<UInt8>, to buffer: inout ByteBuffer
    ) {
        while case .key(let key) = next(json) {
            guard let field = message.fields[JSONString.decode(key, in: json)] else {
                skipValue(json)
                continue
            }
            switch next(json) {
            case .beginArray: appendList(field, json, to: &buffer)
            case .beginObject where field.isRepeated: appendMap(field, json, to: &buffer)
            case .null: break
            case let token: appendValue(token, field, isListed: field.isInChoice, json, to: &buffer)
            }
        }
    }

    /// Appends the elements of an array whose bracket was read; numbers as one run.
    private mutating func appendList(
        _ field: ProtobufDescriptors.Field, _ json: Span<UInt8>, to buffer: inout ByteBuffer
    ) {
        var run = ByteBuffer()
        while true {
            let token = next(json)
            if case .endArray = token { break }
            if field.kind.wireType == .bytes {
                appendValue(token, field, isListed: true, json, to: &buffer)
            } else {
                appendNumber(token, field, json, to: &run)
            }
        }
        if !run.isEmpty { buffer.appendContent(field.number, run.bytes) }
    }

    /// Appends the entries of a map whose brace was read.
    private mutating func appendMap(
        _ field: ProtobufDescriptors.Field, _ json: Span<UInt8>, to buffer: inout ByteBuffer
    ) {
        let entry = descriptors.message(field.typeName)
        precondition(entry.isMapEntry, "an object that is repeated is a map")
        guard let keyField = entry.fields["key"], let valueField = entry.fields["value"] else {
            preconditionFailure("an entry has a key and a value")
        }
        while case .key(let key) = next(json) {
            var content = ByteBuffer()
            let text = JSONString.decode(key, in: json)
            // Of an entry both fields are written, be they defaults.
            if keyField.kind == .string {
                content.appendOpening(keyField.number, text.utf8.count)
                content.append(text)
            } else {
                content.appendTag(keyField.number, .varint)
                content.appendVarint(UInt64(text) ?? 0)
            }
            appendValue(next(json), valueField, isListed: true, json, to: &content)
            buffer.appendContent(field.number, content.bytes)
        }
    }

    /// Appends one value with its tag.
    ///
    /// - Parameter isListed: whether it is written even if it is the default.
    private mutating func appendValue(
        _ token: JSONToken, _ field: ProtobufDescriptors.Field, isListed: Bool, _ json: Span<UInt8>,
        to buffer: inout ByteBuffer
    ) {
        switch (token, field.kind) {
        case (.beginObject, .message):
            var content = ByteBuffer()
            appendMembers(of: descriptors.message(field.typeName), json, to: &content)
            buffer.appendContent(field.number, content.bytes)
        case (.string(let range), .string):
            let text = JSONString.decode(range, in: json)
            if isListed && text.isEmpty { buffer.appendOpening(field.number, 0) }
            buffer.appendText(field.number, text)
        default:
            var content = ByteBuffer()
            let isDefault = !appendNumber(token, field, json, to: &content)
            guard isListed || !isDefault else { return }
            buffer.appendTag(field.number, field.kind.wireType)
            buffer.append(content.bytes)
        }
    }

    /// Appends a number or a truth value without its tag, and says whether it is other than 0.
    @discardableResult
    private func appendNumber(
        _ token: JSONToken, _ field: ProtobufDescriptors.Field, _ json: Span<UInt8>, to buffer: inout ByteBuffer
    ) -> Bool {
        switch field.kind {
        case .double, .float:
            guard case .number(let range) = token else { break }
            let value = JSONNumber.double(in: json, range)
            let isWide = field.kind == .double
            let bits = isWide ? value.bitPattern : UInt64(Float(value).bitPattern)
            for byte in 0..<(isWide ? 8 : 4) { buffer.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * byte))) }
            return bits != 0
        default:
            guard let value = integer(token, field, json) else { break }
            buffer.appendVarint(value)
            return value != 0
        }
        preconditionFailure("the value is of the type of field \(field.number)")
    }

    private func integer(_ token: JSONToken, _ field: ProtobufDescriptors.Field, _ json: Span<UInt8>) -> UInt64? {
        switch token {
        case .true: return 1
        case .false: return 0
        case .string(let name) where field.kind == .enumeration:
            let values = descriptors.enumerations[field.typeName]
            return values?[JSONString.decode(name, in: json)].map { UInt64(bitPattern: Int64($0)) }
        case .number(let range):
            do throws(JSONFault) {
                return json[range.lowerBound] == UInt8(ascii: "-")
                    ? UInt64(bitPattern: try JSONNumber.int64(in: json, range))
                    : try JSONNumber.uint64(in: json, range)
            } catch {
                return nil
            }
        default: return nil
        }
    }
}
