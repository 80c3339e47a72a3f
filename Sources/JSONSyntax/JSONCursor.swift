/// Reads a JSON text token by token and checks all of its grammar on the way.
///
/// The cursor holds a position, not the text, so it can be stored, copied and moved on by faster code: who reads an
/// array of numbers elsewhere sets `offset` behind it and calls `valueWasRead()`. Commas, colons, nesting, literals,
/// escape sequences and UTF-8 are all checked before a token is reported. Nothing recurses: open containers are bits.
///
/// - Complexity: constant memory, no allocation, one pass over the bytes.
/// - Source: RFC 8259. Beyond it, and only when asked for: the words NaN, Infinity and -Infinity.
package struct JSONCursor: Sendable {
    /// What the grammar permits next.
    @usableFromInline
    enum Expectation: UInt8 {
        case value
        case valueOrEndOfArray
        case keyOrEndOfObject
        case commaOrEnd
        case nothing
    }

    /// Position of the next byte to read.
    package var offset: Int
    /// Number of arrays and objects that are open.
    package private(set) var depth = 0
    @usableFromInline
    var expectation = Expectation.value
    private let acceptsNonFinite: Bool
    private let depthLimit: Int
    /// The kinds of the open containers, innermost in the lowest bit; 1 is an object.
    @usableFromInline
    var openContainers: UInt128 = 0

    /// Makes a cursor in front of a value.
    ///
    /// - Parameter depthLimit: how many containers may be open at once, at most `JSONLimits.greatestDepthLimit`.
    /// - Parameter acceptsNonFinite: whether NaN, Infinity and -Infinity are values.
    package init(at offset: Int = 0, depthLimit: Int, acceptsNonFinite: Bool = false) {
        precondition(offset >= 0, "a cursor starts inside its text")
        precondition(depthLimit >= 0 && depthLimit <= JSONLimits.greatestDepthLimit, "depth limit out of range")
        self.offset = offset
        self.depthLimit = depthLimit
        self.acceptsNonFinite = acceptsNonFinite
    }

    /// Reads the next token.
    ///
    /// - Returns: the token, `.end` once the document's value is complete and nothing but white space follows.
    /// - Throws: `JSONFault` at the first byte that breaks the grammar; the cursor must not be used afterwards.
    package mutating func next(in bytes: Span<UInt8>) throws(JSONFault) -> JSONToken {
        var byte = try skipWhiteSpace(in: bytes)
        switch expectation {
        case .commaOrEnd:
            guard byte == UInt8(ascii: ",") else { return try endOfContainer(byte) }
            offset &+= 1
            byte = try skipWhiteSpace(in: bytes)
            if isInObject { return try key(startingWith: byte, in: bytes) }
        case .keyOrEndOfObject:
            if byte == UInt8(ascii: "}") { return try endOfContainer(byte) }
            return try key(startingWith: byte, in: bytes)
        case .valueOrEndOfArray:
            if byte == UInt8(ascii: "]") { return try endOfContainer(byte) }
        case .nothing:
            if offset < bytes.count { throw JSONFault(at: offset, .textAfterEnd) }
            return .end
        case .value: break
        }
        return try value(startingWith: byte, in: bytes)
    }

    /// Reads over one whole value, the next thing in the text.
    ///
    /// - Returns: the bytes of the value, from its first to its last.
    /// - Precondition: a value comes next: the cursor is at the start, behind a key, or inside an array that goes on.
    @discardableResult
    package mutating func skipValue(in bytes: Span<UInt8>) throws(JSONFault) -> Range<Int> {
        let outerDepth = depth
        let first = try next(in: bytes)
        switch first {
        case .beginObject, .beginArray:
            let start = offset &- 1
            while depth > outerDepth { _ = try next(in: bytes) }
            return start..<offset
        case .string(let string): return (string.range.lowerBound &- 1)..<offset
        case .number(let range): return range
        case .true, .null: return (offset &- 4)..<offset
        case .false: return (offset &- 5)..<offset
        case .notANumber: return (offset &- 3)..<offset
        case .infinity(let isNegative): return (offset &- (isNegative ? 9 : 8))..<offset
        case .endArray, .endObject, .key, .end: preconditionFailure("a value was expected to be next")
        }
    }

    /// Says that other code has read a whole value and has set `offset` behind it.
    @inlinable
    package mutating func valueWasRead() {
        expectation = depth == 0 ? .nothing : .commaOrEnd
    }

    /// Whether the innermost open container is an array.
    var isInArray: Bool { depth > 0 && !isInObject }

    /// Whether an array was opened and nothing of it has been read.
    var isAtStartOfArray: Bool { expectation == .valueOrEndOfArray }

    @usableFromInline
    var expectsComma: Bool { expectation == .commaOrEnd }

    @usableFromInline
    var expectsFirstKey: Bool { expectation == .keyOrEndOfObject }

    @inlinable
    var isInObject: Bool { UInt64(truncatingIfNeeded: openContainers) & 1 == 1 }

    /// Moves to the next byte that is no white space and returns it, 0 at the end of a complete document.
    ///
    /// Most tokens follow each other directly; only the rest is worth a call.
    @inline(__always)
    private mutating func skipWhiteSpace(in bytes: Span<UInt8>) throws(JSONFault) -> UInt8 {
        if offset < bytes.count {
            let byte = bytes[offset]
            if byte > 0x20 { return byte }
        }
        return try skipSomeWhiteSpace(in: bytes)
    }

    @inline(never)
    private mutating func skipSomeWhiteSpace(in bytes: Span<UInt8>) throws(JSONFault) -> UInt8 {
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte <= 0x20 else { return byte }
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else {
                throw JSONFault(at: offset, expectation == .nothing ? .textAfterEnd : .unexpectedByte(byte))
            }
            offset &+= 1
        }
        guard expectation == .nothing else { throw JSONFault(at: offset, .endedEarly) }
        return 0
    }

    @inline(__always)
    private mutating func key(startingWith byte: UInt8, in bytes: Span<UInt8>) throws(JSONFault) -> JSONToken {
        guard byte == UInt8(ascii: "\"") else { throw JSONFault(at: offset, .unexpectedByte(byte)) }
        let name = try JSONString.scan(bytes, from: offset)
        offset = name.range.upperBound &+ 1
        expectation = .value
        let colon = try skipWhiteSpace(in: bytes)
        guard colon == UInt8(ascii: ":") else { throw JSONFault(at: offset, .unexpectedByte(colon)) }
        offset &+= 1
        return .key(name)
    }

    private mutating func value(startingWith byte: UInt8, in bytes: Span<UInt8>) throws(JSONFault) -> JSONToken {
        switch byte {
        case UInt8(ascii: "\""):
            let text = try JSONString.scan(bytes, from: offset)
            offset = text.range.upperBound &+ 1
            valueWasRead()
            return .string(text)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(in: bytes)
        case UInt8(ascii: "-"):
            if acceptsNonFinite && offset &+ 1 < bytes.count && bytes[offset &+ 1] == UInt8(ascii: "I") {
                offset &+= 1
                return try word(.infinity, .infinity(isNegative: true), in: bytes)
            }
            return try number(in: bytes)
        case UInt8(ascii: "["):
            try open(isObject: false)
            return .beginArray
        case UInt8(ascii: "{"):
            try open(isObject: true)
            return .beginObject
        case UInt8(ascii: "t"): return try word(.true, .true, in: bytes)
        case UInt8(ascii: "f"): return try word(.false, .false, in: bytes)
        case UInt8(ascii: "n"): return try word(.null, .null, in: bytes)
        case UInt8(ascii: "N") where acceptsNonFinite: return try word(.notANumber, .notANumber, in: bytes)
        case UInt8(ascii: "I") where acceptsNonFinite:
            return try word(.infinity, .infinity(isNegative: false), in: bytes)
        default: throw JSONFault(at: offset, .unexpectedByte(byte))
        }
    }

    private mutating func number(in bytes: Span<UInt8>) throws(JSONFault) -> JSONToken {
        let end = try JSONNumber.scan(bytes, from: offset)
        let range = offset..<end
        offset = end
        valueWasRead()
        return .number(range)
    }

    private mutating func word(
        _ word: JSONWord, _ token: JSONToken, in bytes: Span<UInt8>
    ) throws(JSONFault) -> JSONToken {
        guard word.stands(at: offset, in: bytes) else { throw JSONFault(at: offset, .badLiteral) }
        offset &+= word.byteCount
        valueWasRead()
        return token
    }

    private mutating func open(isObject: Bool) throws(JSONFault) {
        guard depth < depthLimit else { throw JSONFault(at: offset, .tooDeep(limit: depthLimit)) }
        offset &+= 1
        depth &+= 1
        openContainers = openContainers &<< 1 | (isObject ? 1 : 0)
        expectation = isObject ? .keyOrEndOfObject : .valueOrEndOfArray
    }

    @inline(__always)
    private mutating func endOfContainer(_ byte: UInt8) throws(JSONFault) -> JSONToken {
        guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            throw JSONFault(at: offset, .unexpectedByte(byte))
        }
        let token = isInObject ? JSONToken.endObject : .endArray
        offset &+= 1
        depth &-= 1
        openContainers = openContainers &>> 1
        valueWasRead()
        return token
    }
}
