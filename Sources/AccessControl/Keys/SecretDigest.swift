import COpenSSL
package import LinuxSystem

/// What a file keeps of a secret: a random salt and the SHA-256 of salt and secret.
///
/// A fast hash suffices, because a secret of 256 random bits cannot be guessed; the salt keeps two files from showing
/// that they hold the same key.
///
/// - Isolation: any thread; comparing allocates nothing and takes no lock.
package struct SecretDigest: Sendable {
    private(set) var salt = InlineArray<16, UInt8>(repeating: 0)
    private(set) var digest = InlineArray<32, UInt8>(repeating: 0)

    /// Why nothing can be hashed, as a sentence; nil if it can.
    ///
    /// - Precondition: asked for before any hash is computed.
    package static var libraryFault: String? {
        // A literal of the program, or nothing.
        guard let fault = unsafe rowan_digest_open() else { return nil }
        return unsafe String(cString: fault)
    }

    /// Hashes a secret with a salt of its own.
    package init(of secret: KeySecret) throws(SystemError) {
        for (index, byte) in try RandomBytes.make(salt.count).enumerated() { salt[index] = byte }
        digest = Self.hash(salt, secret)
    }

    /// Reads what a file says.
    ///
    /// - Returns: nil unless both are digits of the right number.
    init?(salt saltText: Span<UInt8>, digest digestText: Span<UInt8>) {
        var target = salt.mutableSpan
        guard Hexadecimal.read(saltText, into: &target) else { return nil }
        target = digest.mutableSpan
        guard Hexadecimal.read(digestText, into: &target) else { return nil }
    }

    /// A digest that no secret has, for callers who name no key.
    static let ofNobody = SecretDigest()

    private init() {}

    /// Whether both are of the same secret, with the same salt.
    func isSame(as other: SecretDigest) -> Bool {
        for index in salt.indices where salt[index] != other.salt[index] { return false }
        for index in digest.indices where digest[index] != other.digest[index] { return false }
        return true
    }

    /// Whether a secret is the one; takes as long for any other as for the right one.
    func matches(_ secret: KeySecret) -> Bool {
        let other = Self.hash(salt, secret)
        var difference: UInt8 = 0
        for index in digest.indices { difference |= digest[index] ^ other[index] }
        return difference == 0
    }

    /// - Source: FIPS 180-4; salt and secret fit into one block.
    private static func hash(_ salt: InlineArray<16, UInt8>, _ secret: KeySecret) -> InlineArray<32, UInt8> {
        var message = InlineArray<48, UInt8>(repeating: 0)
        for index in salt.indices { message[index] = salt[index] }
        for index in secret.bytes.indices { message[salt.count + index] = secret.bytes[index] }
        var digest = InlineArray<32, UInt8>(repeating: 0)
        // The library reads 48 bytes and writes 32; it keeps neither address.
        unsafe withUnsafeBytes(of: message) { bytes in
            unsafe withUnsafeMutableBytes(of: &digest) {
                unsafe rowan_digest_sha256(bytes.baseAddress, bytes.count, $0.baseAddress)
            }
        }
        return digest
    }

    /// 32 digits.
    var saltText: String { Hexadecimal.text(of: salt.indices.map { salt[$0] }) }
    /// 64 digits.
    var digestText: String { Hexadecimal.text(of: digest.indices.map { digest[$0] }) }
}
