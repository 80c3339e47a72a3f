/// One of the ports that may speak TLS.
package enum TLSPort: String, Sendable, CaseIterable {
    case http, grpc, metrics
}
