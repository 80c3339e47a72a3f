import EventLoops
import LinuxSystem

/// The TLS of one port: what it was read from, and what its loops have.
struct SecuredPort: Sendable {
    let port: TLSPort
    let files: TLSFiles
    private let protocols: [String]
    private(set) var material: TLSMaterial
    private(set) var server: TLSServer
    private var watch: CertificateWatch

    /// Reads a port's files.
    ///
    /// - Parameter now: seconds since 1970, UTC.
    init(
        _ port: TLSPort, _ files: TLSFiles, protocols: [String], tickets: TLSTicketKeys, now: Int64
    ) throws(TLSFileFault) {
        self.port = port
        self.files = files
        self.protocols = protocols
        watch = CertificateWatch(taken: CertificateWatch.looks(of: files.paths))
        material = try TLSMaterial(files, protocols: protocols, now: now)
        server = try material.server(files, tickets)
    }

    /// Whether the files are to be read anew.
    ///
    /// - Parameter isAsked: somebody wants them to be, whether they have changed or not.
    mutating func isDue(isAsked: Bool) -> Bool {
        let looks = CertificateWatch.looks(of: files.paths)
        return isAsked ? watch.asked(looks) : watch.looked(looks)
    }

    /// What the files hold now.
    func reread(now: Int64) throws(TLSFileFault) -> TLSMaterial {
        try TLSMaterial(files, protocols: protocols, now: now)
    }

    /// Takes other material, or the same with other keys; nothing changes if the library refuses it.
    mutating func take(_ material: TLSMaterial, _ tickets: TLSTicketKeys) throws(TLSFileFault) {
        server = try material.server(files, tickets)
        self.material = material
    }
}
