package import JSONSyntax

/// A request parameter that is not the protocol's own: where its name and its value stand in the request.
package struct RequestParameter: Equatable, Sendable {
    /// What a parameter's value can be.
    package enum Kind: UInt8, Sendable {
        case string
        case number
        case boolean
    }

    package let key: JSONStringRange
    package let kind: Kind
    /// The value's bytes; of a string in JSON those between the quotation marks, of a number or a truth value in a
    /// message those of its InferParameter.
    package let value: Range<Int>
    /// Whether a string's bytes contain escape sequences.
    package let hasEscapes: Bool
}
