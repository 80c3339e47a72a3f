import JSONSyntax

/// The body of a request that registers a region of system shared memory.
///
/// - Source: Triton's extension_shared_memory.md, `$system_shared_memory_register_request`.
package struct SharedMemoryRegistration: Equatable, Sendable {
    /// The name of the POSIX shared memory object.
    package internal(set) var key: String
    /// Where in the object the region begins.
    ///
    /// - Units: bytes.
    package internal(set) var offset: UInt64 = 0
    /// - Units: bytes.
    package internal(set) var byteCount: UInt64

    init(key: String, offset: UInt64, byteCount: UInt64) {
        self.key = key
        self.offset = offset
        self.byteCount = byteCount
    }

    /// Reads a body.
    package init(_ body: Span<UInt8>) throws(ProtocolError) {
        var key: String?
        var offset: UInt64?
        var byteCount: UInt64?
        if !body.isEmpty {
            var cursor = JSONCursor(depthLimit: OpenInferenceProtocolLimits.nestingDepth)
            guard case .beginObject = try cursor.nextToken(in: body) else {
                throw .wrongKind("the request", "an object")
            }
            while case .key(let member) = try cursor.nextToken(in: body) {
                if JSONString.equals(member, in: body, "key") {
                    guard key == nil else { throw .repeatedMember("key") }
                    guard case .string(let value) = try cursor.nextToken(in: body) else {
                        throw .wrongKind("'key'", "a string")
                    }
                    key = JSONString.decode(value, in: body)
                } else if JSONString.equals(member, in: body, "offset") {
                    guard offset == nil else { throw .repeatedMember("offset") }
                    offset = try Self.unsigned(&cursor, body, "offset")
                } else if JSONString.equals(member, in: body, "byte_size") {
                    guard byteCount == nil else { throw .repeatedMember("byte_size") }
                    byteCount = try Self.unsigned(&cursor, body, "byte_size")
                } else {
                    try Self.skip(&cursor, body)
                }
            }
            _ = try cursor.nextToken(in: body)
        }
        guard let key else { throw .registration("has no 'key' field") }
        guard let byteCount else { throw .registration("has no 'byte_size' field") }
        self.key = key
        self.offset = offset ?? 0
        self.byteCount = byteCount
    }

    private static func unsigned(
        _ cursor: inout JSONCursor, _ body: Span<UInt8>, _ member: StaticString
    ) throws(ProtocolError) -> UInt64 {
        guard case .number(let range) = try cursor.nextToken(in: body) else { throw .wrongKind(member, "an integer") }
        do throws(JSONFault) {
            return try JSONNumber.uint64(in: body, range)
        } catch {
            throw .badMember(member, error)
        }
    }

    private static func skip(_ cursor: inout JSONCursor, _ body: Span<UInt8>) throws(ProtocolError) {
        do throws(JSONFault) {
            try cursor.skipValue(in: body)
        } catch {
            throw .syntax(error)
        }
    }
}

extension ProtocolError {
    fileprivate static func registration(_ fault: StaticString) -> ProtocolError {
        ProtocolError(.invalidArgument, "Shared memory register request \(fault)")
    }
}
