import CCurl

/// A SHA-256 hash, computed by the libcrypto that libcurl brings with it.
///
/// - Source: FIPS 180-4; RFC 2104 for keyed hashes.
package struct SHA256Digest: Equatable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// The hash of bytes.
    ///
    /// - Throws: `.library` if libcurl or libcrypto is not installed.
    package init(of content: [UInt8]) throws(OutgoingFault) {
        try Self.openLibrary()
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        // The library reads `content.count` bytes and writes 32; it keeps neither address.
        unsafe rowan_sha256(content, content.count, &digest)
        bytes = digest
    }

    /// The hash of bytes under a key.
    ///
    /// - Throws: `.library` if libcurl or libcrypto is not installed or refuses.
    package init(of content: [UInt8], key: [UInt8]) throws(OutgoingFault) {
        try Self.openLibrary()
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        // The library reads as many bytes as it is told and writes 32; it keeps no address.
        guard unsafe rowan_hmac_sha256(key, key.count, content, content.count, &digest) != 0 else {
            throw OutgoingFault(.library("libcrypto computes no HMAC with SHA-256"))
        }
        bytes = digest
    }

    private static let byteCount = 32

    private static func openLibrary() throws(OutgoingFault) {
        // A literal of the program, or nothing.
        if let fault = unsafe rowan_curl_open() { throw unsafe OutgoingFault(.library(String(cString: fault))) }
    }

    /// 64 digits in lower case.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
