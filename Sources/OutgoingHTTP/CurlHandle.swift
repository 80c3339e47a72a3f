import CCurl

/// One transfer of libcurl with its connections; options are set anew for each request.
///
/// - Isolation: one thread at a time.
@safe
final class CurlHandle {
    private let handle: UnsafeMutableRawPointer
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// Opens the library, if nobody has, and makes a transfer.
    init() throws(OutgoingFault) {
        // A literal of the program, or nothing.
        if let fault = unsafe rowan_curl_open() { throw unsafe OutgoingFault(.library(String(cString: fault))) }
        guard let handle = unsafe rowan_curl_make() else {
            throw OutgoingFault(.library("libcurl has no memory for a transfer"))
        }
        unsafe self.handle = handle
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    // Everything that libcurl was given lives as long as the transfer.
    deinit {
        unsafe rowan_curl_free(handle)
        unsafe rowan_curl_free_fields(fields)
        unsafe errorText.deallocate()
    }

    /// Forgets the options of the request before; connections stay.
    func reset() {
        // The handle is ours until `deinit`, and the list is given up by libcurl before it is freed.
        unsafe rowan_curl_reset(handle)
        unsafe rowan_curl_free_fields(fields)
        unsafe fields = nil
        unsafe errorText[0] = 0
        check(unsafe rowan_curl_set_error_buffer(handle, errorText))
    }

    func set(_ option: CURLoption, _ value: Int) {
        // The handle is ours, and the option takes a long.
        check(unsafe rowan_curl_set_number(handle, option, value))
    }

    func setSize(_ option: CURLoption, _ value: Int) {
        // The handle is ours, and the option takes a curl_off_t.
        check(unsafe rowan_curl_set_size(handle, option, Int64(value)))
    }

    func set(_ option: CURLoption, _ value: String) {
        // libcurl copies the text, which ends with a zero byte.
        check(unsafe rowan_curl_set_text(handle, option, value))
    }

    /// Adds a line to the head that is sent.
    func add(field line: String) {
        // The list is ours; libcurl copies the line.
        guard let longer = unsafe rowan_curl_append(fields, line) else {
            preconditionFailure("there is memory for a line")
        }
        unsafe fields = longer
    }

    /// Sends the request and gives the exchange what comes.
    ///
    /// - Ownership: the body and the exchange are lent for the call.
    func perform(_ exchange: CurlExchange, body: [UInt8]) -> CURLcode {
        // libcurl calls the functions only during `rowan_curl_perform`, while `exchange` and the body are held, and
        // with the context that it was given.
        unsafe body.withUnsafeBufferPointer { bytes in
            withExtendedLifetime(exchange) {
                let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
                if !bytes.isEmpty {
                    setSize(CURLOPT_POSTFIELDSIZE_LARGE, bytes.count)
                    check(unsafe rowan_curl_set_body(handle, bytes.baseAddress))
                }
                check(unsafe rowan_curl_set_fields(handle, fields))
                check(
                    unsafe rowan_curl_set_receivers(
                        handle,
                        { bytes, size, count, context in
                            unsafe CurlHandle.exchange(context).takeHead(bytes, size &* count)
                        },
                        { bytes, size, count, context in
                            unsafe CurlHandle.exchange(context).takeBody(bytes, size &* count)
                        },
                        { context, _, _, _, _ in unsafe CurlHandle.exchange(context).isInterrupted ? 1 : 0 },
                        context))
                return unsafe rowan_curl_perform(handle)
            }
        }
    }

    @unsafe
    private static func exchange(_ context: UnsafeMutableRawPointer?) -> CurlExchange {
        // The context is the one that `perform` gave.
        guard let context = unsafe context else { preconditionFailure("libcurl was given a context") }
        return unsafe Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
    }

    // Figures of the transfer that has ended; the handle is ours.
    var retryAfterSeconds: Int { unsafe Int(rowan_curl_retry_after(handle)) }
    var hasConnected: Bool { unsafe rowan_curl_connect_time(handle) > 0 }

    /// What libcurl says about the transfer's end.
    func text(_ code: CURLcode) -> String {
        // Both texts end with a zero byte: libcurl writes one into the buffer, and the other is a literal.
        let detail = unsafe String(cString: errorText)
        return detail.isEmpty ? unsafe String(cString: rowan_curl_text(code)) : detail
    }

    private func check(_ code: CURLcode) {
        precondition(code == CURLE_OK, "libcurl takes the options that it is given")
    }
}
