/// Why a command line was not accepted, with what to do about it.
package enum OptionFault: Error, Equatable {
    /// No option has this name.
    case unknownOption(String, nearest: String?)
    /// No command has this name.
    case unknownCommand(String, nearest: String?)
    /// No command was given.
    case missingCommand
    /// An option that needs a value is the last word.
    case missingValue(option: String, placeholder: String)
    /// A word that belongs to no option.
    case unexpectedArgument(String, command: String)
    /// A command lacks the word that it works on.
    case missingArgument(String, command: String)
    /// The option or command is known, and this version cannot do what it asks for.
    case notInThisVersion(String, reason: String)
    /// The value cannot be used; `source` is the option or the variable that holds it.
    case unusableValue(source: String, value: String, expected: String)
    /// Two options contradict each other; the sentence names both.
    case contradiction(String)
    /// The file of `--config` cannot be read, or is not what such a file is; why, and where.
    case configuration(String, String)
    /// Neither a repository nor a model was named.
    case nothingToServe

    /// What the process ends with: 2 when the command line is not one of Rowan's, 1 when its values cannot be used.
    package var exitCode: Int32 {
        switch self {
        case .unknownOption, .unknownCommand, .missingCommand, .missingValue, .unexpectedArgument, .missingArgument,
            .notInThisVersion:
            2
        case .unusableValue, .contradiction, .configuration, .nothingToServe: 1
        }
    }

    /// One or two sentences for the person who typed the command: the cause and the remedy.
    package var message: String {
        switch self {
        case .unknownOption(let name, let nearest):
            Self.unknown("option", name, nearest) + "; `rowan serve --help` lists all."
        case .unknownCommand(let name, let nearest):
            Self.unknown("command", name, nearest) + "; `rowan --help` lists all."
        case .missingCommand:
            "Name a command, for example `rowan serve --model-repository model_repository`; `rowan --help` lists all."
        case .missingValue(let option, let placeholder):
            "\(option) needs a value: write \(option)=\(placeholder)."
        case .unexpectedArgument(let word, let command):
            "\(Self.shown(word)) belongs to no option of `rowan \(command)`; "
                + "values follow their option, as in --http-port 8000."
        case .missingArgument(let argument, let command):
            "`rowan \(command)` needs to know its \(argument): write `rowan \(command) \(argument)`."
        case .notInThisVersion(let name, let reason):
            "\(name) cannot be used with this version: \(reason)."
        case .unusableValue(let source, let value, let expected):
            "\(source) is \(Self.shown(value)): give \(expected)."
        case .contradiction(let sentence):
            sentence
        case .configuration(let path, let sentence):
            "--config \(path): \(sentence)"
        case .nothingToServe:
            "There is nothing to serve: name a directory of models with --model-repository DIR "
                + "or a single model with --model NAME=PATH."
        }
    }

    private static func unknown(_ kind: String, _ name: String, _ nearest: String?) -> String {
        let question = nearest.map { " (did you mean \($0)?)" } ?? ""
        return "There is no \(kind) \(shown(name))\(question)"
    }

    /// A word of the command line in quotes, without what could move a terminal's cursor, and not longer than a line.
    private static func shown(_ word: String) -> String {
        let visible = word.unicodeScalars.prefix(200).map { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                ? "?" : String(scalar)
        }
        return "\"\(visible.joined())\""
    }
}
