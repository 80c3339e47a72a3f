/// What an operator has said about TLS: for all ports, and for single ones.
package struct TLSOptions: Equatable, Sendable {
    /// Files as options name them, one list for each option.
    package struct Given: Equatable, Sendable {
        package var certificates: [String] = []
        package var keys: [String] = []
        package var staples: [String] = []
        package var clientAuthorities: String?

        /// Nothing was named.
        package init() {}
    }

    /// What was said about one port.
    package struct Port: Equatable, Sendable {
        /// Nil: TLS, if there are certificates for it.
        package var isOn: Bool?
        package var given = Given()

        /// Nothing was said.
        package init() {}
    }

    /// For every port that has no certificates of its own.
    package var common = Given()
    package var http = Port()
    package var grpc = Port()
    package var metrics = Port()
    /// Triton's option: clients of gRPC must show a certificate.
    package var grpcDemandsClients = false

    /// Nothing was said: no port speaks TLS.
    package init() {}

    private func port(_ port: TLSPort) -> Port {
        switch port {
        case .http: http
        case .grpc: grpc
        case .metrics: metrics
        }
    }

    /// Whether a port speaks TLS.
    private func isOn(_ port: TLSPort) -> Bool {
        let said = self.port(port)
        if port == .grpc, grpcDemandsClients { return true }
        return said.isOn ?? !(said.given.certificates.isEmpty && common.certificates.isEmpty)
    }

    /// The files of a port; nil for one in the clear.
    ///
    /// - Precondition: there is no `contradiction`.
    package func files(of port: TLSPort) -> TLSFiles? {
        guard isOn(port) else { return nil }
        let own = self.port(port).given
        let hasOwn = !own.certificates.isEmpty
        let given = hasOwn ? own : common
        let pairs = given.certificates.indices.map { index in
            TLSFiles.Pair(
                certificate: given.certificates[index], key: given.keys[index],
                staple: index < given.staples.count ? given.staples[index] : nil)
        }
        return TLSFiles(
            pairs: pairs, clientAuthorities: own.clientAuthorities ?? common.clientAuthorities,
            options: Self.names(of: hasOwn ? port : nil),
            authoritiesOption: Self.names(of: own.clientAuthorities == nil ? nil : port).authorities)
    }

    /// The options of a port's own files, or of all ports'.
    private static func names(of port: TLSPort?) -> TLSFiles.OptionNames {
        switch port {
        case nil:
            TLSFiles.OptionNames(
                certificate: "--tls-certificate", key: "--tls-key", authorities: "--tls-client-ca")
        case .grpc?:
            TLSFiles.OptionNames(
                certificate: "--grpc-server-cert", key: "--grpc-server-key", authorities: "--grpc-root-cert")
        case .http?, .metrics?:
            TLSFiles.OptionNames(
                certificate: "--\(port?.rawValue ?? "")-tls-certificate", key: "--\(port?.rawValue ?? "")-tls-key",
                authorities: "--\(port?.rawValue ?? "")-tls-client-ca")
        }
    }

    /// What cannot be meant, as a sentence; nil if everything can.
    package var contradiction: String? {
        if let sentence = Self.contradiction(in: common, Self.names(of: nil), of: nil) { return sentence }
        if common.staples.count > common.certificates.count {
            return "--tls-ocsp-response is given more often than --tls-certificate: the n-th belongs to the n-th."
        }
        for port in TLSPort.allCases {
            let (given, names) = (self.port(port).given, Self.names(of: port))
            if let sentence = Self.contradiction(in: given, names, of: port) { return sentence }
            guard isOn(port), given.certificates.isEmpty, common.certificates.isEmpty else { continue }
            let option =
                port != .grpc ? "--\(port)-tls" : grpcDemandsClients ? "--grpc-use-ssl-mutual" : "--grpc-use-ssl"
            return "\(option) needs a certificate: give --tls-certificate and --tls-key, or \(names.certificate) and "
                + "\(names.key)."
        }
        if grpcDemandsClients, grpc.given.clientAuthorities == nil, common.clientAuthorities == nil {
            return "--grpc-use-ssl-mutual needs the authorities of clients: give --grpc-root-cert or --tls-client-ca."
        }
        if let unused = common.clientAuthorities, TLSPort.allCases.allSatisfy({ !isOn($0) }) {
            return "--tls-client-ca \(unused) has no effect without TLS: give --tls-certificate and --tls-key."
        }
        return nil
    }

    private static func contradiction(
        in given: Given, _ names: TLSFiles.OptionNames, of port: TLSPort?
    ) -> String? {
        if given.certificates.count != given.keys.count {
            return "\(names.certificate) is given \(times(given.certificates.count)) and \(names.key) "
                + "\(times(given.keys.count)): give each certificate its key, in the same order."
        }
        let limit = ServerOptionLimits.certificateCount
        return given.certificates.count > limit ? "\(names.certificate) is given more than \(limit) times." : nil
    }

    private static func times(_ count: Int) -> String {
        switch count {
        case 0: "not at all"
        case 1: "once"
        default: "\(count) times"
        }
    }
}
