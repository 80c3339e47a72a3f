import JSONSyntax
import ModelRepository

/// What `rowan config show` prints: what a server with these words, variables and this file would do, and where each
/// value comes from.
///
/// Values that open something are not shown.
package struct ConfigurationListing: Equatable, Sendable {
    /// In the order of the help; a repeatable option has one for each value.
    let settings: [ServerSetting]
    /// What only the file can say.
    let configuration: ServerConfiguration
    /// Whether it is for programs.
    let asJSON: Bool

    /// Reads the words behind `rowan config`.
    static func parse(
        _ words: [String], environment: [String: String]
    ) throws(OptionFault) -> ConfigurationListing {
        guard let action = words.first else { throw .missingArgument("ACTION (show)", command: "config") }
        guard action == "show" else {
            throw .unusableValue(source: "`rowan config`", value: action, expected: "show")
        }
        let rest = words.dropFirst()
        let asJSON = rest.contains("--json")
        let parser = try ServerOptionsParser.read(
            rest.filter { $0 != "--json" }, environment: environment, command: "config show", mayServeNothing: true)
        return ConfigurationListing(
            settings: parser.settings, configuration: parser.configuration, asJSON: asJSON)
    }

    /// The listing, ended by a line feed.
    package var text: String { asJSON ? json : table }

    private var table: String {
        let lines =
            settings.map { setting in
                (setting.name, shownValue(setting) ?? "-", Self.words(for: setting.origin))
            } + configuration.eventSinks.map { ("event_sink", $0.name, "file:\($0.position)") }
            + (configuration.instance.isEmpty ? [] : [("instance", configuration.instance, "file")])
        let widths = (lines.map(\.0.count).max() ?? 0, min(lines.map(\.1.count).max() ?? 0, Self.widestValue))
        return lines.map { line in
            Self.padded(line.0, widths.0) + "  " + Self.padded(line.1, widths.1) + "  " + line.2 + "\n"
        }.joined()
    }

    /// Columns that the values of a table have at most; a longer one moves what follows it.
    private static let widestValue = 40

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func words(for origin: ServerSetting.Origin) -> String {
        switch origin {
        case .usual: "default"
        case .flag: "flag"
        case .variable(let name): "variable \(name)"
        case .file(let path, let position): "file \(path):\(position)"
        }
    }

    /// A value as people and programs may see it.
    private func shownValue(_ setting: ServerSetting) -> String? {
        if setting.origin != .usual, ServerOption.named(setting.name)?.holdsSecret == true { return "(not shown)" }
        return setting.value ?? (setting.origin == .flag ? "true" : nil)
    }

    private var json: String {
        let options = settings.map { setting in
            var members = ["\"option\":\(JSONStringText.quoted(setting.name))"]
            members.append("\"value\":" + (shownValue(setting).map(JSONStringText.quoted) ?? "null"))
            switch setting.origin {
            case .usual: members.append("\"origin\":\"default\"")
            case .flag: members.append("\"origin\":\"flag\"")
            case .variable(let name):
                members.append("\"origin\":\"variable\",\"variable\":\(JSONStringText.quoted(name))")
            case .file(let path, let position):
                members.append("\"origin\":\"file\",\"file\":\(JSONStringText.quoted(path))")
                members.append("\"line\":\(position.line)")
            }
            return "{" + members.joined(separator: ",") + "}"
        }
        let sinks = configuration.eventSinks.map { JSONStringText.quoted($0.name) }
        return "{\"options\":[" + options.joined(separator: ",") + "],\"instance\":"
            + JSONStringText.quoted(configuration.instance) + ",\"event_sinks\":[" + sinks.joined(separator: ",")
            + "]}\n"
    }
}
