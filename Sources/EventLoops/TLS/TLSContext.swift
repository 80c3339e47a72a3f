import COpenSSL

/// What the sessions that show one certificate share.
///
/// - Isolation: any thread once it is made; OpenSSL's object is not changed any more and counts references atomically.
@safe
final class TLSContext {
    private let context: OpaquePointer

    /// Makes a context.
    init(
        _ certificate: TLSCertificate, _ policy: TLSServer.Policy, _ tickets: TLSTicketKeys
    ) throws(TLSMaterialFault) {
        let protocols = Self.wireForm(policy.applicationProtocols)
        // Everything is borrowed for the call, and copied by it.
        let made = unsafe certificate.withPair { pair in
            unsafe protocols.withUnsafeBufferPointer { protocols in
                unsafe certificate.staple.withUnsafeBufferPointer { staple in
                    unsafe tickets.withKeys { keys in
                        unsafe rowan_tls_context_make(
                            pair, protocols.baseAddress, protocols.count, staple.baseAddress, staple.count,
                            keys.baseAddress, keys.count, EventLoopsLimits.ticketSeconds)
                    }
                }
            }
        }
        guard let made = unsafe made else { throw .weak }
        unsafe context = made
        guard let authorities = policy.clientAuthorities else { return }
        // The text is read during the call; an initialiser that throws runs `deinit`.
        let count = unsafe authorities.withUnsafeBufferPointer {
            unsafe rowan_tls_context_demand_clients(context, $0.baseAddress, $0.count)
        }
        guard count > 0 else { throw .noAuthorities }
    }

    deinit { unsafe rowan_tls_context_free(context) }

    /// Names as ALPN writes them: each behind its length.
    private static func wireForm(_ names: [String]) -> [UInt8] {
        names.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    }

    /// Lets the name that a client asks for choose another context of the server.
    ///
    /// - Ownership: the server must outlive every session of this context.
    func choose(by server: TLSServer) {
        // Sessions hold the server that they were made for.
        unsafe rowan_tls_context_choose(
            context,
            { name, argument in
                guard let name = unsafe name, let argument = unsafe argument else { return nil }
                let server = unsafe Unmanaged<TLSServer>.fromOpaque(argument).takeUnretainedValue()
                guard let chosen = unsafe server.context(for: String(cString: name)) else { return nil }
                return unsafe chosen.context
            }, Unmanaged.passUnretained(server).toOpaque())
    }

    /// Makes a session; nil without memory.
    func makeSession() -> TLSSession? {
        // The library's session holds the context.
        guard let session = unsafe rowan_tls_session_make(context) else { return nil }
        return unsafe TLSSession(owning: session)
    }
}

// See the type's isolation.
extension TLSContext: @unchecked Sendable {}
