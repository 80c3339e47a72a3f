package import LinuxSystem

/// Cuts what a caller sends, in pieces of any size, into messages.
///
/// It keeps what it was fed until the message that it belongs to has been taken; the caller feeds no more while
/// messages wait, so that no more than one message and one piece are held.
///
/// - Isolation: one thread at a time.
/// - Complexity: each byte is copied once; allocates only while a message is longer than any before.
package struct GRPCMessageStream: ~Copyable {
    /// What has come next.
    package enum Event: Equatable {
        /// A message that stands in `bytes`; `messageTaken` forgets it.
        case message(Range<Int>, isCompressed: Bool)
        /// More bytes are needed.
        case incomplete
    }

    /// What was fed and not taken.
    package private(set) var bytes = ByteBuffer()
    private let limit: Int
    private var taken = 0

    /// Makes a stream whose messages have a limit of bytes.
    package init(messageByteCountLimit: Int) {
        limit = messageByteCountLimit
    }

    /// Whether bytes of a message wait for the rest of it.
    package var isInsideMessage: Bool { !bytes.isEmpty }

    /// Takes the next piece.
    package mutating func feed(_ piece: Span<UInt8>) {
        bytes.append(piece)
    }

    /// What stands first among the bytes.
    ///
    /// - Throws: where the message cannot be accepted; the stream is of no use afterwards.
    package mutating func next() throws(CallStatus) -> Event {
        precondition(taken == 0, "a message is forgotten before the next one is asked for")
        guard bytes.count >= GRPCMessagePrefix.byteCount else { return .incomplete }
        let prefix = try GRPCMessagePrefix(bytes.bytes, limit: limit)
        let end = GRPCMessagePrefix.byteCount + prefix.messageByteCount
        guard bytes.count >= end else {
            return .incomplete
        }
        taken = end
        return .message(GRPCMessagePrefix.byteCount..<end, isCompressed: prefix.isCompressed)
    }

    /// Forgets the message that `next` has shown.
    package mutating func messageTaken() {
        precondition(taken > 0, "a message was shown")
        bytes.removeFirst(taken)
        taken = 0
    }
}
