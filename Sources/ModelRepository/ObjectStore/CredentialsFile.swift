/// The profiles of a shared file of credentials.
///
/// - Source: AWS, "Configuration and credential file settings in the AWS CLI": sections in brackets, `name = value`,
///   comments that begin a line with `#` or `;`.
struct CredentialsFile {
    private var sections: [String: [String: String]] = [:]

    /// Reads a file's text; lines that are neither of these are ignored, as AWS's tools do.
    init(_ text: String) {
        var section: String?
        for line in text.split(whereSeparator: \.isNewline) {
            let line = Self.trimmed(line)
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                let name = Self.trimmed(line.dropFirst().dropLast())
                section = name
                sections[name, default: [:]] = sections[name] ?? [:]
            } else if let section, let equals = line.firstIndex(of: "=") {
                let name = Self.trimmed(line[..<equals]).lowercased()
                sections[section]?[name] = Self.trimmed(line[line.index(after: equals)...])
            }
        }
    }

    /// The settings of a profile.
    subscript(profile: String) -> [String: String]? { sections[profile] }

    private static func trimmed(_ text: Substring) -> String {
        let begin = text.drop { $0 == " " || $0 == "\t" }
        return String(begin.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
