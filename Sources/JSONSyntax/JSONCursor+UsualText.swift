// Steps over what compact texts are made of, for readers that know what they expect next. Each does what `next` would,
// or nothing: white space, escape sequences, anything unexpected and the end of the text are left to `next`.
// A request of one row has some twenty tokens besides its numbers; by `next` they cost more than the numbers.
extension JSONCursor {
    /// Where the name of the next member of an object begins, behind its quotation mark; -1 if that is not the next
    /// thing, or fewer than `keyByteCount` bytes follow.
    ///
    /// - Postcondition: the cursor stands where it stood; `keyWasRead` moves it.
    @inlinable
    package func upcomingKey(in bytes: Span<UInt8>) -> Int {
        var position = offset
        guard position &+ JSONCursor.keyByteCount &+ 3 <= bytes.count else { return -1 }
        if expectsComma {
            guard isInObject && bytes[position] == UInt8(ascii: ",") else { return -1 }
            position &+= bytes[position &+ 1] == 0x20 ? 2 : 1
        } else if !expectsFirstKey {
            return -1
        }
        return bytes[position] == UInt8(ascii: "\"") ? position &+ 1 : -1
    }

    /// How many bytes follow the beginning of a name that `upcomingKey` reports.
    @inlinable
    package static var keyByteCount: Int { 16 }

    /// Says that other code has read a member's name and the colon, and has set `offset` behind it.
    @inlinable
    package mutating func keyWasRead() { expectation = .value }

    /// Whether a value comes next and its first byte, or a space and its first byte, is a given one.
    ///
    /// - Postcondition: where the answer is yes, `offset` is that byte's.
    @inlinable
    package mutating func isAt(_ byte: UInt8, in bytes: Span<UInt8>) -> Bool {
        guard expectation == .value && offset &+ 1 < bytes.count else { return false }
        let position = offset &+ (bytes[offset] == 0x20 ? 1 : 0)
        guard bytes[position] == byte else { return false }
        offset = position
        return true
    }

    /// Reads a string, if that is the next thing and it is printable ASCII without escape sequences.
    package mutating func takePlainString(in bytes: Span<UInt8>) -> JSONStringRange? {
        guard isAt(UInt8(ascii: "\""), in: bytes) else { return nil }
        let end = PlainText.end(in: bytes, from: offset &+ 1)
        guard end < bytes.count && bytes[end] == UInt8(ascii: "\"") else { return nil }
        let range = offset &+ 1..<end
        offset = end &+ 1
        valueWasRead()
        return JSONStringRange(range: range, hasEscapes: false)
    }

    /// Reads a non-negative integer of at most nine digits from `position` on.
    ///
    /// - Returns: -1 if there is none; else `position` is behind the last digit.
    @inlinable
    package static func smallInteger(_ bytes: Span<UInt8>, at position: inout Int) -> Int {
        let first = position
        var value = 0
        while position < bytes.count && position &- first < 10 {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ Int(digit)
            position &+= 1
        }
        let count = position &- first
        guard count > 0 && count < 10 && (count == 1 || bytes[first] != UInt8(ascii: "0")) else { return -1 }
        return value
    }
}
