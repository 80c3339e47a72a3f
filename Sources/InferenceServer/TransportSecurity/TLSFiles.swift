/// Which files the TLS of one port comes from, and the options that named them.
package struct TLSFiles: Equatable, Sendable {
    /// A certificate with what belongs to it.
    package struct Pair: Equatable, Sendable {
        /// The chain, the server's certificate first (PEM).
        package var certificate: String
        /// Its private key (PEM).
        package var key: String
        /// What the authority last said about it (OCSP, DER); nil without.
        package var staple: String?
    }

    /// What the options are called that named the files.
    struct OptionNames: Equatable, Sendable {
        var certificate: String
        var key: String
        var authorities: String
    }

    /// The first is shown to clients that ask for no name.
    package var pairs: [Pair]
    /// Certificates of authorities that a client's certificate must lead to; nil demands none.
    package var clientAuthorities: String?
    var options: OptionNames
    var authoritiesOption: String

    /// All files, each once.
    var paths: [String] {
        var paths: [String] = []
        let named = pairs.flatMap { pair -> [String?] in [pair.certificate, pair.key, pair.staple] }
        for case .some(let path) in named + [clientAuthorities] where !paths.contains(path) { paths.append(path) }
        return paths
    }
}
