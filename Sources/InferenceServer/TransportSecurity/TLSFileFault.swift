import EventLoops
import LinuxSystem
import OpenInferenceProtocol

/// Why the TLS of a port cannot begin with its files, or go on with new ones.
struct TLSFileFault: Error, Equatable {
    enum Reason: Equatable {
        case unreadable(FileFault)
        case material(TLSMaterialFault)
        /// The certificate is not valid any more; seconds since 1970.
        case expired(Int64)
        /// The certificate is not valid yet.
        case notYetValid(Int64)
    }

    /// The file; empty for a fault that has none.
    let path: String
    /// The option that named it.
    let option: String
    let reason: Reason
}

extension TLSFileFault: CustomStringConvertible {
    /// For example "--tls-key /etc/rowan/key.pem: it holds no private key in PEM form".
    var description: String { "\(option) \(path): \(rule)" }

    /// What is wrong, without the file.
    var rule: String {
        switch reason {
        case .unreadable(let fault): fault.description
        case .material(let fault): fault.description
        case .expired(let second): "the certificate has expired: it was valid until \(Self.text(second))"
        case .notYetValid(let second): "the certificate is not valid yet: it is from \(Self.text(second)) on"
        }
    }

    /// A moment as RFC 3339 writes it.
    static func text(_ second: Int64) -> String {
        // Certificates may name years that nanoseconds cannot count.
        let bounded = min(max(second, -62_000_000_000), 9_000_000_000)
        let time = CivilTime(nanosecondsSince1970: bounded * 1_000_000_000)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(time.year)-\(two(time.month))-\(two(time.day))T"
            + "\(two(time.hour)):\(two(time.minute)):\(two(time.second))Z"
    }
}
