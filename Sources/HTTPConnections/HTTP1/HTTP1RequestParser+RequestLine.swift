/// Method, target and version.
///
/// All functions read `bytes` from a position and return the position behind what they have read; where the bytes
/// end too early they throw `overrun`, which says whether more can come or a limit is reached.
extension HTTP1RequestParser {
    static func readRequestLine(
        _ bytes: Span<UInt8>, from start: Int, overrun: Interruption, into head: inout HTTPRequestHead
    ) throws(Interruption) -> Int {
        let targetStart = try readMethod(bytes, from: start, overrun: overrun, into: &head)
        let versionStart = try readTarget(bytes, from: targetStart, overrun: overrun, into: &head)
        return try readVersion(bytes, from: versionStart, overrun: overrun, into: &head)
    }

    /// Reads the method and the space behind it.
    private static func readMethod(
        _ bytes: Span<UInt8>, from start: Int, overrun: Interruption, into head: inout HTTPRequestHead
    ) throws(Interruption) -> Int {
        if start &+ 8 <= bytes.count {
            let word = ByteWord(bytes, at: start).bits
            if word & 0xff_ffff_ffff == ByteWord("P", "O", "S", "T", " ").bits {
                head.method = .post
                head.methodRange = start..<start &+ 4
                return start &+ 5
            }
            if word & 0xffff_ffff == ByteWord("G", "E", "T", " ").bits {
                head.method = .get
                head.methodRange = start..<start &+ 3
                return start &+ 4
            }
        }
        var position = start
        while position < bytes.count && ASCII.isTokenByte(bytes[position]) { position &+= 1 }
        if position == bytes.count { throw overrun }
        if position == start || bytes[position] != ASCII.space { throw .faulted(.malformedRequestLine) }
        head.methodRange = start..<position
        head.method = HTTPMethod(token: bytes.extracting(start..<position))
        if head.method == .connect { throw .faulted(.connectRefused) }
        return position &+ 1
    }

    /// Reads the target and the space behind it.
    ///
    /// Every visible character but `#` passes: which paths exist is the router's business.
    private static func readTarget(
        _ bytes: Span<UInt8>, from start: Int, overrun: Interruption, into head: inout HTTPRequestHead
    ) throws(Interruption) -> Int {
        var pathEnd = -1
        var position = start
        while true {
            position = skipTargetBytes(bytes, from: position)
            if position == bytes.count { throw overrun }
            let byte = bytes[position]
            if byte == UInt8(ascii: "?") {
                if pathEnd < 0 { pathEnd = position }
                position &+= 1
            } else if byte == ASCII.space && position > start {
                break
            } else if byte == UInt8(ascii: "#") {
                throw .faulted(.fragmentInTarget)
            } else {
                let endsLine = byte == ASCII.space || byte == ASCII.carriageReturn || byte == ASCII.lineFeed
                throw .faulted(endsLine ? .malformedRequestLine : .malformedTarget)
            }
        }
        if pathEnd < 0 {
            pathEnd = position
            head.queryRange = position..<position
        } else {
            head.queryRange = pathEnd &+ 1..<position
        }
        head.pathRange = start..<pathEnd
        if bytes[start] != UInt8(ascii: "/") { try reduceTarget(bytes, into: &head) }
        return position &+ 1
    }

