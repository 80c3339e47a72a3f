import CCurl
package import LinuxSystem

/// Sends requests to other servers and waits for their answers.
///
/// Connections are kept and used again. Redirects are answers like any other and never followed; a request that is
/// signed or carries a secret would be wrong elsewhere. libcurl's variables for proxies (`https_proxy`, `no_proxy`)
/// hold.
///
/// - Isolation: one thread at a time, and never a loop's: every call blocks.
package final class OutgoingClient {
    private let handle: CurlHandle
    private let settings: Settings
    private let clock: any MonotonicClock
    private let interruption: Interruption
    private let jitter: () -> Double

    /// What holds for every request of a client.
    package struct Settings: Equatable, Sendable {
        /// The field `User-Agent`.
        package var userAgent = "rowan"
        /// A file of certificates that servers' certificates may rest on; nil for the system's.
        package var certificateAuthorityFile: String?

        package init() {}
    }

    /// Opens libcurl, if nobody has.
    ///
    /// - Parameter interruption: ends waits and requests.
    /// - Parameter jitter: gives numbers from 0 up to 1 that others cannot guess.
    /// - Throws: `.library` if libcurl is not installed.
    package init(
        _ settings: Settings = Settings(), clock: any MonotonicClock = SystemClock(),
        interruption: Interruption = Interruption(), jitter: @escaping () -> Double = { .random(in: 0..<1) }
    ) throws(OutgoingFault) {
        handle = try CurlHandle()
        self.settings = settings
        self.clock = clock
        self.interruption = interruption
        self.jitter = jitter
    }

    /// Sends a request, again if the policy says so, and waits for its answer.
    ///
    /// - Parameter receiver: takes the body of a successful answer; nil to have it in the response.
    /// - Returns: the last answer, whatever its status.
    /// - Throws: why there is none.
    package func send(
        _ request: OutgoingRequest, retry policy: RetryPolicy = .once, into receiver: (any ResponseReceiver)? = nil
    ) throws(OutgoingFault) -> OutgoingResponse {
        try RetryLoop(policy: policy, clock: clock, wait: interruption.wait, jitter: jitter).run {
            remaining throws(OutgoingFault) in
            try attempt(request, remaining: remaining, receiver)
        }
    }

    private func attempt(
        _ request: OutgoingRequest, remaining: Nanoseconds, _ receiver: (any ResponseReceiver)?
    ) throws(OutgoingFault) -> OutgoingResponse {
        let origin = request.url.origin
        if let name = request.unusableField { throw OutgoingFault(.field(name), origin: origin) }
        if interruption.isInterrupted { throw OutgoingFault(.interrupted, origin: origin) }
        try receiver?.begin()
        prepare(request, timeout: min(request.limits.attemptTimeout, remaining))
        let exchange = CurlExchange(
            byteCountLimit: request.limits.responseByteCount, receiver: receiver, interruption: interruption)
        let code = handle.perform(exchange, body: request.body)
        if exchange.fault != nil || code != CURLE_OK {
            var fault = OutgoingFault(
                exchange.fault
                    ?? .init(code, hasConnected: handle.hasConnected, text: handle.text(code), request.limits),
                origin: origin)
            if case .tooLarge = fault.kind { fault.status = exchange.status }
            throw fault
        }
        let wish = handle.retryAfterSeconds
        return OutgoingResponse(
            status: exchange.status, fields: exchange.fields, body: exchange.body,
            retryAfter: wish > 0 ? .seconds(min(wish, 86_400)) : nil)
    }

    private func prepare(_ request: OutgoingRequest, timeout: Nanoseconds) {
        let limits = request.limits
        handle.reset()
        handle.set(CURLOPT_URL, request.url.text)
        handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        handle.set(CURLOPT_FOLLOWLOCATION, 0)
        // Names of objects may hold what looks like steps in a path.
        handle.set(CURLOPT_PATH_AS_IS, 1)
        // Signals belong to the server's main thread.
        handle.set(CURLOPT_NOSIGNAL, 1)
        handle.set(CURLOPT_USERAGENT, settings.userAgent)
        if let file = settings.certificateAuthorityFile { handle.set(CURLOPT_CAINFO, file) }
        handle.set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(limits.connectTimeout))
        handle.set(CURLOPT_TIMEOUT_MS, Self.milliseconds(timeout))
        handle.set(CURLOPT_LOW_SPEED_LIMIT, limits.leastBytesPerSecond)
        handle.set(CURLOPT_LOW_SPEED_TIME, Self.milliseconds(limits.slowTime) / 1000)
        handle.setSize(CURLOPT_MAXFILESIZE_LARGE, max(limits.responseByteCount, OutgoingHTTPLimits.refusalByteCount))
        switch request.method {
        case .get: handle.set(CURLOPT_HTTPGET, 1)
        case .head: handle.set(CURLOPT_NOBODY, 1)
        case .post, .put, .delete: handle.set(CURLOPT_POST, 1)
        }
        if request.method != .head { handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        if request.body.isEmpty { handle.setSize(CURLOPT_POSTFIELDSIZE_LARGE, 0) }
        for field in request.fields { handle.add(field: "\(field.name): \(field.value)") }
        // Without a value libcurl leaves a field out that it would add.
        for name in ["Content-Type", "Expect"] where !request.fields.contains(where: { $0.name == name }) {
            handle.add(field: "\(name):")
        }
    }

    /// At least one, because zero would mean for ever.
    private static func milliseconds(_ duration: Nanoseconds) -> Int {
        Int(max(1, min(duration.count / 1_000_000, 86_400_000)))
    }
}

extension OutgoingFault.Kind {
    /// What a transfer's end means.
    ///
    /// - Source: libcurl-errors(3).
    fileprivate init(_ code: CURLcode, hasConnected: Bool, text: String, _ limits: OutgoingRequest.Limits) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .resolve
        case CURLE_COULDNT_CONNECT: self = .connect
        case CURLE_OPERATION_TIMEDOUT where text.hasPrefix("Operation too slow"): self = .tooSlow
        case CURLE_OPERATION_TIMEDOUT: self = hasConnected ? .timedOut : .connectTimedOut
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            self = .security(Self.shown(text))
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            self = .disconnected
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING: self = .malformed
        case CURLE_FILESIZE_EXCEEDED: self = .tooLarge(byteCountLimit: limits.responseByteCount)
        case CURLE_ABORTED_BY_CALLBACK: self = .interrupted
        default: self = .other(code: Int(code.rawValue), Self.shown(text))
        }
    }

    /// The library's words as part of a line.
    private static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(200).filter { $0.value >= 0x20 && $0.value < 0x7F }))
    }
}
