/// The method of a request, as far as anything in Rowan distinguishes it.
///
/// - Source: RFC 9110 section 9; method names are case-sensitive.
package enum HTTPMethod: UInt8, CaseIterable, Sendable {
    case get
    case head
    case post
    case put
    case delete
    case options
    case patch
    /// Asks for a tunnel, which this server refuses to be.
    case connect
    /// Any other valid token; no resource has such a method.
    case other

    /// Recognises a method by its token.
    init(token: Span<UInt8>) {
        guard token.count <= 8 else {
            self = .other
            return
        }
        switch ByteWord(short: token) {
        case ByteWord("G", "E", "T", "\0"): self = .get
        case ByteWord("H", "E", "A", "D"): self = .head
        case ByteWord("P", "O", "S", "T"): self = .post
        case ByteWord("P", "U", "T", "\0"): self = .put
        case ByteWord("D", "E", "L", "E", "T", "E"): self = .delete
        case ByteWord("O", "P", "T", "I", "O", "N", "S"): self = .options
        case ByteWord("P", "A", "T", "C", "H"): self = .patch
        case ByteWord("C", "O", "N", "N", "E", "C", "T"): self = .connect
        default: self = .other
        }
    }

    var token: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .patch: "PATCH"
        case .connect, .other: preconditionFailure("no resource has such a method to name to a client")
        }
    }
}

/// A set of methods, for the `Allow` field of a 405 answer.
package struct HTTPMethodSet: OptionSet, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The set of one method.
    package init(_ method: HTTPMethod) { rawValue = 1 << UInt16(method.rawValue) }

    /// What a resource that can be read allows.
    package static let reading: HTTPMethodSet = [HTTPMethodSet(.get), HTTPMethodSet(.head)]
    /// What a resource that is called allows.
    package static let posting = HTTPMethodSet(.post)
}
