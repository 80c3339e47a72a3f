import EventLoops
import LinuxSystem

/// What the files of one port hold, read and checked.
struct TLSMaterial: Sendable {
    let certificates: [TLSCertificate]
    let policy: TLSServer.Policy
    /// OCSP responses that are not handed out because their time is over.
    let staleStaples: [String]

    /// Reads the files of a port.
    ///
    /// - Parameter protocols: what ALPN offers.
    /// - Parameter now: seconds since 1970, UTC.
    /// - Throws: for the first file that cannot be used.
    init(_ files: TLSFiles, protocols: [String], now: Int64) throws(TLSFileFault) {
        var certificates: [TLSCertificate] = []
        var staleStaples: [String] = []
        for pair in files.pairs {
            let chain = try Self.read(pair.certificate, files.options.certificate)
            let key = try Self.read(pair.key, files.options.key)
            var staple: [UInt8] = []
            if let path = pair.staple {
                staple = try Self.staple(path, now: now)
                if staple.isEmpty { staleStaples.append(path) }
            }
            let certificate: TLSCertificate
            do throws(TLSMaterialFault) {
                certificate = try TLSCertificate(chain: chain.bytes, key: key.bytes, staple: staple)
            } catch {
                throw Self.fault(error, pair, files)
            }
            if certificate.notAfter < now {
                throw TLSFileFault(
                    path: pair.certificate, option: files.options.certificate, reason: .expired(certificate.notAfter))
            }
            if certificate.notBefore > now {
                throw TLSFileFault(
                    path: pair.certificate, option: files.options.certificate,
                    reason: .notYetValid(certificate.notBefore))
            }
            certificates.append(certificate)
        }
        self.certificates = certificates
        self.staleStaples = staleStaples
        var policy = TLSServer.Policy(applicationProtocols: protocols)
        if let path = files.clientAuthorities {
            policy.clientAuthorities = Self.array(try Self.read(path, files.authoritiesOption))
        }
        self.policy = policy
    }

    /// Makes the port's server.
    ///
    /// - Parameter files: where the material came from, for what the library refuses only now.
    func server(_ files: TLSFiles, _ tickets: TLSTicketKeys) throws(TLSFileFault) -> TLSServer {
        do throws(TLSMaterialFault) {
            return try TLSServer(certificates, policy, tickets: tickets)
        } catch {
            let isOfAuthorities = error == .noAuthorities
            throw TLSFileFault(
                path: (isOfAuthorities ? files.clientAuthorities : files.pairs.first?.certificate) ?? "",
                option: isOfAuthorities ? files.authoritiesOption : files.options.certificate,
                reason: .material(error))
        }
    }

    private static func fault(_ fault: TLSMaterialFault, _ pair: TLSFiles.Pair, _ files: TLSFiles) -> TLSFileFault {
        switch fault {
        case .noKey, .encryptedKey, .mismatch:
            TLSFileFault(path: pair.key, option: files.options.key, reason: .material(fault))
        default: TLSFileFault(path: pair.certificate, option: files.options.certificate, reason: .material(fault))
        }
    }

    /// An OCSP response; empty if its time is over.
    private static func staple(_ path: String, now: Int64) throws(TLSFileFault) -> [UInt8] {
        let bytes = try read(path, "--tls-ocsp-response")
        do throws(TLSMaterialFault) {
            return try TLSCertificate.stapleEnd(bytes.bytes) < now ? [] : array(bytes)
        } catch {
            throw TLSFileFault(path: path, option: "--tls-ocsp-response", reason: .material(error))
        }
    }

    private static func read(_ path: String, _ option: String) throws(TLSFileFault) -> ByteBuffer {
        do throws(FileFault) {
            return try FileSystem.read(path, byteCountLimit: TransportSecurityLimits.fileByteCount)
        } catch {
            throw TLSFileFault(path: path, option: option, reason: .unreadable(error))
        }
    }

    private static func array(_ buffer: borrowing ByteBuffer) -> [UInt8] {
        let bytes = buffer.bytes
        return bytes.indices.map { bytes[$0] }
    }
}
