import COpenSSL

/// The keys that session tickets are sealed with, so that a client that comes back needs no full handshake.
///
/// The newest seals; older ones still open. A server that throws its oldest key away now and then makes what was
/// recorded before unreadable even to itself.
package struct TLSTicketKeys: Sendable {
    private var keys: [rowan_tls_ticket_key]

    /// Makes one new key.
    ///
    /// - Throws: when OpenSSL is missing or has no random numbers.
    package init() throws(TLSMaterialFault) {
        try TLSLibrary.open()
        keys = [try Self.makeKey()]
    }

    /// The same keys behind a new one; the oldest is forgotten when there are too many.
    package func rotated() throws(TLSMaterialFault) -> TLSTicketKeys {
        var rotated = self
        rotated.keys.insert(try Self.makeKey(), at: 0)
        rotated.keys.removeLast(max(0, rotated.keys.count - Int(ROWAN_TLS_TICKET_KEYS)))
        return rotated
    }

    /// Number of keys.
    var count: Int { keys.count }

    private static func makeKey() throws(TLSMaterialFault) -> rowan_tls_ticket_key {
        var key = rowan_tls_ticket_key()
        // The structure is bytes throughout.
        let isDone = unsafe withUnsafeMutableBytes(of: &key) { unsafe rowan_tls_random($0.baseAddress, $0.count) }
        guard isDone == 1 else { throw .library("libcrypto has no random numbers") }
        return key
    }

    /// Lends the keys to a call of the library, the newest first.
    func withKeys<Result>(_ body: (UnsafeBufferPointer<rowan_tls_ticket_key>) -> Result) -> Result {
        // The keys are borrowed for the call.
        unsafe keys.withUnsafeBufferPointer { unsafe body($0) }
    }
}
