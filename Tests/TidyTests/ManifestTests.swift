import TestSupport
import Testing

/// Arrows between modules point downward, in the manifest and in every `import`.
@Suite struct ManifestTests {
    private static let manifest = Manifest(TextFile.text(at: RepositoryRoot.path + "/Package.swift") ?? "")

    private static let sample = """
            targets: [
                // Layer 0: below all.
                .target(name: "C"),
                // Layer 1
                kernelTarget("Kernel", instructionSet: "v2"),
                .target(name: "A", dependencies: ["C"]),
                .target(
                    name: "B", dependencies: ["A", "C"], swiftSettings: strict),
                // Layer 2
                .executableTarget(
                    name: "x",
                    dependencies: ["B", .target(name: "C", condition: .when(traits: ["T"])), "Lost"]),
                // Tests
                .target(name: "Support"),
            ]
        """

    @Test func `targets, layers and dependencies are read`() {
        #expect(
            Manifest(Self.sample).targets == [
                Manifest.Target(name: "C", layer: 0, dependencies: []),
                Manifest.Target(name: "Kernel", layer: 1, dependencies: ["CVectorPrimitives"]),
                Manifest.Target(name: "A", layer: 1, dependencies: ["C"]),
                Manifest.Target(name: "B", layer: 1, dependencies: ["A", "C"]),
                Manifest.Target(name: "x", layer: 2, dependencies: ["B", "C", "Lost"]),
            ])
    }

    @Test func `an arrow within a layer is found`() {
        #expect(Manifest(Self.sample).risingArrows.contains("B → A"))
        #expect(!Manifest(Self.sample).risingArrows.contains("A → C"))
    }

    @Test func `arrows point to lower layers only`() {
        #expect(Self.manifest.targets.count > 15)
        #expect(Self.manifest.risingArrows == [])
    }

    @Test func `every folder of Sources is a target of a layer`() {
        let folders = Set(SourceFile.all.filter { $0.path.hasPrefix("Sources/") }.compactMap(\.target))
        #expect(folders.subtracting(Self.manifest.targets.map(\.name)) == [])
    }

    @Test func `a module imports what it depends on directly, and nothing else`() {
        let findings = SourceFile.all.filter(\.isSwiftSource).flatMap { Self.undeclaredImports($0, Self.manifest) }
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func `an import of a dependency's dependency is found`() {
        let file = SourceFile(
            path: "Sources/x/A.swift",
            text: "import B\npackage import C\n@testable import A\nimport func B.b\nimport struct D.E\n")
        let found = ["Sources/x/A.swift: imports A", "Sources/x/A.swift: imports D"]
        #expect(Self.undeclaredImports(file, Manifest(Self.sample)) == found)
    }

    /// Modules that the toolchain brings.
    private static let toolchain: Set<String> = ["Glibc", "Synchronization"]

    private static func undeclaredImports(_ file: SourceFile, _ manifest: Manifest) -> [String] {
        let allowed = manifest.target(file.target ?? "")?.dependencies ?? []
        return file.source.code.compactMap { line in
            let words = line.split(separator: " ")
            guard let keyword = words.firstIndex(of: "import"), keyword <= 2 else { return nil }
            // An import of a single declaration says its kind first.
            let kinds: Set<Substring> = ["func", "struct", "class", "enum", "protocol", "typealias", "let", "var"]
            guard let name = words[(keyword + 1)...].first(where: { !kinds.contains($0) }) else { return nil }
            let module = String(name.prefix { $0 != "." })
            return allowed.contains(module) || toolchain.contains(module) ? nil : "\(file.path): imports \(module)"
        }
    }
}
