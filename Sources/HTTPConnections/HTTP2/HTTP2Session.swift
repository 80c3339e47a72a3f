import CNghttp2
import LinuxSystem

/// One connection's state in the library that frames HTTP/2: bytes in, events to the connection; calls in, frames out.
///
/// Here and in `HTTP2Session+Callbacks.swift` stands all that knows the library's types. It checks what RFC 9113 asks
/// of frames, streams, windows, compressed fields and messages, answers faults of a stream with RST_STREAM and faults
/// of the connection with GOAWAY, and acknowledges SETTINGS and PING.
///
/// - Ownership: owned by its connection, to which it keeps an unretained pointer.
/// - Isolation: the loop's thread.
@safe
final class HTTP2Session {
    /// What came of asking for output.
    enum Output {
        /// Bytes were written; there may be more.
        case written
        /// There is nothing to write now, or the share of the turn is used up.
        case nothing
        /// The library gives up.
        case failed
    }

    /// Error codes that this server sends.
    ///
    /// - Source: RFC 9113 section 7.
    enum ErrorCode: UInt32 {
        case noError = 0x0
        case protocolError = 0x1
        case frameSizeError = 0x6
        case refusedStream = 0x7
        case cancel = 0x8
        case enhanceYourCalm = 0xb
    }

    private let session: OpaquePointer
    /// Owns the memory that the session lives in.
    private let library: HTTP2Library

    init(_ library: HTTP2Library, for connection: HTTP2Connection) {
        var made: OpaquePointer?
        var allocator = unsafe library.allocator
        // The connection outlives its session, which it owns.
        let status = unsafe nghttp2_session_server_new3(
            &made, library.callbacks, Unmanaged.passUnretained(connection).toOpaque(), library.options, &allocator)
        guard status == 0, let made = unsafe made else {
            preconditionFailure("the library's state could not be allocated")
        }
        unsafe session = made
        self.library = library
    }

    deinit {
        // Made in `init`, and nobody else has it.
        unsafe nghttp2_session_del(session)
    }

    /// Hands bytes of the peer to the library, which calls the connection with what they mean.
    ///
    /// - Returns: false if the library gives up on the connection.
    func receive(_ bytes: Span<UInt8>) -> Bool {
        // The library reads the bytes only while the closure runs.
        let count = unsafe bytes.withUnsafeBufferPointer {
            unsafe nghttp2_session_mem_recv(session, $0.baseAddress, $0.count)
        }
        return count == bytes.count
    }

    /// Appends a frame that waits to be sent; frames of answers' bodies are appended by the connection meanwhile.
    func write(to shared: HTTPLoop) -> Output {
        var start: UnsafePointer<UInt8>?
        let count = unsafe nghttp2_session_mem_send(session, &start)
        if count < 0 { return .failed }
        guard count > 0, let first = unsafe start else { return .nothing }
        // The library has that many bytes there until it is called again.
        shared.output.append(unsafe Span(_unsafeStart: first, count: count))
        return .written
    }

    /// Whether the library expects anything of the peer, or has anything to tell it.
    var isOver: Bool {
        // The session is the one made in `init`, here and in the functions below.
        unsafe nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    }

    // MARK: The connection

    /// Says what this server permits; the first frame of a connection.
    func begin(_ limits: HTTP2Limits) {
        // The library copies the entries.
        var entries = InlineArray<4, nghttp2_settings_entry>(repeating: nghttp2_settings_entry())
        entries[0] = Self.entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.concurrentStreams)
        entries[1] = Self.entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.streamWindowByteCount)
        entries[2] = Self.entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTPLimits.headerByteCount)
        // The tree of priorities is work that clients can make and that no answer here would gain by.
        entries[3] = Self.entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1)
        let status = unsafe entries.span.withUnsafeBufferPointer {
            unsafe nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), $0.baseAddress, $0.count)
        }
        expectMemory(status)
        expectMemory(
            unsafe nghttp2_session_set_local_window_size(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, Int32(limits.connectionWindowByteCount)))
    }

    private static func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
        nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(value))
    }

    /// Says that no further streams will be taken soon.
    func noticeEnd() { expectMemory(unsafe nghttp2_submit_shutdown_notice(session)) }

    /// Says which stream is the last that is taken.
    func refuseStreams() {
        let last = unsafe nghttp2_session_get_last_proc_stream_id(session)
        expectMemory(
            unsafe nghttp2_submit_goaway(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), last, ErrorCode.noError.rawValue, nil, 0))
    }

    /// Ends the connection: GOAWAY is the last frame.
    func terminate(_ code: ErrorCode) { expectMemory(unsafe nghttp2_session_terminate_session(session, code.rawValue)) }

    // MARK: Streams

    /// Lets the library give the stream along with what it tells about it.
    func attach(_ stream: HTTP2Stream) {
        // The connection holds the stream until the library has closed it.
        expectMemory(
            unsafe nghttp2_session_set_stream_user_data(
                session, stream.id, Unmanaged.passUnretained(stream).toOpaque()))
    }

    /// Gives leave to send as many bytes more on all streams together.
    func giveWindow(byteCount: Int) {
        expectMemory(unsafe nghttp2_session_consume_connection(session, byteCount))
    }

    /// Gives leave to send as many bytes more of a stream's body.
    func giveWindow(of stream: HTTP2Stream, byteCount: Int) {
        expectMemory(unsafe nghttp2_session_consume_stream(session, stream.id, byteCount))
    }

    func reset(_ stream: HTTP2Stream, _ code: ErrorCode) {
        expectMemory(
            unsafe nghttp2_submit_rst_stream(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, code.rawValue))
    }

    /// Hands over the head of an answer.
    ///
    /// - Parameter hasBody: the connection is asked for the body, frame by frame.
    func answer(_ stream: HTTP2Stream, _ block: HTTP2FieldBlock, hasBody: Bool) {
        // The connection holds the stream until the library has closed it, and asks for no body before.
        var provider = unsafe nghttp2_data_provider()
        unsafe provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
        unsafe provider.read_callback = HTTP2Session.readBody
        let status = unsafe block.withFields { fields, count in
            unsafe hasBody
                ? nghttp2_submit_response(session, stream.id, fields, count, &provider)
                : nghttp2_submit_response(session, stream.id, fields, count, nil)
        }
        expectMemory(status)
    }

    /// Hands over fields that come before the head of the answer.
    func inform(_ stream: HTTP2Stream, _ block: HTTP2FieldBlock) {
        let status = unsafe block.withFields { fields, count in
            unsafe nghttp2_submit_headers(
                session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, nil, fields, count, nil)
        }
        expectMemory(min(status, 0))
    }

    /// Hands over the fields behind an answer's body.
    func trail(_ stream: HTTP2Stream, _ block: HTTP2FieldBlock) {
        let status = unsafe block.withFields { fields, count in
            unsafe nghttp2_submit_trailer(session, stream.id, fields, count)
        }
        expectMemory(status)
    }

    /// Lets the library ask again for a body that had nothing to send.
    func resume(_ stream: HTTP2Stream) {
        // It refuses if it waits for nothing, which is as good.
        _ = unsafe nghttp2_session_resume_data(session, stream.id)
    }

    /// The calls above fail only for want of memory, which the process does not survive, or because a stream or the
    /// whole connection is over, where what was asked for has no meaning any more.
    private func expectMemory(_ status: Int32) {
        precondition(status != NGHTTP2_ERR_NOMEM.rawValue, "the library's memory could not be allocated")
    }
}
