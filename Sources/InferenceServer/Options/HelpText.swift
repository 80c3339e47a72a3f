/// What `--help` prints; the list of options comes from their table.
enum HelpText {
    static let program = """
        Rowan serves tree ensembles over the Open Inference Protocol (KServe v2).

        rowan serve --model-repository DIR   serve the models of a directory
        rowan check DIR [--json]             say what would be served and every fault; ends with 1 if there is any
        rowan bench MODEL [options]          measure what a row costs, by the number of rows in a call
        rowan --version                      version, commit, compiler, instruction sets found
        rowan serve --help                   every option

        Exit codes: 0 well, 1 fault, 2 a command line that Rowan does not know.

        """

    static let check = """
        rowan check DIR [--json]

        Lists the models that `rowan serve --model-repository DIR` would serve, and every fault with file and line.
        Ends with 1 if there is any fault.

          --json   one JSON object per line: "kind" is "model", "notice" or "fault"

        """

    static let bench = """
        rowan bench MODEL [options]

        Says which engine serves a model and why better ones do not, and measures rows per second and nanoseconds of
        processor time per row on one thread, by the number of rows in a call: medians over seeded rows around the
        model's own thresholds, in a few seconds. MODEL is a model file or the directory of a version or of a model.

          --isa SET              highest instruction set of the kernels: baseline, v3, v4 or vbmi (the best found)
          --rows-per-call N      measure calls of N rows; may be given again (1, 8, 64, 512, 4096)
          --missing FRACTION     how many of the values are missing, from 0 to 1 (0)
          --json                 one JSON object on one line

        Ends with 1 if the model cannot be read.

        """

    static let serve: String = {
        var text = "rowan serve --model-repository DIR [options]\n"
        for section in ServerOption.Section.allCases where section != .elsewhere {
            text += "\n\(section.rawValue)\n"
            for option in ServerOption.all where option.section == section {
                text += "  " + padded(usage(of: option)) + option.help + "\n"
            }
        }
        text += "\nTriton's options that are accepted, have no effect, and are named at start\n" + withoutEffect
        text += """

            Each option is also read from a variable: ROWAN_HTTP_PORT for --http-port; a flag wins over a variable.
            Values follow a blank or an equals sign. Triton's remaining options are refused with the reason.

            """
        return text
    }()

    /// Accepted options by the reason why they have no effect.
    private static var withoutEffect: String {
        var groups: [(reason: String, names: [String])] = []
        for option in ServerOption.withoutEffect {
            guard case .withoutEffect(let reason) = option.effect else { continue }
            if groups.last?.reason == reason {
                groups[groups.count - 1].names.append(option.name)
            } else {
                groups.append((reason, [option.name]))
            }
        }
        return groups.map { "  \($0.reason):\n" + lines(of: $0.names) }.joined()
    }

    /// Words in lines of a terminal's width.
    private static func lines(of words: [String]) -> String {
        var text = ""
        var line = "   "
        for word in words {
            if line.count + 1 + word.count > columnCount {
                text += line + "\n"
                line = "   "
            }
            line += " " + word
        }
        return text + line + "\n"
    }

    private static let columnCount = 110

    private static func usage(of option: ServerOption) -> String {
        switch option.effect {
        case .value(let placeholder, _, _): "\(option.name) \(placeholder)"
        case .flag: "\(option.name)[=false]"
        case .withoutEffect, .refused: option.name
        }
    }

    private static func padded(_ usage: String) -> String {
        usage + String(repeating: " ", count: max(2, 31 - usage.count))
    }
}
