import EventLoops
import HTTPConnections
import LinuxSystem

/// The TLS of all ports, as the server begins with it.
struct TransportSecurity: Sendable {
    var ports: [SecuredPort] = []
    /// Nil where no port speaks TLS, and OpenSSL is not opened.
    var tickets: TLSTicketKeys?

    /// Reads the files of every port that speaks TLS.
    ///
    /// - Parameter now: seconds since 1970, UTC.
    init(_ options: ServerOptions, now: Int64 = WallClock.nanosecondsSince1970() / 1_000_000_000) throws(StartFault) {
        for port in TLSPort.allCases {
            guard options.listens(at: port), let files = options.tls.files(of: port) else { continue }
            do throws(TLSFileFault) {
                if tickets == nil { tickets = try Self.makeTickets(files) }
                guard let tickets else { continue }
                let protocols = port == .grpc ? ["h2"] : HTTPLoop.applicationProtocols
                ports.append(try SecuredPort(port, files, protocols: protocols, tickets: tickets, now: now))
            } catch {
                throw StartFault(error.description)
            }
        }
    }

    private static func makeTickets(_ files: TLSFiles) throws(TLSFileFault) -> TLSTicketKeys {
        do throws(TLSMaterialFault) {
            return try TLSTicketKeys()
        } catch {
            throw TLSFileFault(
                path: files.pairs.first?.certificate ?? "", option: files.options.certificate,
                reason: .material(error))
        }
    }

    /// The server of a port; nil for one in the clear.
    func server(of port: TLSPort) -> TLSServer? { ports.first { $0.port == port }?.server }
}

extension ServerOptions {
    /// Whether a port is served at all.
    fileprivate func listens(at port: TLSPort) -> Bool {
        switch port {
        case .http: httpPort != .off
        case .grpc: grpcPort != .off
        case .metrics: metricsPort != .off
        }
    }
}
