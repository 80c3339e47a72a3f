import EventLoops
import LinuxSystem

/// Keeps the TLS of all ports fresh: reads files that have changed, gives tickets new keys, and tells the loops.
///
/// What cannot be used changes nothing: the old certificates stay, and the log says why.
///
/// - Isolation: the control loop's thread.
final class CertificateKeeper: TimerHandler {
    private var ports: [SecuredPort]
    private var tickets: TLSTicketKeys
    private var nextTicketKey: Nanoseconds
    private let state: ServerState
    private let wallClock: @Sendable () -> Int64
    /// Gives a port's loops another server.
    private let publish: (TLSPort, TLSServer) -> Void

    /// Begins to look after ports.
    ///
    /// - Parameter wallClock: nanoseconds since 1970, UTC.
    init(
        _ ports: [SecuredPort], _ tickets: TLSTicketKeys, _ state: ServerState, on loop: EventLoop,
        wallClock: @escaping @Sendable () -> Int64 = WallClock.nanosecondsSince1970,
        publish: @escaping (TLSPort, TLSServer) -> Void
    ) {
        self.ports = ports
        self.tickets = tickets
        self.state = state
        self.wallClock = wallClock
        self.publish = publish
        nextTicketKey = loop.now + TransportSecurityLimits.ticketKeyLife
        for port in ports { report(port, "certificates loaded") }
        showCertificates()
        _ = loop.arm(self, at: loop.now + TransportSecurityLimits.lookInterval)
    }

    func timerFired(on loop: EventLoop) {
        look(isAsked: false)
        if loop.now >= nextTicketKey {
            nextTicketKey = loop.now + TransportSecurityLimits.ticketKeyLife
            rotateTickets()
        }
        _ = loop.arm(self, at: loop.now + TransportSecurityLimits.lookInterval)
    }

    /// Reads the files of ports where that is due.
    ///
    /// - Parameter isAsked: whether somebody wants it to be done for all.
    func look(isAsked: Bool) {
        for index in ports.indices where ports[index].isDue(isAsked: isAsked) { reload(index) }
    }

    private func reload(_ index: Int) {
        do throws(TLSFileFault) {
            let material = try ports[index].reread(now: wallClock() / 1_000_000_000)
            let hasOtherAuthorities = material.policy != ports[index].material.policy
            try ports[index].take(material, tickets)
            publish(ports[index].port, ports[index].server)
            report(ports[index], "certificates reloaded")
            state.counters.certificatesReloaded(succeeded: true)
            showCertificates()
            // A ticket lets a client in that other authorities have vouched for.
            if hasOtherAuthorities { forgetTickets() }
        } catch {
            state.counters.certificatesReloaded(succeeded: false)
            state.log.write(
                .error, "certificates not reloaded, the old ones stay", .init("port", ports[index].port.rawValue),
                .init("option", error.option), .init("file", error.path), .init("reason", error.rule))
        }
    }

    // MARK: Tickets

    private func rotateTickets() {
        do throws(TLSMaterialFault) {
            use(try tickets.rotated())
        } catch {
            state.log.write(.error, "session tickets keep their key", .init("reason", error.description))
        }
    }

    private func forgetTickets() {
        do throws(TLSMaterialFault) {
            use(try TLSTicketKeys())
        } catch {
            state.log.write(.error, "session tickets keep their key", .init("reason", error.description))
        }
    }

    private func use(_ tickets: TLSTicketKeys) {
        self.tickets = tickets
        for index in ports.indices {
            do throws(TLSFileFault) {
                try ports[index].take(ports[index].material, tickets)
                publish(ports[index].port, ports[index].server)
            } catch {
                // The library has taken the same pair before, so that only memory can be short.
                state.log.write(.error, "session tickets keep their key", .init("reason", error.rule))
            }
        }
    }

    // MARK: Reports

    private func report(_ port: SecuredPort, _ event: StaticString) {
        let now = wallClock() / 1_000_000_000
        for (pair, certificate) in zip(port.files.pairs, port.material.certificates) {
            let isEnding = certificate.notAfter - now < TransportSecurityLimits.expiryWarningSeconds
            state.log.write(
                isEnding ? .warning : .info, event, .init("port", port.port.rawValue),
                .init("file", pair.certificate), .init("names", certificate.names.joined(separator: " ")),
                .init("valid_until", TLSFileFault.text(certificate.notAfter)))
        }
        for path in port.material.staleStaples {
            state.log.write(
                .warning, "an OCSP response is over and not handed out", .init("port", port.port.rawValue),
                .init("file", path))
        }
    }

    private func showCertificates() {
        state.counters.show(
            ports.flatMap { port in
                port.material.certificates.map { certificate in
                    CertificateFigures(
                        port: port.port, name: certificate.names.first ?? "", notAfter: certificate.notAfter)
                }
            })
    }
}
