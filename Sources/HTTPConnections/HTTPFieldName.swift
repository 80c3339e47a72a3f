/// The name of a header field, folded to lower case once so that a lookup compares bytes only.
package struct HTTPFieldName: Sendable {
    let lowercased: [UInt8]

    /// Folds a name; made at start, not per request.
    package init(_ name: String) {
        lowercased = name.utf8.map { ASCII.lowercased($0) }
    }
}
