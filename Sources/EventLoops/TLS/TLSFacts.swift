/// What is known about a connection's TLS once its handshake is complete.
package struct TLSFacts: Equatable, Sendable {
    /// TLS 1.3; otherwise it is TLS 1.2.
    package let isVersion13: Bool
    /// Whether a ticket of an earlier connection has shortened the handshake.
    package let isResumed: Bool
    /// What ALPN has agreed on; nil if the client has offered nothing.
    package let applicationProtocol: String?
    /// The subject of the client's certificate, as in `CN=scraper,O=Example`; nil without one.
    package let clientSubject: String?
}
