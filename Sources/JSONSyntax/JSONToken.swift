/// One step of a JSON document, as `JSONCursor` reports it.
///
/// Strings and numbers are positions in the bytes that were read: nothing is copied.
package enum JSONToken: Equatable, Sendable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    /// A member's name; the colon behind it has been read.
    case key(JSONStringRange)
    case string(JSONStringRange)
    /// A number that satisfies JSON's grammar.
    case number(Range<Int>)
    case `true`
    case `false`
    case null
    /// The word `NaN`; only where the cursor was told to accept it.
    case notANumber
    /// The words `Infinity` and `-Infinity`; only where the cursor was told to accept them.
    case infinity(isNegative: Bool)
    /// The document is complete and only white space follows.
    case end
}
