import Glibc
import TestSupport
import Testing

/// What concerns the repository as a whole: its top level, its documents, its symbols, its dead files.
@Suite struct PackageTidyTests {
    @Test func `the top level holds what a reader expects and nothing else`() throws {
        let listing = try ChildProcess("/usr/bin/git", ["-C", RepositoryRoot.path, "ls-files"])
        guard try listing.waitForEnd() == .exited(code: 0) else { return }
        let expected: Set<Substring> = [
            "Package.swift", "Sources", "Tests", "model_repository", "loadtest", "deploy", "README.md", "Makefile",
            "training", "knowledge", "CHANGELOG.md", "LICENSE",
        ]
        let found = Set(listing.output.split(separator: "\n").map { $0.prefix { $0 != "/" } })
        #expect(found.filter { !$0.hasPrefix(".") && !expected.contains($0) } == [])
    }

    @Test func `every Swift target has its page`() {
        let targets = Set(SourceFile.all.filter(\.isSwiftSource).compactMap(\.target))
        // The instruction sets share one source folder and its page; the program is a few lines.
        let shared: Set<String> = [
            "rowan", "TreeKernelsAVX2", "TreeKernelsAVX512", "TreeKernelsAVX512VBMI", "TextKernelsAVX2",
            "TextKernelsAVX512",
        ]
        for target in targets.subtracting(shared) {
            let page = SourceFile.all.first { $0.path == "Sources/\(target)/\(target).docc/\(target).md" }
            #expect(page?.text.hasPrefix("# ``\(target)``\n") == true, "\(target) has no page with its title")
        }
    }

