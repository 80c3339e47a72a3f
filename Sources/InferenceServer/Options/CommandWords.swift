import ModelRepository

/// The words behind a command, told apart: options with a value, switches, and what stands alone.
struct CommandWords {
    private let command: String
    private(set) var values: [String: String] = [:]
    /// All values of an option that may be given again, in their order.
    private(set) var lists: [String: [String]] = [:]
    private(set) var switches: Set<String> = []
    private(set) var arguments: [String] = []

    /// Reads words.
    ///
    /// - Parameter options: by name what a missing value is called.
    /// - Parameter repeatable: names of options that may be given again.
    /// - Parameter switches: names of options without a value.
    /// - Throws: for an option that the command does not have, and for one that is given twice.
    init(
        _ words: [String], command: String, options: [String: String], repeatable: Set<String> = [],
        switches known: [String] = ["--json"]
    ) throws(OptionFault) {
        self.command = command
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                arguments.append(word)
                continue
            }
            let equals = word.firstIndex(of: "=")
            let name = equals.map { String(word[..<$0]) } ?? word
            if known.contains(name) {
                guard equals == nil else { throw .unexpectedArgument(word, command: command) }
                switches.insert(name)
                continue
            }
            guard let placeholder = options[name] else {
                throw .unknownOption(name, nearest: NearestName.among(options.keys.sorted() + known, to: name))
            }
            guard let value = equals.map({ String(word[word.index(after: $0)...]) }) ?? rest.popFirst() else {
                throw .missingValue(option: name, placeholder: placeholder)
            }
            if repeatable.contains(name) {
                lists[name, default: []].append(value)
                continue
            }
            guard values[name] == nil else { throw .unexpectedArgument(word, command: command) }
            values[name] = value
        }
    }

    /// Takes the next word that stands alone.
    ///
    /// - Parameter name: what it is, for whoever has left it out.
    mutating func takeArgument(_ name: String) throws(OptionFault) -> String {
        guard !arguments.isEmpty else { throw .missingArgument(name, command: command) }
        return arguments.removeFirst()
    }

    /// Refuses words that nobody has taken.
    func end() throws(OptionFault) {
        if let word = arguments.first { throw .unexpectedArgument(word, command: command) }
    }
}
