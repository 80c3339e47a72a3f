import CTLSClient

/// A client of TLS over memory: OpenSSL's own, without anything of the server's code.
@safe
final class TLSPeer {
    /// What the client wants; see `rowan_test_client_make`.
    struct Wishes {
        var authorities: String?
        var host: String?
        var certificate: (file: String, key: String)?
        var version: Int32 = 0
        var protocols: [String] = []
        var wantsStaple = false
    }

    enum Reading: Equatable {
        case bytes([UInt8])
        case nothing
        case ended
        case failed
    }

    private let client: OpaquePointer

    init(_ wishes: Wishes = Wishes()) {
        let protocols = wishes.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        // Texts and names are copied during the call.
        unsafe client = rowan_test_client_make(
            wishes.authorities, wishes.host, wishes.certificate?.file, wishes.certificate?.key, wishes.version,
            protocols, UInt32(protocols.count), wishes.wantsStaple ? 1 : 0)
    }

    // The client is ours until `deinit` in all of the calls below.
    deinit { unsafe rowan_test_client_free(client) }

    func resume(_ other: TLSPeer) { unsafe rowan_test_client_resume(client, other.client) }

    func feed(_ bytes: [UInt8]) { unsafe rowan_test_client_feed(client, bytes, bytes.count) }

    func drain() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe rowan_test_client_drain(client, &bytes, bytes.count)
        return Array(bytes[..<count])
    }

    /// True when complete, nil when it has failed.
    @discardableResult
    func handshake() -> Bool? {
        switch unsafe rowan_test_client_handshake(client) {
        case 1: true
        case 0: false
        default: nil
        }
    }

    func read() -> Reading {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Int(rowan_test_client_read(client, &bytes, Int32(bytes.count)))
            if count > 0 {
                all += bytes[..<count]
                continue
            }
            if !all.isEmpty { return .bytes(all) }
            return count == 0 ? .nothing : count == -1 ? .ended : .failed
        }
    }

    func write(_ bytes: [UInt8]) { _ = unsafe rowan_test_client_write(client, bytes, Int32(bytes.count)) }

    func finish() { unsafe rowan_test_client_finish(client) }

    func renew() -> Bool { unsafe rowan_test_client_renew(client) == 1 }

    var version: Int32 { unsafe rowan_test_client_version(client) }
    var isResumed: Bool { unsafe rowan_test_client_is_resumed(client) == 1 }
    var earlyDataLimit: Int { unsafe rowan_test_client_early_data_limit(client) }
    var stapleByteCount: Int { unsafe rowan_test_client_staple(client) }
    var isTrusting: Bool { unsafe rowan_test_client_verification(client) == 0 }

    var peerName: String { unsafe Self.text { unsafe rowan_test_client_peer_name(client, $0, $1) } }
    var protocolName: String { unsafe Self.text { unsafe rowan_test_client_protocol(client, $0, $1) } }
    static var fault: String { unsafe text { unsafe rowan_test_client_fault($0, $1) } }

    @unsafe
    private static func text(_ write: (UnsafeMutablePointer<CChar>?, Int32) -> Void) -> String {
        var text = [CChar](repeating: 0, count: 256)
        unsafe text.withUnsafeMutableBufferPointer { unsafe write($0.baseAddress, 256) }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
