import ModelRepository

/// The fields of the file of `--config` that stand for options: one for each option that has an effect.
extension ServerOption {
    /// The name of an option in the file and, in capitals, in its variable: without leading dashes, with underscores.
    var field: String { String(name.dropFirst(2).map { $0 == "-" ? "_" : $0 }) }

    /// Every field, as the parser of the file wants to know it.
    static let fields = all.compactMap(\.configurationField)

    /// The option that a field stands for.
    static func ofField(_ field: String) -> ServerOption? { named("--" + field.map { $0 == "_" ? "-" : $0 }) }

    /// Nil for an option that has no effect, is refused, or names the file itself.
    var configurationField: ServerConfiguration.OptionField? {
        guard name != Self.configuration else { return nil }
        switch effect {
        case .value(let placeholder, let isRepeatable, _):
            return ServerConfiguration.OptionField(
                name: field, kind: Self.numbers.contains(placeholder) ? .number : .text, isRepeatable: isRepeatable)
        case .flag: return ServerConfiguration.OptionField(name: field, kind: .truth, isRepeatable: false)
        case .withoutEffect, .refused, .refusedIfOn: return nil
        }
    }

    /// The option that names the file.
    static let configuration = "--config"

    /// What options that take a whole number call it.
    private static let numbers: Set = ["PORT", "N", "SECONDS", "MILLISECONDS", "BYTES"]

    /// What holds if nobody says anything: what stands in parentheses at the end of the help.
    var usual: String? {
        guard help.hasSuffix(")"), let start = help.lastIndex(of: "(") else { return nil }
        return String(help[help.index(after: start)...].dropLast())
    }
}
