/// A text that callers must show, known to the server as it is.
///
/// - Isolation: any thread; immutable.
package struct ExpectedSecret: Sendable, Equatable {
    private let bytes: [UInt8]

    /// - Precondition: not empty.
    package init(_ bytes: [UInt8]) {
        precondition(!bytes.isEmpty, "nobody shows a secret of no length")
        self.bytes = bytes
    }

    /// Whether a text is the one, found out in a time that tells nothing but the length of what was given.
    package func equals(_ given: Span<UInt8>) -> Bool {
        var difference = given.count ^ bytes.count
        for index in given.indices { difference |= Int(given[index] ^ bytes[index % bytes.count]) }
        return difference == 0
    }
}
