import Testing

@testable import AccessControl

@Suite struct SecretDigestTests {
    /// Salt, secret and hash, from Python's hashlib 3.11: `sha256(salt + secret)`.
    private static let vectors = [
        (
            "000102030405060708090a0b0c0d0e0f", "6465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f80818283",
            "c141d939eb8838d7c15f40c76f410138b9c9b946f92e09affd8047085cfe5c32"
        ),
        (
            "ffffffffffffffffffffffffffffffff", "0000000000000000000000000000000000000000000000000000000000000000",
            "5a82070d176721b3288e16837f0d5d07bd7c4c7ac677279dd9ba5b598ca7462c"
        ),
    ]

    private static func secret(_ text: String) throws -> KeySecret {
        let bytes = Array(text.utf8)
        let secret = KeySecret(bytes.span)
        return try #require(secret)
    }

    @Test func `hashes are those of SHA-256`() throws {
        try #require(SecretDigest.libraryFault == nil)
        for (salt, secret, hash) in Self.vectors {
            let (saltBytes, hashBytes) = (Array(salt.utf8), Array(hash.utf8))
            let read = SecretDigest(salt: saltBytes.span, digest: hashBytes.span)
            let digest = try #require(read)
            #expect(try digest.matches(Self.secret(secret)))
            #expect(digest.saltText == salt && digest.digestText == hash)
        }
    }

    @Test func `a secret that differs in one bit does not match`() throws {
        try #require(SecretDigest.libraryFault == nil)
        let secret = try KeySecret()
        let digest = try SecretDigest(of: secret)
        #expect(digest.matches(secret))
        let digits = Array(secret.text.utf8)
        for place in digits.indices {
            var other = digits
            other[place] = digits[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
            #expect(try !digest.matches(Self.secret(String(decoding: other, as: UTF8.self))))
        }
    }

    @Test func `two hashes of one secret differ`() throws {
        try #require(SecretDigest.libraryFault == nil)
        let secret = try KeySecret()
        let (first, second) = (try SecretDigest(of: secret), try SecretDigest(of: secret))
        #expect(first.saltText != second.saltText && first.digestText != second.digestText)
    }

    @Test func `nobody's hash matches nothing`() throws {
        try #require(SecretDigest.libraryFault == nil)
        #expect(try !SecretDigest.ofNobody.matches(Self.secret(String(repeating: "0", count: 64))))
    }
}
