/// Which of several certificates a name belongs to.
///
/// - Source: RFC 6125 section 6.4: comparison regardless of case; a wildcard is the whole of the leftmost label and
///   stands for exactly one.
struct ServerNameTable: Equatable, Sendable {
    private var exact: [String: Int] = [:]
    /// By what stands behind the asterisk, from the dot on.
    private var wildcards: [String: Int] = [:]

    /// Makes the table.
    ///
    /// - Parameter names: of each certificate; of two with the same name the first has it.
    init(_ names: [[String]]) {
        for (index, names) in names.enumerated() {
            for name in names {
                let name = Self.normal(name)
                if name.hasPrefix("*.") {
                    let rest = String(name.dropFirst())
                    if wildcards[rest] == nil { wildcards[rest] = index }
                } else if exact[name] == nil {
                    exact[name] = index
                }
            }
        }
    }

    /// The certificate of a name; nil if none has it.
    func index(of name: String) -> Int? {
        let name = Self.normal(name)
        if let index = exact[name] { return index }
        guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return nil }
        return wildcards[String(name[dot...])]
    }

    /// In lower case and without the dot that ends a full name.
    private static func normal(_ name: String) -> String {
        let name = name.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }
}
