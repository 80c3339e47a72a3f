import COpenSSL
import LinuxSystem

/// The state machine of one connection's TLS: bytes of the network in, plain bytes out, and the other way round.
///
/// It touches no socket: what has arrived is lent to it, what is to be sent is appended to a buffer.
///
/// - Isolation: one thread at a time.
@safe
struct TLSSession: ~Copyable {
    /// What a call led to.
    enum Outcome: Equatable {
        /// All that was asked for; of a read: the room is full, and there may be more.
        case done
        /// Goes on with more of what the peer sends; everything lent was used.
        case wantsInput
        /// Goes on with more room for output.
        case wantsRoom
        /// The peer has said that it sends nothing more.
        case ended
        case failed(TLSFault)
    }

    /// Room for what a call may have to say by itself: alerts, tickets, a flight of a handshake with a usual chain.
    private static let outputByteCount = 8 << 10
    /// Bytes of plain text in a record, and more than a record adds to them.
    private static let recordByteCount = 16 << 10
    private static let recordOverheadByteCount = 320

    private let session: OpaquePointer

    @unsafe
    init(owning session: OpaquePointer) { unsafe self.session = session }

    deinit { unsafe rowan_tls_session_free(session) }

    /// Goes on with the handshake; what arrived and was not used stays in `input`.
    borrowing func handshake(_ input: inout ByteBuffer, output: inout ByteBuffer) -> Outcome {
        let session = unsafe session
        return unsafe call(&input, &output, room: Self.outputByteCount) { wire in
            // The session is ours, and the wire is read and written during the call.
            unsafe rowan_tls_handshake(session, &wire)
        }
    }

    /// Opens records of `input` and appends up to `limit` plain bytes; what was not used stays in `input`.
    borrowing func read(
        _ input: inout ByteBuffer, into plain: inout ByteBuffer, limit: Int, output: inout ByteBuffer
    ) -> Outcome {
        let session = unsafe session
        var outcome = Outcome.wantsInput
        // The space has room for `limit` bytes and is written during the call.
        _ = unsafe plain.append(limit: limit) { space in
            var count = 0
            outcome = unsafe call(&input, &output, room: Self.outputByteCount) { wire in
                unsafe rowan_tls_read(session, &wire, space.baseAddress, limit, &count)
            }
            return count
        }
        return outcome
    }

    /// Seals bytes and appends the records to `output`.
    ///
    /// - Returns: `done`, or why nothing can be sealed any more.
    borrowing func write(_ plain: Span<UInt8>, output: inout ByteBuffer) -> Outcome {
        if plain.isEmpty { return .done }
        let session = unsafe session
        var nothing = ByteBuffer()
        let recordCount = plain.count / Self.recordByteCount + 1
        let room = plain.count + recordCount * Self.recordOverheadByteCount + Self.outputByteCount
        // The bytes are read during the call.
        return unsafe plain.withUnsafeBufferPointer { bytes in
            unsafe call(&nothing, &output, room: room) { wire in
                var count = 0
                return unsafe rowan_tls_write(session, &wire, bytes.baseAddress, bytes.count, &count)
            }
        }
    }

    /// Appends the word that nothing more will be sent.
    borrowing func finish(output: inout ByteBuffer) {
        let session = unsafe session
        var nothing = ByteBuffer()
        _ = unsafe call(&nothing, &output, room: Self.outputByteCount) { wire in
            unsafe rowan_tls_finish(session, &wire)
            return Int32(ROWAN_TLS_DONE)
        }
    }

    /// Whether a read may give something without more input.
    var hasPending: Bool { unsafe rowan_tls_has_pending(session) == 1 }

    /// Makes a call of the library with the bytes of the network.
    private borrowing func call(
        _ input: inout ByteBuffer, _ output: inout ByteBuffer, room: Int, _ body: (inout rowan_tls_wire) -> Int32
    ) -> Outcome {
        var result: Int32 = 0
        var unusedByteCount = 0
        // Input and output are borrowed for the closures in which the library uses them; it forgets the wire after.
        _ = unsafe output.append(limit: room) { space in
            unsafe input.bytes.withUnsafeBufferPointer { bytes in
                var wire = unsafe rowan_tls_wire(
                    input: bytes.baseAddress, input_count: bytes.count,
                    output: space.baseAddress?.assumingMemoryBound(to: UInt8.self), output_capacity: room,
                    output_count: 0)
                result = unsafe body(&wire)
                unusedByteCount = unsafe wire.input_count
                return unsafe Int(wire.output_count)
            }
        }
        input.removeFirst(input.count - unusedByteCount)
        return outcome(result)
    }

    private borrowing func outcome(_ result: Int32) -> Outcome {
        switch Int(result) {
        case Int(ROWAN_TLS_DONE): .done
        case Int(ROWAN_TLS_WANTS_INPUT): .wantsInput
        case Int(ROWAN_TLS_WANTS_ROOM): .wantsRoom
        case Int(ROWAN_TLS_ENDED): .ended
        default: .failed(fault())
        }
    }

    private borrowing func fault() -> TLSFault {
        var kind: Int32 = 0
        // The text ends with a zero byte within the capacity.
        let reason = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            kind = unsafe rowan_tls_fault(session, text.baseAddress, text.count)
            return unsafe text.baseAddress.map { unsafe String(cString: $0) } ?? ""
        }
        switch Int(kind) {
        case Int(ROWAN_TLS_FAULT_CERTIFICATE): return .certificate(reason)
        case Int(ROWAN_TLS_FAULT_ALERT): return .refused(reason)
        default: return .notAgreed(reason)
        }
    }

    /// What the handshake has led to.
    var facts: TLSFacts {
        var count = 0
        // The library's text is copied before the session changes.
        let bytes = unsafe UnsafeBufferPointer(start: rowan_tls_protocol(session, &count), count: count)
        let name = unsafe String(decoding: bytes, as: UTF8.self)
        return unsafe TLSFacts(
            isVersion13: rowan_tls_version(session) >= 0x0304, isResumed: rowan_tls_is_resumed(session) == 1,
            applicationProtocol: name.isEmpty ? nil : name, clientSubject: subject)
    }

    private var subject: String? {
        // The text is as long as the call says, and copied.
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: EventLoopsLimits.subjectByteCount) { text in
            let count = unsafe rowan_tls_subject(session, text.baseAddress, text.count)
            guard count > 0 else { return nil }
            return unsafe String(decoding: UnsafeRawBufferPointer(text).prefix(count), as: UTF8.self)
        }
    }
}
