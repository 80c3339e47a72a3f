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
    /// Any other valid token; no resource has such a method.
    case other

    var token: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .patch: "PATCH"
        case .other: preconditionFailure("an unknown method is never named to a client")
        }
    }
}

/// A set of methods, for the `Allow` field of a 405 answer.
package struct HTTPMethodSet: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The set of one method.
    package init(_ method: HTTPMethod) { rawValue = 1 << method.rawValue }

    /// What a resource that can be read allows.
    package static let reading: HTTPMethodSet = [HTTPMethodSet(.get), HTTPMethodSet(.head)]
    /// What a resource that is called allows.
    package static let posting = HTTPMethodSet(.post)
}
