internal import CZlib
package import LinuxSystem

/// Why a compressed body cannot be used.
///
/// The scope is the request; the connection goes on.
package enum ContentFault: Error, CaseIterable, Sendable {
    case damaged
    case truncated
    case trailingBytes
    case inflatedTooLong

    /// One sentence for the client.
    package var message: StaticString {
        switch self {
        case .damaged: "the compressed request body is damaged"
        case .truncated: "the compressed request body is incomplete"
        case .trailingBytes: "the compressed request body is followed by other bytes"
        case .inflatedTooLong: "the inflated request body is too long"
        }
    }
}

/// Inflates request bodies.
///
/// - Ownership: one per thread; the library's state is made at first use and reused, so that inflating allocates only
///   where the output must grow.
@safe
package final class ContentDecoder {
    /// Lets the library tell gzip and zlib apart by the first bytes, with the largest window.
    private static let windowBits: Int32 = 15 + 32
    /// Output is made room for in steps of at least this many bytes.
    private static let stepByteCount = 16 << 10

    /// The library keeps the address, so the stream must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isReady = false

    package init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
    }

    deinit {
        // Ends exactly what `prepare` began; the stream is not used afterwards.
        if isReady { unsafe _ = inflateEnd(stream) }
        unsafe stream.deallocate()
    }

    /// Appends the inflated form of a whole gzip or zlib body; the wrapper is recognised by its first bytes.
    ///
    /// A body is one gzip member or one zlib stream with nothing behind it.
    ///
    /// - Parameter limit: inflated bytes that are accepted.
    /// - Throws: `ContentFault`; what was appended until then stays in `output`.
    package func inflate(
        _ compressed: Span<UInt8>, limit: Int, into output: inout ByteBuffer
    ) throws(ContentFault) {
        precondition(limit >= 0, "a limit is not negative")
        precondition(compressed.count <= UInt32.max, "bodies are limited far below 4 GiB")
        prepare()
        // The library reads the input only while the closure runs and never writes to it.
        let outcome = unsafe compressed.withUnsafeBufferPointer { input in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(input.count)
            return inflateAll(inputByteCount: input.count, limit: limit, into: &output)
        }
        unsafe stream.pointee.next_in = nil
        if let fault = outcome { throw fault }
    }

    private func prepare() {
        // The stream was initialised with zeros, as the library asks, and is reset after each use.
        let status = unsafe isReady ? inflateReset(stream) : rowan_inflate_init(stream, Self.windowBits)
        precondition(status == Z_OK, "zlib's state could not be allocated")
        isReady = true
    }

    private func inflateAll(inputByteCount: Int, limit: Int, into output: inout ByteBuffer) -> ContentFault? {
        var produced = 0
        while true {
            // One byte above the limit tells a body that is too long from one that just fits.
            let room = Swift.min(Swift.max(inputByteCount * 4, Self.stepByteCount), limit - produced + 1)
            var status = Z_OK
            let written = unsafe output.append(limit: room) { space in
                // The space is at least `room` bytes long and the library writes no more than it is told.
                unsafe stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = UInt32(room)
                status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
                return unsafe room - Int(stream.pointee.avail_out)
            }
            produced += written
            if produced > limit { return .inflatedTooLong }
            switch status {
            case Z_STREAM_END: return unsafe stream.pointee.avail_in == 0 ? nil : .trailingBytes
            case Z_OK: if written < room { return .truncated }
            case Z_BUF_ERROR: return .truncated
            default: return .damaged
            }
        }
    }
}