    /// Finds the first byte that is not visible ASCII, or is `#` or `?`.
    private static func skipTargetBytes(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var position = start
        let lastWord = bytes.count &- 8
        while position <= lastWord {
            let word = ByteWord(bytes, at: position)
            let stops =
                word.below(0x21) | word.beyondASCII | word.equal(to: 0x7f) | word.equal(to: UInt8(ascii: "#"))
                | word.equal(to: UInt8(ascii: "?"))
            if stops != 0 { return position &+ ByteWord.firstIndex(stops) }
            position &+= 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x21 || byte > 0x7e || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "?") { break }
            position &+= 1
        }
        return position
    }

    /// Reduces an absolute URI to its path and checks the asterisk; the authority of the URI is checked and dropped.
    private static func reduceTarget(_ bytes: Span<UInt8>, into head: inout HTTPRequestHead) throws(Interruption) {
        let target = head.pathRange
        if target.count == 1 && bytes[target.lowerBound] == UInt8(ascii: "*") && head.method == .options
            && head.queryRange.lowerBound == target.upperBound
        {
            return
        }
        var position = target.lowerBound
        while position < target.upperBound && bytes[position] != ASCII.colon { position &+= 1 }
        let scheme = bytes.extracting(target.lowerBound..<position)
        guard scheme.count == 4 || scheme.count == 5, position &+ 3 <= target.upperBound,
            bytes[position &+ 1] == UInt8(ascii: "/"), bytes[position &+ 2] == UInt8(ascii: "/")
        else { throw .faulted(.malformedTarget) }
        let folded = ByteWord(short: scheme).folded
        if folded != ByteWord("h", "t", "t", "p").folded && folded != ByteWord("h", "t", "t", "p", "s").folded {
            throw .faulted(.malformedTarget)
        }
        let authorityStart = position &+ 3
        position = authorityStart
        while position < target.upperBound && ASCII.isHostByte(bytes[position]) { position &+= 1 }
        if position == authorityStart { throw .faulted(.malformedTarget) }
        if position == target.upperBound {
            // An empty path means "/"; the second slash in front of the authority stands for it.
            head.pathRange = authorityStart &- 1..<authorityStart
        } else if bytes[position] == UInt8(ascii: "/") {
            head.pathRange = position..<target.upperBound
        } else {
            throw .faulted(.malformedTarget)
        }
    }

    /// Reads the version and the line end.
    private static func readVersion(
        _ bytes: Span<UInt8>, from start: Int, overrun: Interruption, into head: inout HTTPRequestHead
    ) throws(Interruption) -> Int {
        let commonVersion = ByteWord("H", "T", "T", "P", "/", "1", ".", "1")
        if start &+ 10 <= bytes.count && ByteWord(bytes, at: start) == commonVersion {
            head.minorVersion = 1
        } else {
            head.minorVersion = try readUncommonVersion(bytes, from: start, overrun: overrun)
        }
        return try readLineEnd(bytes, from: start &+ 8, overrun: overrun, otherwise: .malformedRequestLine)
    }

    /// Reads a version byte by byte, so that what cannot become one is refused before more of it arrives.
    private static func readUncommonVersion(
        _ bytes: Span<UInt8>, from start: Int, overrun: Interruption
    ) throws(Interruption) -> UInt8 {
        let pattern = ByteWord("H", "T", "T", "P", "/", "0", ".", "0").bits
        for index in 0..<8 {
            if start &+ index == bytes.count { throw overrun }
            let byte = bytes[start &+ index]
            let expected = UInt8(truncatingIfNeeded: pattern &>> UInt64(index &* 8))
            if expected == UInt8(ascii: "0") ? !ASCII.isDigit(byte) : byte != expected {
                throw .faulted(.malformedRequestLine)
            }
        }
        let minor = bytes[start &+ 7] &- UInt8(ascii: "0")
        if bytes[start &+ 5] != UInt8(ascii: "1") || minor > 1 { throw .faulted(.unsupportedVersion) }
        return minor
    }

    /// Reads CR and LF; `otherwise` is the fault if something else begins there.
    @inline(__always)
    static func readLineEnd(
        _ bytes: Span<UInt8>, from position: Int, overrun: Interruption, otherwise: HTTPFault
    ) throws(Interruption) -> Int {
        if position == bytes.count { throw overrun }
        if bytes[position] == ASCII.carriageReturn {
            if position &+ 1 == bytes.count { throw overrun }
            if bytes[position &+ 1] == ASCII.lineFeed { return position &+ 2 }
            throw .faulted(.loneCarriageReturn)
        }
        throw .faulted(bytes[position] == ASCII.lineFeed ? .lineEndWithoutCarriageReturn : otherwise)
    }
}
