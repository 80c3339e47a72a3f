/// The two languages that statements differ in.
package enum StateDialect: Equatable, Sendable {
    case sqlite
    case postgres

    /// The type of a column that holds bytes.
    package var bytesType: String { self == .sqlite ? "BLOB" : "BYTEA" }
}
