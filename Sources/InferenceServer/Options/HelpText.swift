/// What `--help` prints; the list of options comes from their table.
enum HelpText {
    static let program = """
        Rowan serves tree ensembles over the Open Inference Protocol (KServe v2).

        rowan serve --model-repository DIR   serve the models of a directory
        rowan check DIR                      say what would be served and every fault; ends with 1 if there is any
        rowan --version                      commit, compiler, instruction sets found
        rowan serve --help                   every option

        Exit codes: 0 well, 1 fault, 2 a command line that Rowan does not know.

        """

    static let check = """
        rowan check DIR

        Lists the models that `rowan serve --model-repository DIR` would serve, and every fault with file and line.
        Ends with 1 if there is any fault.

        """

    static let serve: String = {
        var text = "rowan serve --model-repository DIR [options]\n"
        for section in ServerOption.Section.allCases where section != .elsewhere {
            text += "\n\(section.rawValue)\n"
            for option in ServerOption.own where option.section == section {
                text += "  " + padded(usage(of: option)) + option.help + "\n"
            }
        }
        text += """

            Each option is also read from a variable: ROWAN_HTTP_PORT for --http-port; a flag wins over a variable.
            Values follow a blank or an equals sign. Triton's other options are accepted and named at start, or
            refused with the reason.

            """
        return text
    }()

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
