/// One value of a row, or one that a statement is given.
package enum StateValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])

    /// The number, if it is a whole one.
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// The number, whole or not.
    package var real: Double? {
        switch self {
        case .real(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
    /// The text, if it is one.
    package var text: String? { if case .text(let value) = self { value } else { nil } }
    /// The bytes, if it is some.
    package var bytes: [UInt8]? { if case .bytes(let value) = self { value } else { nil } }
}
