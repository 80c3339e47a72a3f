/// What the metrics page tells of one certificate in use.
struct CertificateFigures: Equatable, Sendable {
    let port: TLSPort
    /// The first of its DNS names.
    let name: String
    /// Seconds since 1970, UTC.
    let notAfter: Int64
}
