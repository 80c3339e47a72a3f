package import LinuxSystem

/// Writes vectors of texts, and refusals to make some, in OpenAI's form.
///
/// - Source: OpenAI's API reference, "The embedding object" and "Error codes".
package enum EmbeddingsAnswer {
    /// Writes the vectors of all rows.
    ///
    /// - Parameter isBase64: whether a vector is base64 of its floats' bytes instead of a list of numbers.
    /// - Parameter tokenCount: of all texts.
    package static func append(
        _ vectors: OutputColumn, of model: ModelSignature, isBase64: Bool, tokenCount: Int,
        to reply: inout ByteBuffer
    ) {
        reply.append("{\"object\":\"list\",\"data\":[")
        var bytes = ByteBuffer()
        for row in 0..<vectors.rowCount {
            reply.append(row == 0 ? "{\"object\":\"embedding\",\"index\":" : ",{\"object\":\"embedding\",\"index\":")
            reply.append("\(row)")
            if isBase64 {
                reply.append(",\"embedding\":\"")
                bytes.removeAll()
                vectors.appendBinary(rows: row..<row + 1, to: &bytes)
                bytes.withBytes { appendBase64($0, to: &reply) }
                reply.append("\"}")
            } else {
                reply.append(",\"embedding\":[")
                vectors.appendJSON(rows: row..<row + 1, to: &reply)
                reply.append("]}")
            }
        }
        reply.append("],\"model\":")
        reply.appendJSONString(model.name)
        reply.append(",\"usage\":{\"prompt_tokens\":\(tokenCount),\"total_tokens\":\(tokenCount)}}")
    }

    /// Writes a refusal.
    ///
    /// - Parameter status: of HTTP; it decides the type.
    package static func appendError(_ message: String, status: Int, to reply: inout ByteBuffer) {
        reply.append("{\"error\":{\"message\":")
        reply.appendJSONString(message)
        let type: String
        switch status {
        case 401: type = "authentication_error"
        case 403: type = "permission_error"
        case 429: type = "rate_limit_error"
        case 500...: type = "server_error"
        default: type = "invalid_request_error"
        }
        reply.append(",\"type\":\"\(type)\",\"param\":null,\"code\":")
        reply.append(status == 404 ? "\"model_not_found\"}}" : "null}}")
    }

    /// - Source: RFC 4648 section 4.
    private static func appendBase64(_ bytes: Span<UInt8>, to reply: inout ByteBuffer) {
        var index = 0
        while index < bytes.count {
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (index + offset < bytes.count ? UInt32(bytes[index + offset]) : 0)
            }
            for digit in 0..<4 {
                let isPadding = digit > bytes.count - index
                reply.append(isPadding ? UInt8(ascii: "=") : base64Digit(group >> UInt32(18 - 6 * digit) & 63))
            }
            index += 3
        }
    }

    private static func base64Digit(_ value: UInt32) -> UInt8 {
        switch value {
        case 0..<26: UInt8(truncatingIfNeeded: value) + UInt8(ascii: "A")
        case 26..<52: UInt8(truncatingIfNeeded: value) - 26 + UInt8(ascii: "a")
        case 52..<62: UInt8(truncatingIfNeeded: value) - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
