/// What the fields mean that decide about framing, persistence and the body's form.
///
/// Control bytes were refused before, so that folding to lower case by one bit cannot make two different bytes equal.
extension HTTPRequestHead {
    /// Takes note of one field.
    ///
    /// - Returns: the fault if the field leaves the framing in doubt.
    mutating func fieldReceived(_ field: Field, in bytes: Span<UInt8>) -> HTTPFault? {
        let start = Int(field.nameStart)
        let nameLength = Int(field.nameEnd) &- start
        // The name is followed by a colon and a line end at least, but seldom by eight bytes: names of known fields are
        // compared by overlapping words that lie within them.
        switch nameLength {
        case 4:
            if ByteWord(short: bytes.extracting(field.name)).folded == ByteWord("h", "o", "s", "t").folded {
                return hostReceived(bytes.extracting(field.value))
            }
        case 6:
            let name = ByteWord(short: bytes.extracting(field.name)).folded
            if name == ByteWord("c", "o", "o", "k", "i", "e").folded {
                if cookieCount == 0 { cookieRange = field.value }
                cookieCount &+= 1
            } else if name == ByteWord("e", "x", "p", "e", "c", "t").folded {
                return expectationReceived(bytes.extracting(field.value))
            }
        case 10:
            if ByteWord(bytes, at: start).folded == ByteWord("c", "o", "n", "n", "e", "c", "t", "i")
                && bytes[start &+ 8] | 0x20 == UInt8(ascii: "o") && bytes[start &+ 9] | 0x20 == UInt8(ascii: "n")
            {
                connectionReceived(bytes.extracting(field.value))
            }
        case 11:
            if ByteWord(bytes, at: start).folded == ByteWord("t", "r", "a", "c", "e", "p", "a", "r").folded
                && ByteWord(bytes, at: start &+ 3).folded == ByteWord("c", "e", "p", "a", "r", "e", "n", "t").folded
            {
                traceParentField = field.value
                traceParentCount &+= 1
            }
        case 14:
            if ByteWord(bytes, at: start).folded == ByteWord("c", "o", "n", "t", "e", "n", "t", "-")
                && ByteWord(bytes, at: start &+ 6).folded == ByteWord("t", "-", "l", "e", "n", "g", "t", "h")
            {
                return contentLengthReceived(bytes.extracting(field.value))
            }
        case 15, 16, 17, 31:
            return longNamedFieldReceived(field, in: bytes)
        default: break
        }
        return nil
    }

    private mutating func longNamedFieldReceived(_ field: Field, in bytes: Span<UInt8>) -> HTTPFault? {
        let start = Int(field.nameStart)
        let end = Int(field.nameEnd)
        let first = ByteWord(bytes, at: start).folded
        let last = ByteWord(bytes, at: end &- 8).folded
        switch end &- start {
        case 15:
            if first == ByteWord("a", "c", "c", "e", "p", "t", "-", "e")
                && last == ByteWord("e", "n", "c", "o", "d", "i", "n", "g")
            {
                acceptedCodingsReceived(bytes.extracting(field.value))
            }
        case 16:
            if first == ByteWord("c", "o", "n", "t", "e", "n", "t", "-")
                && last == ByteWord("e", "n", "c", "o", "d", "i", "n", "g")
            {
                contentCodingReceived(bytes.extracting(field.value))
            }
        case 17:
            if first == ByteWord("t", "r", "a", "n", "s", "f", "e", "r")
                && last == ByteWord("e", "n", "c", "o", "d", "i", "n", "g")
                && bytes[start &+ 8] == UInt8(ascii: "-")
            {
                return transferEncodingReceived(bytes.extracting(field.value))
            }
        case 31:
            if first == ByteWord("i", "n", "f", "e", "r", "e", "n", "c")
                && ByteWord(bytes, at: start &+ 8).folded == ByteWord("e", "-", "h", "e", "a", "d", "e", "r")
                && ByteWord(bytes, at: start &+ 16).folded == ByteWord("-", "c", "o", "n", "t", "e", "n", "t")
                && last == ByteWord("t", "-", "l", "e", "n", "g", "t", "h")
            {
                inferenceHeaderLengthReceived(bytes.extracting(field.value))
            }
        default: break
        }
        return nil
    }

