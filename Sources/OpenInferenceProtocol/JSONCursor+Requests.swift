import JSONSyntax

/// Tokens of a request, whose faults are the client's.
extension JSONCursor {
    /// The next token.
    mutating func nextToken(in body: Span<UInt8>) throws(ProtocolError) -> JSONToken {
        do throws(JSONFault) {
            return try next(in: body)
        } catch {
            throw .syntax(error)
        }
    }
}
