/// How one port speaks TLS: its certificates, whom it trusts, which protocols it offers.
///
/// A value that never changes: a port that gets new certificates gets another server, which its loops take up by
/// message, and connections go on with the one that they began with.
///
/// - Isolation: any thread.
package final class TLSServer: Sendable {
    /// What a port demands and offers, besides its certificates.
    package struct Policy: Equatable, Sendable {
        /// Protocols that ALPN may agree on, the preferred first.
        package var applicationProtocols: [String]
        /// Certificates of authorities (PEM) that a client's certificate must lead to; nil demands none.
        package var clientAuthorities: [UInt8]?

        /// Demands no certificate and agrees on no protocol, unless it is told to.
        package init(applicationProtocols: [String] = [], clientAuthorities: [UInt8]? = nil) {
            self.applicationProtocols = applicationProtocols
            self.clientAuthorities = clientAuthorities
        }
    }

    private let contexts: [TLSContext]
    private let names: ServerNameTable

    /// Makes a server.
    ///
    /// - Parameter certificates: the first is shown to clients that ask for no name, or for one that nobody has.
    /// - Throws: when the library refuses a pair, or there is no authority in the policy's.
    /// - Precondition: there is a certificate, and not more than `EventLoopsLimits.certificateCount`.
    package init(
        _ certificates: [TLSCertificate], _ policy: Policy, tickets: TLSTicketKeys
    ) throws(TLSMaterialFault) {
        precondition(
            (1...EventLoopsLimits.certificateCount).contains(certificates.count), "a server has certificates, not many")
        var contexts: [TLSContext] = []
        for certificate in certificates { contexts.append(try TLSContext(certificate, policy, tickets)) }
        self.contexts = contexts
        names = ServerNameTable(certificates.map(\.names))
        if contexts.count > 1 { contexts[0].choose(by: self) }
    }

    /// The context for a name that a client asks for; nil to keep the first.
    func context(for name: String) -> TLSContext? {
        names.index(of: name).map { contexts[$0] }
    }

    /// Makes the session of a new connection; nil without memory.
    func makeSession() -> TLSSession? { contexts[0].makeSession() }
}
