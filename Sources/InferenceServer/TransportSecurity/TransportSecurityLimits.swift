import LinuxSystem

/// The bounds that TLS keeps besides those of connections, each with its reason.
enum TransportSecurityLimits {
    /// Bytes of a file of certificates, of a key, of authorities or of an OCSP response.
    ///
    /// All authorities that browsers trust have a fifth of this.
    static let fileByteCount = 1 << 20
    /// How often files are looked at.
    ///
    /// They are taken when two looks find the same, so that a pair that is being replaced is not taken half.
    static let lookInterval = Nanoseconds.seconds(2)
    /// How often session tickets get a new key.
    static let ticketKeyLife = Nanoseconds.seconds(3_600)
    /// Seconds before a certificate's end from which it is a warning when it is loaded: two weeks.
    static let expiryWarningSeconds: Int64 = 14 * 86_400
}
