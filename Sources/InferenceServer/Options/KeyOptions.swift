package import AccessControl
import ModelRepository

/// What `rowan key` was asked to do, and with which file.
package struct KeyOptions: Equatable, Sendable {
    /// What is to be done.
    package enum Action: Equatable, Sendable {
        case add(KeyFileEditor.NewKey)
        case list
        case revoke(APIKeyID)
    }

    package var action: Action
    /// The file of keys.
    package var file: String
    /// Whether the answer is for programs.
    package var asJSON = false

    static let verbs = ["add", "list", "revoke"]
    private static let fileVariable = "ROWAN_API_KEYS_FILE"
    private static let ofNewKeys = [
        "--id": "NAME", "--name": "NAME", "--scope": "infer|admin", "--model": "NAME", "--requests-per-second": "N",
        "--burst": "N",
    ]

    /// Reads the words behind `rowan key`.
    static func parse(_ words: [String], environment: [String: String]) throws(OptionFault) -> KeyOptions {
        guard let verb = words.first else { throw .missingArgument("add|list|revoke", command: "key") }
        guard verbs.contains(verb) else {
            throw .unknownCommand("key \(verb)", nearest: NearestName.among(verbs, to: verb).map { "key \($0)" })
        }
        var read = try CommandWords(
            Array(words.dropFirst()), command: "key \(verb)",
            options: ["--api-keys-file": "FILE"].merging(verb == "add" ? ofNewKeys : [:]) { first, _ in first },
            repeatable: ["--model"])
        let action: Action
        switch verb {
        case "add": action = .add(try newKey(read))
        case "revoke": action = .revoke(try id(try read.takeArgument("ID"), source: "ID"))
        default: action = .list
        }
        try read.end()
        guard let file = read.values["--api-keys-file"] ?? environment[fileVariable], !file.isEmpty else {
            throw .missingArgument("--api-keys-file FILE", command: "key \(verb)")
        }
        return KeyOptions(action: action, file: file, asJSON: read.switches.contains("--json"))
    }

    private static func newKey(_ read: CommandWords) throws(OptionFault) -> KeyFileEditor.NewKey {
        var key = KeyFileEditor.NewKey()
        if let text = read.values["--id"] { key.id = try id(text, source: "--id") }
        if let name = read.values["--name"] {
            let limit = AccessControlLimits.keyNameByteCount
            guard name.utf8.count <= limit else { throw unusable("--name", name, "at most \(limit) bytes") }
            key.name = name
        }
        if let text = read.values["--scope"] {
            guard let scope = APIKey.Scope(rawValue: text) else { throw unusable("--scope", text, "infer or admin") }
            key.scope = scope
        }
        key.models = try models(read.lists["--model"])
        if let text = read.values["--requests-per-second"] {
            let range = AccessControlLimits.requestsPerSecond
            guard let rate = Double(text), range.contains(rate) else {
                throw unusable(
                    "--requests-per-second", text,
                    "a number from \(range.lowerBound) to \(Int(range.upperBound))")
            }
            key.requestsPerSecond = rate
        }
        if let text = read.values["--burst"] {
            let range = AccessControlLimits.burst
            guard !text.hasPrefix("+"), let burst = Int(text), range.contains(burst) else {
                throw unusable(
                    "--burst", text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            key.burst = burst
        }
        if key.burst != nil, key.requestsPerSecond == nil {
            throw .contradiction("--burst needs --requests-per-second: give both, or neither.")
        }
        return key
    }

    /// - Returns: nil for all models.
    private static func models(_ names: [String]?) throws(OptionFault) -> [String]? {
        guard let names else { return nil }
        for (index, name) in names.enumerated() {
            guard ModelName.isSafe(name) else { throw unusable("--model", name, "the name of a model") }
            let limit = AccessControlLimits.modelsPerKey
            guard index < limit else { throw unusable("--model", name, "at most \(limit) models, or none for all") }
        }
        return names
    }

    private static func id(_ text: String, source: String) throws(OptionFault) -> APIKeyID {
        guard let id = APIKeyID(text) else { throw unusable(source, text, "1 to 16 letters a to z and digits") }
        return id
    }

    private static func unusable(_ source: String, _ value: String, _ expected: String) -> OptionFault {
        .unusableValue(source: source, value: value, expected: expected)
    }
}
