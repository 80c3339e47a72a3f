/// Why certificates, keys or authorities cannot be used.
package enum TLSMaterialFault: Error, Equatable, Sendable {
    /// OpenSSL is missing or cannot be used; the sentence says what to install.
    case library(String)
    /// The certificate file holds no certificate.
    case noCertificate
    /// A certificate in the file is damaged.
    case damagedCertificate
    /// The key file holds no private key.
    case noKey
    /// The key is encrypted.
    case encryptedKey
    /// The key does not belong to the first certificate of the chain.
    case mismatch
    /// OpenSSL refuses the pair.
    case weak
    /// The authorities' file holds no certificate, or a damaged one.
    case noAuthorities
    /// The OCSP response is damaged, or does not say that the certificate is good.
    case badStaple
}

extension TLSMaterialFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .library(let sentence): sentence
        case .noCertificate: "it holds no certificate in PEM form"
        case .damagedCertificate: "a certificate in it is damaged"
        case .noKey: "it holds no private key in PEM form"
        case .encryptedKey: "the private key is encrypted: write it without a password"
        case .mismatch: "the private key does not belong to the first certificate of the chain"
        case .weak: "OpenSSL refuses the pair: the key is too short, or a signature uses a broken digest"
        case .noAuthorities: "it holds no certificate of an authority in PEM form, or a damaged one"
        case .badStaple: "it is no OCSP response that says that the certificate is good"
        }
    }
}
