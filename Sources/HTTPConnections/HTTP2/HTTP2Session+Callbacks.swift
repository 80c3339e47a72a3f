import CNghttp2
import LinuxSystem

/// What the library calls: each function finds its connection, and its stream where there is one, and passes on what
/// concerns them.
extension HTTP2Session {
    /// The result by which a function ends the connection, and that by which it resets the stream.
    private static let failure = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
    private static let streamFailure = NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue

    static func setCallbacks(_ callbacks: OpaquePointer) {
        // The functions below capture nothing, and the library copies their addresses.
        unsafe nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, frameBegan)
        unsafe nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, fieldsBegan)
        unsafe nghttp2_session_callbacks_set_on_header_callback(callbacks, fieldReceived)
        unsafe nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, fieldWasInvalid)
        unsafe nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, frameWasInvalid)
        unsafe nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, bytesReceived)
        unsafe nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frameEnded)
        unsafe nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, streamClosed)
        unsafe nghttp2_session_callbacks_set_send_data_callback(callbacks, writeBody)
    }

    /// The connection that a session was made for.
    private static func connection(_ userData: UnsafeMutableRawPointer?) -> HTTP2Connection {
        guard let userData = unsafe userData else { preconditionFailure("every session has a connection") }
        // `init` gave the library this pointer, and the connection owns the session that calls.
        return unsafe Unmanaged<HTTP2Connection>.fromOpaque(userData).takeUnretainedValue()
    }

    /// The stream that was attached; nil for one that was refused, or is not one of a client's.
    private static func stream(_ session: OpaquePointer?, _ id: Int32) -> HTTP2Stream? {
        // The connection holds a stream that it has attached until the library has closed it.
        guard let pointer = unsafe nghttp2_session_get_stream_user_data(session, id) else { return nil }
        return unsafe Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
    }

    private static let frameBegan: nghttp2_on_begin_frame_callback = { _, header, userData in
        // The library's header is valid during the call.
        guard let header = unsafe header?.pointee else { return failure }
        let isAcceptable = unsafe connection(userData).frameBegan(
            type: header.type, flags: header.flags, stream: header.stream_id, byteCount: header.length)
        return isAcceptable ? 0 : failure
    }

    private static let fieldsBegan: nghttp2_on_begin_headers_callback = { _, frame, userData in
        // The library's frame is valid during the call, and of type HEADERS in a server.
        guard let frame = unsafe frame?.pointee else { return failure }
        let isRequest = unsafe frame.headers.cat == NGHTTP2_HCAT_REQUEST
        return unsafe connection(userData).fieldsBegan(stream: frame.hd.stream_id, isRequest: isRequest)
            ? 0 : streamFailure
    }

    private static let fieldReceived: nghttp2_on_header_callback = {
        _, _, name, nameByteCount, value, valueByteCount, _, userData in
        // The library's texts are valid during the call and have as many bytes as it says.
        guard let name = unsafe name, let value = unsafe value, let userData = unsafe userData else { return failure }
        // The connection owns the session that calls, and holds itself while it hands over bytes: for each of many
        // fields it is not counted once more.
        let isAcceptable = unsafe Unmanaged<HTTP2Connection>.fromOpaque(userData)._withUnsafeGuaranteedRef {
            unsafe $0.fieldReceived(
                Span(_unsafeStart: name, count: nameByteCount), Span(_unsafeStart: value, count: valueByteCount))
        }
        return isAcceptable ? 0 : streamFailure
    }

    /// A field that no request may have makes it malformed; without this function the library would drop the field.
    private static let fieldWasInvalid: nghttp2_on_invalid_header_callback = { _, _, _, _, _, _, _, _ in streamFailure }

    private static let frameWasInvalid: nghttp2_on_invalid_frame_recv_callback = { _, _, code, userData in
        // The pointer is the one given to the library in `init`.
        if code == NGHTTP2_ERR_REFUSED_STREAM.rawValue { unsafe connection(userData).streamWasRefused() }
        return 0
    }

    private static let bytesReceived: nghttp2_on_data_chunk_recv_callback = {
        session, _, id, bytes, byteCount, userData in
        // The library's bytes are valid during the call.
        guard let bytes = unsafe bytes else { return failure }
        unsafe connection(userData).bytesReceived(
            Span(_unsafeStart: bytes, count: byteCount), of: stream(session, id))
        return 0
    }

    private static let frameEnded: nghttp2_on_frame_recv_callback = { session, frame, userData in
        // The library's frame is valid during the call.
        guard let header = unsafe frame?.pointee.hd else { return failure }
        let connection = unsafe connection(userData)
        let isLast = header.flags & rowan_nghttp2_flag_end_stream != 0
        switch header.type {
        case rowan_nghttp2_data, rowan_nghttp2_headers:
            guard let stream = unsafe stream(session, header.stream_id) else { return 0 }
            if header.type == rowan_nghttp2_headers { connection.fieldsEnded(of: stream, isLast: isLast) }
            if isLast { connection.requestEnded(stream) }
        // A stream that is over is not known any more.
        case rowan_nghttp2_reset: unsafe stream(session, header.stream_id)?.wasReset = true
        default: connection.peerWasHeard()
        }
        return 0
    }

    private static let streamClosed: nghttp2_on_stream_close_callback = { session, id, code, userData in
        // The pointers are those given to the library.
        guard let stream = unsafe stream(session, id) else { return 0 }
        unsafe connection(userData).streamClosed(stream, isFaulty: code != ErrorCode.noError.rawValue)
        return 0
    }

    /// Says how many bytes the next frame of a body gets; they are written by `writeBody`.
    static let readBody: nghttp2_data_source_read_callback = { _, _, _, limit, flags, source, userData in
        // The source is the stream that the answer was handed over with, which the connection holds.
        guard let pointer = unsafe source?.pointee.ptr, let flags = unsafe flags else { return Int(failure) }
        let stream = unsafe Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
        switch unsafe connection(userData).nextFrame(of: stream, limit: limit) {
        case .nothing: return Int(NGHTTP2_ERR_DEFERRED.rawValue)
        case .bytes(let byteCount):
            unsafe flags.pointee = NGHTTP2_DATA_FLAG_NO_COPY.rawValue
            return byteCount
        case .lastBytes(let byteCount, let hasTrailers):
            var raised = NGHTTP2_DATA_FLAG_NO_COPY.rawValue | NGHTTP2_DATA_FLAG_EOF.rawValue
            if hasTrailers { raised |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue }
            unsafe flags.pointee = raised
            return byteCount
        }
    }

    private static let writeBody: nghttp2_send_data_callback = { _, _, header, byteCount, source, userData in
        // The header of a DATA frame has nine bytes; the source is the stream that the answer was handed over with.
        guard let header = unsafe header, let pointer = unsafe source?.pointee.ptr else { return failure }
        let stream = unsafe Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
        let goesOn = unsafe connection(userData).writeFrame(
            Span(_unsafeStart: header, count: 9), byteCount: byteCount, of: stream)
        return goesOn ? 0 : NGHTTP2_ERR_PAUSE.rawValue
    }
}