    private mutating func hostReceived(_ value: Span<UInt8>) -> HTTPFault? {
        if hasHost { return .repeatedHost }
        hasHost = true
        for index in value.indices where !ASCII.isHostByte(value[index]) { return .malformedHost }
        return nil
    }

    private mutating func expectationReceived(_ value: Span<UInt8>) -> HTTPFault? {
        // A client of HTTP/1.0 cannot wait for an interim answer: RFC 9110 section 10.1.1.
        if minorVersion == 0 { return nil }
        guard value.count == 12, ByteWord(value, at: 0).folded == ByteWord("1", "0", "0", "-", "c", "o", "n", "t"),
            ByteWord(value, at: 4).folded == ByteWord("c", "o", "n", "t", "i", "n", "u", "e")
        else { return .unsupportedExpectation }
        expectsContinue = true
        return nil
    }

    /// Looks for `close` and `keep-alive` in a list of tokens; other names have no meaning here.
    private mutating func connectionReceived(_ value: Span<UInt8>) {
        // One token is what nearly every client sends.
        if connectionOptionReceived(value) { return }
        var reader = ListReader()
        while let element = reader.next(in: value) { _ = connectionOptionReceived(value.extracting(element)) }
    }

    /// Returns whether the token has a meaning.
    private mutating func connectionOptionReceived(_ token: Span<UInt8>) -> Bool {
        if token.count == 5 && ByteWord(short: token).folded == ByteWord("c", "l", "o", "s", "e").folded {
            namesClose = true
            return true
        }
        if token.count == 10 && ByteWord(token, at: 0).folded == ByteWord("k", "e", "e", "p", "-", "a", "l", "i")
            && ByteWord(token, at: 2).folded == ByteWord("e", "p", "-", "a", "l", "i", "v", "e")
        {
            namesKeepAlive = true
            return true
        }
        return false
    }

    /// Repeated fields must agree; a list is refused even if its members agree.
    private mutating func contentLengthReceived(_ value: Span<UInt8>) -> HTTPFault? {
        guard let number = ASCII.decimal(value) else { return .malformedContentLength }
        if contentLength >= 0 && contentLength != number { return .differingContentLengths }
        contentLength = number
        return nil
    }

    private mutating func transferEncodingReceived(_ value: Span<UInt8>) -> HTTPFault? {
        if namesTransferEncoding { return .unsupportedTransferEncoding }
        namesTransferEncoding = true
        let chunked = ByteWord("c", "h", "u", "n", "k", "e", "d").folded
        if value.count != 7 || ByteWord(short: value).folded != chunked { return .unsupportedTransferEncoding }
        isChunked = true
        return nil
    }

    /// Takes the names as Triton does: exactly as written, one coding only.
    private mutating func contentCodingReceived(_ value: Span<UInt8>) {
        contentCoding = namesContentCoding ? .unsupported : ContentCoding(named: value) ?? .unsupported
        if value.isEmpty { contentCoding = .identity }
        namesContentCoding = true
    }

    private mutating func inferenceHeaderLengthReceived(_ value: Span<UInt8>) {
        let length: InferenceHeaderLength
        if let number = ASCII.decimal(value) { length = .byteCount(number) } else { length = .unreadable }
        inferenceHeaderLength =
            inferenceHeaderLength == .absent || inferenceHeaderLength == length ? length : .unreadable
    }

    /// Judges the fields together once all are known.
    ///
    /// - Returns: the fault if the framing is in doubt or the announced body too long.
    mutating func contradiction(bodyByteCountLimit: Int) -> HTTPFault? {
        keepsAlive = !namesClose && (minorVersion == 1 || namesKeepAlive)
        if minorVersion == 1 && !hasHost { return .missingHost }
        if isChunked && minorVersion == 0 { return .transferEncodingInHTTP10 }
        if isChunked && contentLength >= 0 { return .contentLengthWithTransferEncoding }
        if contentLength > bodyByteCountLimit { return .bodyTooLong }
        return nil
    }
}
