/// What to do with the first bytes of the span given.
package enum HTTP1BodyAction: Equatable, Sendable {
    /// Drop `consumedByteCount` bytes and call again when more have arrived.
    case needsMoreBytes(consumedByteCount: Int)
    /// Take the bytes of `range` as body, drop `consumedByteCount` bytes (which include them), call again at once.
    case bodyBytes(range: Range<Int>, consumedByteCount: Int)
    /// The body is complete; `consumedByteCount` bytes still belong to it, the next request follows.
    case completed(consumedByteCount: Int)
    /// Answer with the fault's status and message, then close.
    case faulted(HTTPFault)
}

/// Takes the framing off a request's body.
///
/// It can be stopped and resumed at every byte and keeps no bytes itself. Only an incomplete trailer field is left
/// unconsumed until its line end has arrived.
///
/// - Isolation: one per connection; about 100 bytes.
/// - Source: RFC 9112 sections 6 and 7.1.
package struct HTTP1BodyDecoder {
    private enum Phase {
        case fixedLength
        case chunkSize
        /// Blanks behind a size: only an extension may follow them.
        case blanksBehindSize
        case chunkExtension
        /// The line feed behind a size or extension.
        case sizeLineFeed
        case chunkData
        case dataCarriageReturn
        case dataLineFeed
        case trailer
        case ended
    }

    private let bodyByteCountLimit: Int
    private var phase = Phase.ended
    /// Bytes missing from the body, or from the chunk that is being received.
    private var missingByteCount = 0
    /// The chunk size as far as it was read.
    private var size: UInt64 = 0
    private var sizeDigitCount = 0
    private var chunkCount = 0
    private var extensionByteCount = 0
    private var trailerCount = 0
    private var trailerByteCount = 0
    private var bodyByteCount = 0

    /// - Parameter bodyByteCountLimit: body bytes of a chunked body that are accepted. A length known from the head is
    ///   checked by the parser.
    package init(bodyByteCountLimit: Int) {
        self.bodyByteCountLimit = bodyByteCountLimit
    }

    /// Starts a new body.
    package mutating func headCompleted(_ head: borrowing HTTPRequestHead) {
        self = HTTP1BodyDecoder(bodyByteCountLimit: bodyByteCountLimit)
        phase = head.isChunked ? .chunkSize : .fixedLength
        missingByteCount = Swift.max(head.contentLength, 0)
    }

    /// Looks at bytes of the body that were not yet consumed.
    ///
    /// - Complexity: linear in the bytes consumed; does not allocate.
    /// - Precondition: a head was given, and since then the body was neither completed nor faulted.
    package mutating func bytesReceived(_ bytes: Span<UInt8>) -> HTTP1BodyAction {
        precondition(phase != .ended, "a body ends once")
        if phase == .fixedLength { return fixedLengthBytesReceived(bytes) }
        do throws(HTTPFault) {
            return try chunkedBytesReceived(bytes)
        } catch {
            phase = .ended
            return .faulted(error)
        }
    }

    private mutating func fixedLengthBytesReceived(_ bytes: Span<UInt8>) -> HTTP1BodyAction {
        if missingByteCount == 0 {
            phase = .ended
            return .completed(consumedByteCount: 0)
        }
        return takeBodyBytes(bytes, from: 0)
    }

    private mutating func takeBodyBytes(_ bytes: Span<UInt8>, from position: Int) -> HTTP1BodyAction {
        let taken = Swift.min(missingByteCount, bytes.count &- position)
        if taken == 0 { return .needsMoreBytes(consumedByteCount: position) }
        missingByteCount &-= taken
        return .bodyBytes(range: position..<position &+ taken, consumedByteCount: position &+ taken)
    }

    private mutating func chunkedBytesReceived(_ bytes: Span<UInt8>) throws(HTTPFault) -> HTTP1BodyAction {
        var position = 0
        while position < bytes.count {
            if phase == .chunkData {
                if missingByteCount > 0 { return takeBodyBytes(bytes, from: position) }
                phase = .dataCarriageReturn
            }
            if phase == .trailer { return try trailerBytesReceived(bytes, from: position) }
            try framingByteReceived(bytes[position])
            position &+= 1
        }
        return .needsMoreBytes(consumedByteCount: position)
    }

    /// Takes one byte of the framing around the chunks' data.
    private mutating func framingByteReceived(_ byte: UInt8) throws(HTTPFault) {
        switch phase {
        case .chunkSize: try sizeByteReceived(byte)
        case .blanksBehindSize, .chunkExtension: try extensionByteReceived(byte)
        case .sizeLineFeed:
            if byte != ASCII.lineFeed { throw .loneCarriageReturn }
            try sizeLineEnded()
        case .dataCarriageReturn:
            if byte != ASCII.carriageReturn { throw .chunkWithoutLineEnd }
            phase = .dataLineFeed
        case .dataLineFeed:
            if byte != ASCII.lineFeed { throw .chunkWithoutLineEnd }
            phase = .chunkSize
            size = 0
            sizeDigitCount = 0
        case .fixedLength, .chunkData, .trailer, .ended:
            preconditionFailure("these phases take runs of bytes")
        }
    }

    private mutating func sizeByteReceived(_ byte: UInt8) throws(HTTPFault) {
        if let digit = ASCII.hexadecimalDigit(byte) {
            if sizeDigitCount == HTTPLimits.chunkSizeDigitCount { throw .chunkSizeTooLong }
            sizeDigitCount += 1
            size = size &<< 4 | UInt64(digit)
            return
        }
        if sizeDigitCount == 0 { throw .malformedChunkSize }
        if size > UInt64(bodyByteCountLimit &- bodyByteCount) { throw .bodyTooLong }
        switch byte {
        case ASCII.carriageReturn: phase = .sizeLineFeed
        case ASCII.lineFeed: throw .lineEndWithoutCarriageReturn
        case ASCII.space, ASCII.tab, UInt8(ascii: ";"):
            phase = .blanksBehindSize
            try extensionByteReceived(byte)
        default: throw .malformedChunkSize
        }
    }

    /// Passes over what a chunk size may be followed by; the meaning of extensions is unknown here.
    private mutating func extensionByteReceived(_ byte: UInt8) throws(HTTPFault) {
        if byte == ASCII.carriageReturn {
            if phase == .blanksBehindSize { throw .malformedChunkSize }
            phase = .sizeLineFeed
            return
        }
        extensionByteCount += 1
        if extensionByteCount > HTTPLimits.chunkExtensionByteCount { throw .chunkExtensionsTooLong }
        switch byte {
        case ASCII.lineFeed: throw .lineEndWithoutCarriageReturn
        case ASCII.tab, ASCII.space: break
        case UInt8(ascii: ";"): phase = .chunkExtension
        default:
            if phase == .blanksBehindSize { throw .malformedChunkSize }
            if byte < 0x20 || byte == 0x7f { throw .malformedChunkExtension }
        }
    }

    private mutating func sizeLineEnded() throws(HTTPFault) {
        if size == 0 {
            phase = .trailer
            return
        }
        chunkCount += 1
        if chunkCount > HTTPLimits.chunkCount { throw .tooManyChunks }
        // Not above the limit, as the size was compared with what is left of it.
        missingByteCount = Int(size)
        bodyByteCount += missingByteCount
        phase = .chunkData
    }

    /// Checks the trailer fields and drops them: RFC 9110 section 6.5.1 lets nobody rely on them.
    private mutating func trailerBytesReceived(
        _ bytes: Span<UInt8>, from start: Int
    ) throws(HTTPFault) -> HTTP1BodyAction {
        var position = start
        while true {
            // The empty line that ends the fields is not one of them.
            let end = position &+ HTTPLimits.trailerByteCount &- trailerByteCount &+ 2
            let line: TrailerLine
            do throws(HTTP1RequestParser.Interruption) {
                line = try Self.readTrailerLine(
                    bytes.extracting(..<Swift.min(end, bytes.count)), from: position,
                    overrun: bytes.count < end ? .needsMoreBytes : .faulted(.trailersTooLong))
            } catch {
                switch error {
                case .needsMoreBytes: return .needsMoreBytes(consumedByteCount: position)
                case .faulted(.trailersTooLong): throw .trailersTooLong
                case .faulted: throw .malformedTrailer
                }
            }
            switch line {
            case .field(let next):
                trailerByteCount += next &- position
                trailerCount += 1
                if trailerCount > HTTPLimits.trailerCount { throw .tooManyTrailers }
                position = next
            case .empty(let next):
                phase = .ended
                return .completed(consumedByteCount: next)
            }
        }
    }

    private enum TrailerLine {
        case field(next: Int)
        case empty(next: Int)
    }

    private static func readTrailerLine(
        _ bytes: Span<UInt8>, from start: Int, overrun: HTTP1RequestParser.Interruption
    ) throws(HTTP1RequestParser.Interruption) -> TrailerLine {
        if start == bytes.count { throw overrun }
        if bytes[start] == ASCII.carriageReturn {
            return .empty(
                next: try HTTP1RequestParser.readLineEnd(
                    bytes, from: start, overrun: overrun, otherwise: .malformedTrailer))
        }
        var field = HTTPRequestHead.Field()
        return .field(next: try HTTP1RequestParser.readField(bytes, from: start, overrun: overrun, into: &field))
    }
}
