/// The targets of `Package.swift` as it is written: their layers and what they may import.
///
/// The text is read, not the package: asking the package manager would wait for the run that these tests are part of.
struct Manifest {
    /// One target of `Sources`.
    struct Target: Equatable {
        var name: String
        /// The number behind the last comment `// Layer N` above the target.
        var layer: Int
        var dependencies: [String]
    }

    private(set) var targets: [Target] = []

    /// Reads a manifest's text.
    init(_ text: String) {
        var layer: Int?
        var isInTargets = false
        var statement = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let trimmed = line.drop { $0 == " " }
            guard isInTargets else {
                isInTargets = trimmed.hasPrefix("targets: [")
                continue
            }
            if trimmed.hasPrefix("// Layer "), let number = Int(trimmed.dropFirst(9).prefix { $0.isNumber }) {
                layer = number
            } else if trimmed.hasPrefix("// Tests") {
                layer = nil
            } else if !trimmed.hasPrefix("//") {
                statement += trimmed
                if isComplete(statement) {
                    if let layer, let target = Self.target(statement, layer: layer) { targets.append(target) }
                    statement = ""
                }
            }
        }
    }

    /// The target of a name.
    func target(_ name: String) -> Target? {
        targets.first { $0.name == name }
    }

    /// Arrows that do not point to a lower layer.
    var risingArrows: [String] {
        targets.flatMap { target in
            target.dependencies.compactMap { name in
                guard let dependency = self.target(name) else {
                    return "\(target.name) → \(name), which has no layer"
                }
                return dependency.layer < target.layer ? nil : "\(target.name) → \(name)"
            }
        }
    }

    private func isComplete(_ statement: String) -> Bool {
        let opening = statement.count { $0 == "(" || $0 == "[" }
        let closing = statement.count { $0 == ")" || $0 == "]" }
        return opening > 0 && opening == closing && statement.hasSuffix(",")
    }

    private static func target(_ statement: String, layer: Int) -> Target? {
        let kinds = [".target(", ".executableTarget(", ".systemLibrary(", "kernelTarget("]
        guard kinds.contains(where: statement.hasPrefix) else { return nil }
        let names = quoted(statement)
        guard let name = names.first else { return nil }
        var dependencies: [String] = statement.hasPrefix("kernelTarget(") ? ["CVectorPrimitives"] : []
        if let list = statement.firstRange(of: "dependencies: [") {
            // The list ends with the bracket that closes it; a conditional target holds brackets of its own.
            var depth = 1
            let inside = statement[list.upperBound...].prefix { character in
                if character == "[" { depth += 1 }
                if character == "]" { depth -= 1 }
                return depth > 0
            }
            let withoutTraits = inside.split(separator: ", condition:").enumerated().map { index, part in
                index == 0 ? part : part.drop { $0 != ")" }
            }
            dependencies += withoutTraits.flatMap { quoted(String($0)) }
        }
        return Target(name: name, layer: layer, dependencies: dependencies)
    }

    private static func quoted(_ text: String) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .compactMap { index, part in index % 2 == 1 ? String(part) : nil }
    }
}
