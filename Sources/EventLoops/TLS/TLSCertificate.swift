import COpenSSL

/// A certificate with the chain to its authority and its private key, checked to belong together.
///
/// - Isolation: any thread; it never changes.
@safe
package final class TLSCertificate {
    /// DNS names that it is for, as they stand in it; a leading `*.` stands for one label.
    package let names: [String]
    /// From when and until when it is valid.
    ///
    /// - Units: seconds since 1970, UTC.
    package let notBefore: Int64
    package let notAfter: Int64
    /// The authority's recent word that it is not revoked, handed to clients that ask; empty without.
    package let staple: [UInt8]

    private let pair: OpaquePointer

    /// Reads a pair.
    ///
    /// - Parameter chain: PEM, the server's certificate first.
    /// - Parameter key: PEM, not encrypted.
    /// - Parameter staple: an OCSP response as authorities send it (DER); empty without.
    package init(chain: Span<UInt8>, key: Span<UInt8>, staple: [UInt8] = []) throws(TLSMaterialFault) {
        try TLSLibrary.open()
        var fault: Int32 = 0
        // Both texts are read during the call.
        let pair = unsafe chain.withUnsafeBufferPointer { chain in
            unsafe key.withUnsafeBufferPointer { key in
                unsafe rowan_tls_pair_make(chain.baseAddress, chain.count, key.baseAddress, key.count, &fault)
            }
        }
        guard let pair = unsafe pair else { throw Self.fault(fault) }
        unsafe self.pair = pair
        notBefore = unsafe rowan_tls_pair_not_before(pair)
        notAfter = unsafe rowan_tls_pair_not_after(pair)
        names = unsafe Self.names(of: pair)
        self.staple = staple
    }

    deinit { unsafe rowan_tls_pair_free(pair) }

    private static func fault(_ number: Int32) -> TLSMaterialFault {
        switch Int(number) {
        case Int(ROWAN_TLS_PAIR_NO_CERTIFICATE): .noCertificate
        case Int(ROWAN_TLS_PAIR_BAD_CERTIFICATE): .damagedCertificate
        case Int(ROWAN_TLS_PAIR_NO_KEY): .noKey
        case Int(ROWAN_TLS_PAIR_ENCRYPTED_KEY): .encryptedKey
        case Int(ROWAN_TLS_PAIR_MISMATCH): .mismatch
        default: .weak
        }
    }

    private final class NameList {
        var names: [String] = []
    }

    // The pair is the caller's, for the call.
    @unsafe
    private static func names(of pair: OpaquePointer) -> [String] {
        let list = NameList()
        // The list is held while the call runs, and names are copied before it goes on.
        withExtendedLifetime(list) {
            unsafe rowan_tls_pair_names(
                pair,
                { bytes, count, context in
                    guard let context = unsafe context, let bytes = unsafe bytes else { return }
                    let list = unsafe Unmanaged<NameList>.fromOpaque(context).takeUnretainedValue()
                    let name = unsafe UnsafeBufferPointer(start: bytes, count: count)
                    list.names.append(unsafe String(decoding: name, as: UTF8.self))
                }, Unmanaged.passUnretained(list).toOpaque())
        }
        return list.names
    }

    /// Lends the pair to a call of the library.
    func withPair<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        // The pair lives as long as this object.
        withExtendedLifetime(self) { unsafe body(pair) }
    }

    /// Until when an OCSP response counts.
    ///
    /// - Returns: seconds since 1970, UTC; the greatest number if it does not say.
    /// - Throws: `badStaple` for anything that is not a response that says "good".
    package static func stapleEnd(_ bytes: Span<UInt8>) throws(TLSMaterialFault) -> Int64 {
        try TLSLibrary.open()
        var end: Int64 = 0
        // The bytes are read during the call.
        let isGood = unsafe bytes.withUnsafeBufferPointer {
            unsafe rowan_tls_staple_is_good($0.baseAddress, $0.count, &end)
        }
        guard isGood == 1 else { throw .badStaple }
        return end
    }
}

// The pair is read only, and OpenSSL counts references to its parts atomically.
extension TLSCertificate: @unchecked Sendable {}
