/// What the bytes received so far amount to.
package enum HTTP1RequestAction: Equatable, Sendable {
    /// The head is not complete.
    case needsMoreBytes
    /// The head is complete and occupies that many bytes from the start of the span, the body follows.
    case headCompleted(byteCount: Int)
    /// Answer with the fault's status and message, then close.
    case faulted(HTTPFault)
}

/// Finds the head of the next request in the bytes received, and checks it.
///
/// A head that lies whole in the span is read in one pass: that is the path for nearly every request. For a head that
/// does not, reading from the start again at every arrival would cost the square of its length. So after a vain
/// attempt the parser only looks for the head's last line end in what is new, and reads again when it is there, when a
/// limit must have been passed, or when the bytes have doubled, so that a head that is wrong at its beginning is
/// refused before it ends.
///
/// - Isolation: one per connection; it remembers only how far it has looked.
/// - Source: RFC 9112 sections 2 to 5. Where the RFC permits leniency this parser has none, except for empty lines in
///   front of a request.
package struct HTTP1RequestParser {
    /// Why a pass over the head ended before the head did.
    enum Interruption: Error {
        case needsMoreBytes
        case faulted(HTTPFault)
    }

    /// No head can be longer; with more bytes than this a pass ends in a fault at the latest.
    private static let headByteCountLimit =
        HTTPLimits.leadingEmptyLineCount * 2 + HTTPLimits.requestLineByteCount + HTTPLimits.headerByteCount + 2

    private let bodyByteCountLimit: Int
    /// Bytes in which the end of the head was sought in vain.
    private var examinedByteCount = 0
    /// With this number of bytes the next pass is due whatever they are.
    private var nextPassByteCount = 0

    /// - Parameter bodyByteCountLimit: a longer `Content-Length` is a fault of the head.
    package init(bodyByteCountLimit: Int) {
        self.bodyByteCountLimit = bodyByteCountLimit
    }

    /// Looks at all bytes that have not been consumed, from the first byte of the request on.
    ///
    /// - Complexity: linear in the bytes over all calls, however they are cut; does not allocate.
    /// - Parameter head: overwritten; means something only when the action says that the head is complete.
    package mutating func bytesReceived(
        _ bytes: Span<UInt8>, into head: inout HTTPRequestHead
    ) -> HTTP1RequestAction {
        if examinedByteCount > 0 && !isPassDue(bytes) { return .needsMoreBytes }
        do throws(Interruption) {
            let byteCount = try Self.readHead(bytes, bodyByteCountLimit: bodyByteCountLimit, into: &head)
            examinedByteCount = 0
            return .headCompleted(byteCount: byteCount)
        } catch {
            switch error {
            case .needsMoreBytes:
                wait(after: bytes.count)
                return .needsMoreBytes
            case .faulted(let fault):
                examinedByteCount = 0
                return .faulted(fault)
            }
        }
    }

    private mutating func wait(after byteCount: Int) {
        examinedByteCount = byteCount
        nextPassByteCount = Swift.min(byteCount &* 2, Self.headByteCountLimit + 1)
        // A request line without an end is refused as soon as it is too long.
        let requestLineLimit = HTTPLimits.leadingEmptyLineCount * 2 + HTTPLimits.requestLineByteCount
        if byteCount < requestLineLimit {
            nextPassByteCount = Swift.min(nextPassByteCount, requestLineLimit)
        }
    }

    /// Whether the bytes that are new since the last pass can have completed the head, or must be looked at anyway.
    private mutating func isPassDue(_ bytes: Span<UInt8>) -> Bool {
        precondition(bytes.count >= examinedByteCount, "bytes that were looked at may not vanish before the head ends")
        if bytes.count >= nextPassByteCount { return true }
        var position = examinedByteCount
        while position < bytes.count {
            if bytes[position] == ASCII.lineFeed {
                let followsCarriageReturn = position >= 1 && bytes[position &- 1] == ASCII.carriageReturn
                let lineIsEmpty = position >= 2 && bytes[position &- 2] == ASCII.lineFeed
                if !followsCarriageReturn || lineIsEmpty { return true }
            }
            position &+= 1
        }
        examinedByteCount = bytes.count
        return false
    }

    private static func readHead(
        _ bytes: Span<UInt8>, bodyByteCountLimit: Int, into head: inout HTTPRequestHead
    ) throws(Interruption) -> Int {
        head.reset()
        let start = try skipEmptyLines(bytes)

        let lineEnd = start &+ HTTPLimits.requestLineByteCount
        let fieldsStart = try readRequestLine(
            bytes.extracting(..<Swift.min(lineEnd, bytes.count)), from: start,
            overrun: bytes.count < lineEnd ? .needsMoreBytes : .faulted(.requestLineTooLong), into: &head)

        // The empty line that ends the fields is not one of them.
        let fieldsEnd = fieldsStart &+ HTTPLimits.headerByteCount &+ 2
        let byteCount = try readFields(
            bytes.extracting(..<Swift.min(fieldsEnd, bytes.count)), from: fieldsStart,
            overrun: bytes.count < fieldsEnd ? .needsMoreBytes : .faulted(.headerTooLong), into: &head)

        if let fault = head.contradiction(bodyByteCountLimit: bodyByteCountLimit) { throw .faulted(fault) }
        return byteCount
    }

    /// Passes over the line ends that some clients send behind a body.
    private static func skipEmptyLines(_ bytes: Span<UInt8>) throws(Interruption) -> Int {
        var position = 0
        while position < bytes.count && bytes[position] == ASCII.carriageReturn {
            if position == HTTPLimits.leadingEmptyLineCount * 2 { throw .faulted(.tooManyEmptyLines) }
            if position &+ 1 == bytes.count { throw .needsMoreBytes }
            if bytes[position &+ 1] != ASCII.lineFeed { throw .faulted(.loneCarriageReturn) }
            position &+= 2
        }
        return position
    }
}
