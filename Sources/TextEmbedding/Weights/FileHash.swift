import COpenSSL
import LinuxSystem

/// The SHA-256 of a file's bytes, to know that it is the one that was published.
///
/// - Isolation: any thread.
package enum FileHash {
    /// Computes a hash.
    ///
    /// - Complexity: linear; libcrypto is opened when the first is wanted.
    /// - Returns: 64 digits 0-9a-f.
    /// - Throws: where libcrypto is missing.
    package static func sha256(of bytes: Span<UInt8>) throws(TextEmbeddingFault) -> String {
        // A literal of the program, or nothing.
        if let fault = unsafe rowan_digest_open() {
            let missing = unsafe String(cString: fault)
            throw TextEmbeddingFault(.unsupported("checking a hash without libcrypto (\(missing))"))
        }
        var digest = [UInt8](repeating: 0, count: 32)
        // The library reads the bytes that it is lent and writes 32; it keeps neither address.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe digest.withUnsafeMutableBytes {
                unsafe rowan_digest_sha256(bytes.baseAddress, bytes.count, $0.baseAddress)
            }
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
