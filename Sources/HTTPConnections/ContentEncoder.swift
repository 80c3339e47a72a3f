internal import CZlib
package import LinuxSystem

/// Compresses answers.
///
/// - Ownership: one per thread; the library's state (about 270 KB for each coding) is made at first use and reused.
@safe
package final class ContentEncoder {
    /// Shorter bodies go out as they are: compressing them costs more time than the bytes it saves.
    package static let bodyByteCountFloor = 1_024
    /// The fastest level: the server's time is dearer than the last tenth of the size.
    private static let level: Int32 = 1
    /// The largest window; 16 more asks for the gzip wrapper.
    private static let zlibWindowBits: Int32 = 15
    private static let gzipWindowBits: Int32 = 15 + 16

    /// One stream for each wrapper; the library keeps their addresses, so they must not move.
    private let streams: UnsafeMutablePointer<z_stream>
    private var isReady: (gzip: Bool, zlib: Bool) = (false, false)

    package init() {
        unsafe streams = .allocate(capacity: 2)
        unsafe streams.initialize(repeating: z_stream(), count: 2)
    }

    deinit {
        // Ends exactly what `prepare` began; the streams are not used afterwards.
        if isReady.gzip { unsafe _ = deflateEnd(streams) }
        if isReady.zlib { unsafe _ = deflateEnd(streams + 1) }
        unsafe streams.deallocate()
    }

    /// Appends the compressed form of a whole body.
    ///
    /// - Parameter coding: gzip or deflate.
    /// - Returns: false if that did not make the body smaller; then nothing was appended.
    package func deflate(_ body: Span<UInt8>, as coding: ContentCoding, into output: inout ByteBuffer) -> Bool {
        precondition(coding == .gzip || coding == .deflate, "only these codings are written")
        precondition(body.count <= UInt32.max, "answers are far below 4 GiB")
        if body.count < 2 { return false }
        let stream = unsafe prepare(coding)
        // Space for all but one byte: if that does not suffice there is nothing to gain.
        let room = body.count - 1
        var status = Z_OK
        // The library reads the input only while the closure runs and never writes to it; the space is at least `room`
        // bytes long and the library writes no more than it is told.
        let written = unsafe body.withUnsafeBufferPointer { input in
            unsafe output.append(limit: room) { space in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = UInt32(room)
                status = unsafe CZlib.deflate(stream, Z_FINISH)
                return unsafe room - Int(stream.pointee.avail_out)
            }
        }
        unsafe stream.pointee.next_in = nil
        if status == Z_STREAM_END { return true }
        output.removeLast(written)
        return false
    }

    private func prepare(_ coding: ContentCoding) -> UnsafeMutablePointer<z_stream> {
        let isGzip = coding == .gzip
        let stream = unsafe isGzip ? streams : streams + 1
        // The stream was initialised with zeros, as the library asks, and is reset before each further use.
        let status =
            unsafe (isGzip ? isReady.gzip : isReady.zlib)
            ? deflateReset(stream)
            : rowan_deflate_init(stream, Self.level, isGzip ? Self.gzipWindowBits : Self.zlibWindowBits)
        precondition(status == Z_OK, "zlib's state could not be allocated")
        if isGzip { isReady.gzip = true } else { isReady.zlib = true }
        return unsafe stream
    }
}
