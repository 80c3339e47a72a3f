/// One option of `rowan serve`: its name, what it takes, what it does.
struct ServerOption: Sendable {
    /// What an option does with a value that cannot be used: it says what can be.
    struct Unusable: Error {
        let expected: String
    }

    /// What happens when an option is given.
    enum Effect: Sendable {
        /// It takes one value.
        case value(
            placeholder: String, isRepeatable: Bool,
            apply: @Sendable (inout ServerOptions, _ value: String) throws(Unusable) -> Void)
        /// It is switched on, or off by `=false`.
        case flag(apply: @Sendable (inout ServerOptions, Bool) -> Void)
        /// It takes a value and has no effect, which is said at start.
        case withoutEffect(reason: String)
        /// It ends the process, because serving without it would not be what was asked for.
        case refused(reason: String)
        /// It does so when it is switched on; switched off it asks for nothing.
        case refusedIfOn(reason: String)
    }

    /// Which part of the help an option stands in.
    enum Section: String, CaseIterable, Sendable {
        case models = "Models"
        case listening = "Listening"
        case access = "Access"
        case security = "TLS"
        case resources = "Resources"
        case ending = "Ending"
        case logging = "Logging"
        case tracing = "Traces"
        case monitoring = "Metrics and readiness"
        case triton = "Triton's other names"
        /// In no part of its own: without effect, or refused.
        case elsewhere = ""
    }

    /// The name with its two dashes.
    let name: String
    let section: Section
    /// One line that ends with the default.
    let help: String
    let effect: Effect
    /// Whether its value is not to be shown to whoever reads a message.
    let holdsSecret: Bool

    /// The environment variable that holds the same value.
    var variable: String {
        "ROWAN_" + field.uppercased()
    }

    init(_ name: String, _ section: Section, _ help: String, _ effect: Effect, holdsSecret: Bool = false) {
        precondition(name.hasPrefix("--"), "an option's name begins with two dashes")
        self.name = name
        self.section = section
        self.help = help
        self.effect = effect
        self.holdsSecret = holdsSecret
    }

    /// Every option that is recognised, in the order of the help.
    static let all = own + triton

    /// The option of a name.
    static func named(_ name: String) -> ServerOption? {
        byName[name]
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