    @Test func `links between documents lead somewhere`() {
        let findings = SourceFile.all.filter(\.isMarkdown).flatMap(brokenLinks)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func `a broken link is found`() {
        let page = SourceFile(
            path: "Sources/A/B.md",
            text: "[a](gone.md) [b](../../Makefile#top) [c](https://x) [d](#here) `[e](f)` [g](../../../Makefile)\n")
        #expect(brokenLinks(page) == ["Sources/A/B.md: gone.md", "Sources/A/B.md: ../../../Makefile"])
    }

    @Test func `symbolic links stay inside the repository`() throws {
        #expect(try strayLinks(in: RepositoryRoot.path) == [])
    }

    @Test func `a symbolic link that leads elsewhere is found`() throws {
        let folder = TemporaryFolder()
        folder.write("a", to: "a")
        for (target, link) in [("a", "good"), ("gone", "dangling"), ("\(folder.path)/a", "absolute")] {
            // Both paths end with a zero byte.
            #expect(unsafe symlink(target, "\(folder.path)/\(link)") == 0)
        }
        #expect(try strayLinks(in: folder.path).sorted() == ["absolute", "dangling"])
    }

    @Test func `what the compiler is told to trust has a decision note`() {
        let notes = SourceFile.all.filter { $0.path.contains(".docc/Decisions/") }
        let findings = untold(SourceFile.all.filter(\.isSwiftSource), notes: notes)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func `an untold exception from concurrency checking is found`() {
        let files = [
            SourceFile(path: "Sources/A/B.swift", text: "final class B: @unchecked Sendable {}"),
            SourceFile(path: "Sources/A/C.swift", text: "nonisolated(unsafe) var c = 0"),
            SourceFile(path: "Sources/A/D.swift", text: "// @unchecked Sendable"),
        ]
        let notes = [SourceFile(path: "Sources/A/A.docc/Decisions/0001-c.md", text: "`C` is written before start.\n")]
        #expect(untold([SourceFile(path: "Sources/A/C+Sendable.swift", text: files[1].text)], notes: notes) == [])
        #expect(untold(files, notes: notes) == ["Sources/A/B.swift: no decision note names B"])
    }

    @Test func `every limit stands in a test`() {
        let limits = SourceFile.all.filter { $0.isSwiftSource && $0.name.hasSuffix("Limits.swift") }
        #expect(limits.count > 5)
        let tests = SourceFile.all.filter { $0.isSwift && $0.target?.hasSuffix("Tests") == true }
        // Listeners are told how many connections they may have; their tests reach lower numbers than these defaults.
        let defaults = ["EventLoopsLimits.connectionsPerLoop", "HTTPLimits.connectionCount"]
        #expect(untested(limits, tests: tests).filter { !defaults.contains($0) } == [])
    }

    @Test func `a limit without a test is found`() {
        let limits = [
            SourceFile(
                path: "Sources/A/WheelLimits.swift",
                text: """
                    enum WheelLimits {
                        static let spokeCount = 1
                        static let rimByteCount = 2
                        package var turnCount: Int = 3
                        var hubCount: Int { 4 }
                        func check() {
                            let spare = 5
                        }
                    }
                    """)
        ]
        let tests = [
            SourceFile(path: "Tests/ATests/B.swift", text: "WheelLimits.rimByteCountAtMost\n// WheelLimits.spokeCount"),
            SourceFile(path: "Tests/ATests/C.swift", text: "limits.turnCount = 1"),
        ]
        #expect(untested(limits, tests: tests) == ["WheelLimits.spokeCount", "WheelLimits.rimByteCount"])
    }

    @Test func `every type is used outside its own file`() {
        let sources = SourceFile.all.filter { $0.isSwiftSource && !$0.name.contains("+") && $0.name != "main.swift" }
        let findings = sources.filter { file in
            !file.path.contains("/TreeKernels") && !file.path.contains("/TextKernels")
                && !SourceFile.all.contains { other in
                    other.path != file.path && other.isSwiftSource && other.mayContain(file.stem)
                }
        }
        #expect(findings.isEmpty, "\(findings.map(\.path).joined(separator: "\n"))")
    }

    @Test(arguments: ["CShims", "CBuildFacts", "CCurl", "CFastFloat", "COpenSSL", "CPostgres", "CVectorPrimitives"])
    func `symbols of C and C++ carry the prefix`(target: String) throws {
        let objects = SourceFile.all.filter {
            $0.target == target && ($0.name.hasSuffix(".c") || $0.name.hasSuffix(".cpp"))
        }
        .map { "\(BuiltProducts.folder)/\(target).build/\($0.name).o" }
        try #require(!objects.isEmpty)
        let listing = try ChildProcess("/usr/bin/nm", ["--extern-only", "--defined-only"] + objects)
        #expect(try listing.waitForEnd() == .exited(code: 0), "\(listing.errorOutput)")
        let foreign = foreignSymbols(listing.output)
        #expect(foreign == [])
    }

    @Test func `a symbol without the prefix is found`() {
        let listing = "0000 T rowan_open\n0010 T open_it\n0020 W _ZN10fast_float5chars\n\nx.o:\n0030 D table\n"
        #expect(foreignSymbols(listing) == ["open_it", "table"])
    }

    /// The stored members of limits that no test reads or sets.
    private func untested(_ limits: [SourceFile], tests: [SourceFile]) -> [String] {
        limits.flatMap { file in
            // Members are indented once; what stands deeper is inside a function.
            file.source.code.compactMap { line -> String? in
                guard line.hasPrefix("    "), !line.hasPrefix("     "), line.contains("=") else { return nil }
                let words = line.split { $0 == " " || $0 == ":" }
                guard let keyword = words.firstIndex(where: { $0 == "let" || $0 == "var" }) else { return nil }
                return words[keyword...].dropFirst().first.map { String($0) }
            }
            .filter { name in
                !tests.contains { test in
                    guard test.mayContain("imits.\(name)") else { return false }
                    return test.source.code.contains { line in
                        line.contains("imits.\(name)") && Words.contains(line, name)
                    }
                }
            }
            .map { "\(file.stem).\($0)" }
        }
    }

    /// Weak symbols (W, V, u) are templates of C++ headers, which the linker merges.
    private func foreignSymbols(_ listing: String) -> [Substring] {
        listing.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, !["W", "V", "u"].contains(words[1]) else { return nil }
            // The allocator names the variable that it reads.
            if words[2].hasPrefix("rowan_") || words[2].hasPrefix("__asan") || words[2] == "malloc_conf" { return nil }
            return words[2]
        }
    }

    private func brokenLinks(_ page: SourceFile) -> [String] {
        var findings: [String] = []
        var isFenced = false
        for line in page.source.lines {
            if line.hasPrefix("```") { isFenced.toggle() }
            if isFenced { continue }
            // Code spans are no links.
            let prose = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                .map { index, part in index % 2 == 0 ? String(part) : "" }.joined(separator: "`")
            for piece in prose.split(separator: "](").dropFirst() {
                let target = piece.prefix { $0 != ")" && $0 != "#" && $0 != " " }
                guard !target.isEmpty, !target.contains(":") else { continue }
                let path = resolved(target, from: page.components.dropLast())
                if path.map({ TextFile.exists("\(RepositoryRoot.path)/\($0)") }) != true {
                    findings.append("\(page.path): \(target)")
                }
            }
        }
        return findings
    }

    /// A link's path from the root, worked out on paper as a browser does it; nil if it leads out of the repository.
    private func resolved(_ target: Substring, from folders: ArraySlice<Substring>) -> String? {
        var components = Array(folders)
        for component in target.split(separator: "/") where component != "." {
            if component != ".." {
                components.append(component)
            } else if components.popLast() == nil {
                return nil
            }
        }
        return components.joined(separator: "/")
    }

    private func strayLinks(in folder: String) throws -> [Substring] {
        let hidden = ["(", "-name", ".build", "-o", "-name", ".git", "-o", "-name", ".library", ")", "-prune"]
        // Dangling links, and those that would dangle in another clone.
        let stray = ["-type", "l", "(", "-xtype", "l", "-o", "-lname", "/*", ")", "-printf", "%P\\n"]
        let finding = try ChildProcess("/usr/bin/find", [folder] + hidden + ["-o"] + stray)
        #expect(try finding.waitForEnd() == .exited(code: 0), "\(finding.errorOutput)")
        return finding.output.split(separator: "\n")
    }

    private func untold(_ files: [SourceFile], notes: [SourceFile]) -> [String] {
        files.filter { $0.mayContain("@unchecked Sendable") || $0.mayContain("nonisolated(unsafe)") }
            .filter { file in !notes.contains { Words.contains($0.text, file.subject) } }
            .map { "\($0.path): no decision note names \($0.subject)" }
    }
}
