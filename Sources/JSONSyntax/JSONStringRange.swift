/// Where a string's text stands between its quotation marks.
package struct JSONStringRange: Equatable, Sendable {
    /// The bytes between the quotation marks.
    package let range: Range<Int>
    /// Whether the text contains a backslash, so that the bytes are not yet the text.
    package let hasEscapes: Bool

    /// Names a string's place.
    package init(range: Range<Int>, hasEscapes: Bool) {
        self.range = range
        self.hasEscapes = hasEscapes
    }
}
