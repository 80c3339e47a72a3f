import AccessControl
import LinuxSystem
import ModelRepository
import RequestTracing

/// Turns the words behind `rowan serve`, the variables of the environment and the file of `--config` into checked
/// options.
///
/// A flag wins over the variable of the same option, and both win over its field in the file. An option that is
/// repeatable on the command line holds one value in its variable, and any number in the file.
package struct ServerOptionsParser {
    /// One option as it was given.
    private struct Given {
        let option: ServerOption
        let setting: ServerSetting

        init(_ option: ServerOption, _ value: String?, _ origin: ServerSetting.Origin) {
            self.option = option
            setting = ServerSetting(name: option.name, value: value, origin: origin)
        }

        var source: String { setting.source }
        var value: String? { setting.value }
    }

    private var options = ServerOptions()
    /// Each option with an effect and where its value comes from, in the order of the help.
    private(set) var settings: [ServerSetting] = []
    /// What the file says.
    private(set) var configuration = ServerConfiguration()

    private init() {}

    /// Reads options.
    ///
    /// - Parameter arguments: the words behind `serve`.
    /// - Parameter environment: variables of the process; those that begin with `ROWAN_` or `OTEL_` count.
    package static func parse(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws(OptionFault) -> ServerOptions {
        try read(arguments, environment: environment).options
    }

    /// Reads options, and remembers where each comes from.
    ///
    /// - Parameter command: what messages call the command that the words stand behind.
    /// - Parameter mayServeNothing: whether it is no fault that no model is named.
    static func read(
        _ arguments: [String], environment: [String: String], command: String = "serve", mayServeNothing: Bool = false
    ) throws(OptionFault) -> ServerOptionsParser {
        var parser = ServerOptionsParser()
        let flags = try given(by: arguments, command)
        try parser.refuseRepetition(flags)
        let words = others(parser.given(by: environment), than: flags) + flags
        let file = words.last { $0.option.name == ServerOption.configuration }?.value ?? ""
        let fields = file.isEmpty ? [] : try parser.given(byFile: file)
        let all = others(fields, than: words) + words
        // `--allow-http=false` holds whatever port is named before or behind it, `--trace-config` whatever older
        // options say.
        func appliesLast(_ each: Given) -> Bool {
            each.option.name.hasPrefix("--allow-") || each.option.name == "--trace-config"
        }
        for each in all where !appliesLast(each) { try parser.apply(each) }
        for each in all where appliesLast(each) { try parser.apply(each) }
        try parser.finishTracing(environment)
        try parser.finish(given: Set(all.map(\.option.name)), mayServeNothing)
        parser.settings = settings(all)
        return parser
    }

    /// Those of options that nobody else has given.
    private static func others(_ given: [Given], than winners: [Given]) -> [Given] {
        let named = Set(winners.map(\.option.name))
        return given.filter { !named.contains($0.option.name) }
    }

    private static func settings(_ given: [Given]) -> [ServerSetting] {
        let byName = Dictionary(grouping: given, by: \.option.name)
        return ServerOption.all.flatMap { option -> [ServerSetting] in
            if let given = byName[option.name] { return given.map(\.setting) }
            guard option.configurationField != nil || option.name == ServerOption.configuration else { return [] }
            return [ServerSetting(name: option.name, value: option.usual, origin: .usual)]
        }
    }

    private static func given(by arguments: [String], _ command: String) throws(OptionFault) -> [Given] {
        var given: [Given] = []
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word != "--" else {
                throw .unexpectedArgument(word, command: command)
            }
            let equals = word.firstIndex(of: "=")
            let name = equals.map { String(word[..<$0]) } ?? word
            var value = equals.map { String(word[word.index(after: $0)...]) }
            guard let option = ServerOption.named(name) else {
                throw .unknownOption(name, nearest: NearestName.among(ServerOption.all.map(\.name), to: name))
            }
            if value == nil, let next = rest.first, option.takes(next) { value = rest.removeFirst() }
            if case .value(let placeholder, _, _) = option.effect, value == nil {
                throw .missingValue(option: name, placeholder: placeholder)
            }
            given.append(Given(option, value, .flag))
        }
        return given
    }

    private mutating func given(by environment: [String: String]) -> [Given] {
        let options = Dictionary(uniqueKeysWithValues: ServerOption.all.map { ($0.variable, $0) })
        var given: [Given] = []
        for (variable, value) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("ROWAN_") {
            if let option = options[variable] {
                given.append(Given(option, value, .variable(variable)))
            } else if let meant = Self.optionMeant(by: variable) {
                self.options.notices.append(
                    "the variable \(variable) belongs to no option and has no effect; did you mean \(meant)?")
            }
        }
        return given
    }

    private mutating func given(byFile path: String) throws(OptionFault) -> [Given] {
        let content: ByteBuffer
        do throws(FileFault) {
            content = try FileSystem.read(path, byteCountLimit: ModelRepositoryLimits.textFormatByteLimit)
        } catch {
            throw .configuration(path, "\(error)")
        }
        do throws(TextFormatFault) {
            configuration = try content.withBytes { (bytes) throws(TextFormatFault) in
                try ServerConfiguration.read(bytes, options: ServerOption.fields)
            }
        } catch {
            throw .configuration(path, error.description)
        }
        return configuration.options.compactMap { value in
            ServerOption.ofField(value.name).map {
                Given($0, value.text, .file(path: path, value.position))
            }
        }
    }

    /// The variable of an option that another variable's name is probably a slip of the finger for.
    ///
    /// Others belong to somebody else: Kubernetes derives `ROWAN_SERVICE_HOST` and many more from a service's name.
    private static func optionMeant(by variable: String) -> String? {
        let names = ServerOption.all.map { String($0.variable.dropFirst(variablePrefix.count)) }
        let name = variable.dropFirst(variablePrefix.count)
        guard !name.hasPrefix("SERVICE_"), !name.hasPrefix("PORT") else { return nil }
        return NearestName.among(names, to: String(name)).map { variablePrefix + $0 }
    }

    private static let variablePrefix = "ROWAN_"

    private func refuseRepetition(_ flags: [Given]) throws(OptionFault) {
        var seen: [String: String?] = [:]
        for flag in flags {
            if case .value(_, isRepeatable: true, _) = flag.option.effect { continue }
            if let before = seen[flag.option.name], before != flag.value {
                throw .contradiction("\(flag.option.name) is given twice with different values: give it once.")
            }
            seen.updateValue(flag.value, forKey: flag.option.name)
        }
    }

    private mutating func apply(_ given: Given) throws(OptionFault) {
        switch given.option.effect {
        case .value(_, _, let apply):
            let value = given.value ?? ""
            do {
                try apply(&options, value)
            } catch {
                let shown = given.option.holdsSecret ? "not shown" : value
                throw .unusableValue(source: given.source, value: shown, expected: error.expected)
            }
        case .flag(let apply):
            guard let isOn = Self.flag(given.value) else {
                throw .unusableValue(source: given.source, value: given.value ?? "", expected: "true or false")
            }
            apply(&options, isOn)
        case .withoutEffect(let reason):
            options.notices.append("\(given.source) has no effect: \(reason)")
        case .refused(let reason):
            throw .notInThisVersion(given.source, reason: reason)
        case .refusedIfOn(let reason):
            if Self.flag(given.value) != false { throw .notInThisVersion(given.source, reason: reason) }
        }
    }

    /// Reads a truth as Triton does; a flag that stands alone is on.
    static func flag(_ value: String?) -> Bool? {
        switch value?.lowercased() {
        case nil, "true", "on", "1": true
        case "false", "off", "0": false
        default: nil
        }
    }

    private mutating func finishTracing(_ environment: [String: String]) throws(OptionFault) {
        do throws(TraceConfiguration.UnusableVariable) {
            try options.tracing.apply(environment: environment)
        } catch {
            throw .unusableValue(source: error.name, value: error.value, expected: error.expected)
        }
        if let sentence = options.tracing.contradiction { throw .contradiction(sentence) }
        if let notice = options.tracing.notice { options.notices.append(notice) }
    }

    /// - Parameter given: the names of the options that were given.
    private mutating func finish(given: Set<String>, _ mayServeNothing: Bool) throws(OptionFault) {
        if !given.contains("--grpc-address") { options.grpcAddress = options.httpAddress }
        if !given.contains("--metrics-address") { options.metricsAddress = options.httpAddress }
        let hasModels = !options.modelRepositories.isEmpty || !options.models.isEmpty
        guard hasModels || mayServeNothing else { throw .nothingToServe }
        if let sentence = options.tls.contradiction { throw .contradiction(sentence) }
        if !options.loadModels.isEmpty, options.modelControlMode != .explicit {
            throw .contradiction("--load-model needs --model-control-mode=explicit: give both, or neither.")
        }
        if options.loadModels.contains("*"), Set(options.loadModels).count > 1 {
            throw .contradiction("--load-model=* loads every model: give no other --load-model beside it.")
        }
        if options.proxyProtocol, options.trustedProxies.isEmpty {
            throw .contradiction("--proxy-protocol needs --trusted-proxies: name the addresses of the proxies.")
        }
        try checkPorts()
        if options.httpPort == .off, options.grpcPort == .off {
            throw .contradiction("HTTP and gRPC are both switched off: give --http-port or --grpc-port a port.")
        }
    }

    /// Refuses two listeners at one port of overlapping addresses.
    private func checkPorts() throws(OptionFault) {
        let listeners = [
            ("http", options.httpAddress, options.httpPort), ("grpc", options.grpcAddress, options.grpcPort),
            ("metrics", options.metricsAddress, options.metricsPort),
        ]
        for (index, one) in listeners.enumerated() {
            for other in listeners[..<index] {
                guard case .number(let port) = one.2, one.2 == other.2 else { continue }
                guard one.1 == other.1 || [one.1, other.1].contains(where: { $0 == "0.0.0.0" || $0 == "::" }) else {
                    continue
                }
                throw .contradiction(
                    "--\(other.0)-port and --\(one.0)-port are both \(port): give each its own, or -1 to one of them.")
            }
        }
    }
}

extension ServerOption {
    /// Whether the next word of a command line is this option's value.
    fileprivate func takes(_ word: String) -> Bool {
        switch effect {
        case .value: true
        case .flag, .refusedIfOn: ServerOptionsParser.flag(word) != nil
        case .withoutEffect, .refused: !word.hasPrefix("--")
        }
    }
}
