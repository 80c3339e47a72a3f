/// Why a connection's TLS has ended before its time.
///
/// The scope is the connection.
package enum TLSFault: Error, Equatable, Sendable {
    /// The handshake was not complete in time.
    case timedOut
    /// The client has gone, or the network has broken it off, without TLS's word that it ends.
    case lost
    /// The client has sent more than a handshake needs.
    case tooLong
    /// What the client has sent is not TLS, or there is no version, cipher or protocol that both speak.
    case notAgreed(String)
    /// The client has shown no certificate, or one that is not trusted.
    case certificate(String)
    /// The client has refused: most often it does not trust the server's certificate.
    case refused(String)
    /// The server has no memory for a session.
    case noMemory

    /// Names the kind, for metrics.
    package var kind: Kind {
        switch self {
        case .timedOut: .timeout
        case .lost: .lost
        case .tooLong, .notAgreed: .protocol
        case .certificate: .certificate
        case .refused: .refused
        case .noMemory: .memory
        }
    }

    /// A kind of fault.
    package enum Kind: UInt8, CaseIterable, Sendable {
        case timeout, lost, `protocol`, certificate, refused, memory

        /// Its name in labels.
        package var label: StaticString {
            switch self {
            case .timeout: "timeout"
            case .lost: "lost"
            case .protocol: "protocol"
            case .certificate: "certificate"
            case .refused: "refused"
            case .memory: "memory"
            }
        }
    }
}

extension TLSFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .timedOut: "the handshake was not complete in time"
        case .lost: "the connection broke off"
        case .tooLong: "more bytes than a handshake needs"
        case .notAgreed(let reason): reason
        case .certificate(let reason): "the client's certificate: \(reason)"
        case .refused(let reason): "refused by the client: \(reason)"
        case .noMemory: "no memory for a session"
        }
    }
}
