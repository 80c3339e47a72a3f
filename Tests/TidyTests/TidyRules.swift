/// The rules for single files.
///
/// What concerns the whole package is in `PackageTidyTests`.
enum TidyRules {
    static let all = naming + calls + unsafety + prose + declarations

    // MARK: - Names

    private static let forbiddenWords = [
        "Utils", "Util", "Utilities", "Utility", "Helpers", "Helper", "Common", "Misc", "Manager", "Base", "Impl",
        "Extensions", "Placeholder",
    ]

    private static let naming = [
        TidyRule(
            sentence: "No file and no folder has a name that says nothing",
            bad: [
                Sample("Sources/A/Utils/B.swift", "enum B {}"), Sample("Sources/A/QueueManager.swift", ""),
                Sample("Sources/A/Two Words.swift", ""), Sample("Sources/A/Placeholder.swift", ""),
            ],
            good: [
                Sample("Sources/A/Database.swift", ""), Sample("Sources/A/Baseline.swift", ""),
            ]
        ) { file in
            let isCode = file.isSwift || file.isC
            guard isCode else { return [] }
            if file.path.contains(" ") { return ["\(file.path): a name with a blank"] }
            return file.components.flatMap { words(in: $0) }.filter(forbiddenWords.contains).map {
                "\(file.path): \($0) says nothing; name what it is about"
            }
        },
        TidyRule(
            sentence: "A file is named after its primary type, or after the type that it extends",
            bad: [
                Sample("Sources/A/Wheel.swift", "struct Axle {}"),
                Sample("Sources/A/Wheel+Turning.swift", "struct B {}"),
            ],
            good: [
                Sample("Sources/A/Wheel.swift", "package final class Wheel {}"),
                Sample("Sources/A/Wheel+Turning.swift", "extension Wheel {}"), Sample("Sources/A/main.swift", "run()"),
                Sample("Sources/TreeKernels/Walk.swift", "func walk() {}"),
            ]
        ) { file in
            let isExempt =
                file.name == "main.swift" || file.name == "Package.swift" || isKernel(file)
            guard file.isSwift, !isExempt else { return [] }
            let type = file.subject
            let keywords =
                file.stem != type
                ? ["extension"] : ["struct", "class", "enum", "protocol", "actor", "typealias", "macro"]
            let isThere = file.source.code.contains { line in
                keywords.contains { Words.contains(line, $0, followedBy: type) }
            }
            return isThere ? [] : ["\(file.path): declares no \(keywords[0]) named \(type)"]
        },
    ]

    /// Kernels are functions.
    private static func isKernel(_ file: SourceFile) -> Bool {
        file.path.contains("/TreeKernels") || file.path.contains("/TextKernels")
    }

    /// The words of a CamelCase name.
    private static func words(in name: Substring) -> [String] {
        var words: [String] = []
        for character in name {
            if character.isLetter, character.isLowercase, !words.isEmpty {
                words[words.count - 1].append(character)
            } else if character.isLetter {
                words.append(String(character))
            } else {
                words.append("")
            }
        }
        return words
    }

    // MARK: - Calls

    private static let bannedWords: [(word: String, remedy: String, onlyInSources: Bool)] = [
        ("fatalError", "precondition with a sentence", false),
        ("DispatchQueue", "an event loop or a SystemThread", false),
        ("ContinuousClock", "the injected MonotonicClock", true),
        ("SuspendingClock", "the injected MonotonicClock", true),
        ("print", "EventLog, or StandardStream in a command", true),
        ("debugPrint", "EventLog", true),
        ("public", "package", false),
        ("sleep", "a deadline of the injected clock", true),
        ("usleep", "a deadline of the injected clock", true),
        ("async", "an event loop's message", true),
        ("await", "an event loop's message", true),
    ]

    private static let calls = [
        TidyRule.inCode(
            "Calls that were found to hurt are not made", about: bannedWords.map(\.word) + ["try!", " as! "],
            bad: [
                Sample("Sources/A/B.swift", "fatalError(\"no\")"), Sample("Sources/A/B.swift", "    print(1)"),
                Sample("Sources/A/B.swift", "let a = try! b()"), Sample("Sources/A/B.swift", "let a = b as! C"),
                Sample("Sources/A/B.swift", "public func a() {}"),
            ],
            good: [
                Sample("Sources/A/B.swift", "blueprint(1); let a = \"public\" // fatalError"),
                Sample("Tests/A/B.swift", "print(1)"),
            ]
        ) { code, file, _ in
            if code.contains("try!") { return "try! hides a fault; handle it" }
            if code.contains(" as! ") { return "as! hides a fault; use as? or a generic" }
            for banned in bannedWords where !banned.onlyInSources || file.isSwiftSource {
                guard file.mayContain(banned.word) else { continue }
                if Words.contains(code, banned.word) { return "\(banned.word): use \(banned.remedy)" }
            }
            return nil
        },
        TidyRule.inCode(
            "Foundation stays out: it costs size and time at start", about: ["Foundation", "Dispatch"],
            bad: [
                Sample("Sources/A/B.swift", "import Foundation"),
                Sample("Sources/A/B.swift", "package import Dispatch"),
                Sample("Tests/A/B.swift", "import Foundation"),
            ],
            good: [Sample("Sources/A/B.swift", "import LinuxSystem // not Foundation")]
        ) { code, _, _ in
            for module in ["Foundation", "FoundationEssentials", "Dispatch"]
            where Words.contains(code, "import", followedBy: module) {
                return "imports \(module)"
            }
            return nil
        },
        TidyRule.inCode(
            "Only LinuxSystem talks to the C library; others take single functions of its mathematics",
            about: ["Glibc"],
            bad: [
                Sample("Sources/EventLoops/B.swift", "import Glibc"),
                Sample("Sources/EventLoops/B.swift", "import func Glibc.expf"),
                Sample("Sources/TreeEnsembles/B.swift", "import Glibc"),
                Sample("Sources/TreeEnsembles/B.swift", "import func Glibc.open"),
                Sample("Sources/TreeEnsembles/B.swift", "let a = Glibc.open(b, c)"),
            ],
            good: [
                Sample("Sources/LinuxSystem/B.swift", "import Glibc"), Sample("Tests/A/B.swift", "import Glibc"),
                Sample("Sources/TreeEnsembles/B.swift", "import func Glibc.expf"),
            ],
            where: { $0.isSwiftSource && $0.target != "LinuxSystem" }
        ) { code, file, _ in
            guard Words.contains(code, "Glibc") else { return nil }
            if mathematicians.contains(file.target), mathematics.contains(code) { return nil }
            return "uses Glibc"
        },
    ]

    /// Who computes what others define down to the last bit: predictions, statistics, scores.
    private static let mathematicians: Set<String?> = ["TreeEnsembles", "ModelMonitoring", "KnowledgeRetrieval"]

    /// How a file may import what trainers define their predictions by, down to the last bit, and what statistics are
    /// made of.
    ///
    /// These functions are arithmetic, not calls to the system; named one by one, they let nothing else of the library
    /// in.
    private static let mathematics = Set(
        ["asin", "erfc", "exp", "expf", "log", "log1p", "log1pf", "logf", "pow", "powf"].map {
            "import func Glibc.\($0)"
        })

    // MARK: - Unsafe code

    /// Where `unsafe` may stand: the owner of memory, and the modules that call a C library or a kernel.
    private static let unsafeTargets = [
        "LinuxSystem", "JSONSyntax", "AccessControl", "EventLoops", "HTTPConnections", "OutgoingHTTP", "DurableState",
        "TreeEnsembles", "TreeKernels", "TreeKernelsAVX2", "TreeKernelsAVX512", "TreeKernelsAVX512VBMI",
        "ModelMonitoring", "KnowledgeRetrieval", "TextEmbedding", "TextKernels", "TextKernelsAVX2", "TextKernelsAVX512",
        "rowan",
    ]

    /// How many lines above an `unsafe` the sentence may stand that says why it holds: a screen's worth, so that one
    /// sentence can speak for a function.
    private static let sentenceDistance = 25

    private static let unsafety = [
        TidyRule.inCode(
            "Unsafe code stands only where memory or a C library is wrapped", about: ["unsafe"],
            bad: [Sample("Sources/DynamicBatching/B.swift", "let a = unsafe b()")],
            good: [
                Sample("Sources/LinuxSystem/B.swift", "let a = unsafe b()"),
                Sample("Sources/DynamicBatching/B.swift", "// unsafe\nlet a = \"unsafe\""),
            ],
            where: { file in file.isSwiftSource && !unsafeTargets.contains(file.target ?? "") }
        ) { code, _, _ in
            Words.contains(code, "unsafe") ? "unsafe outside the modules that own it" : nil
        },
        TidyRule.inCode(
            "Each piece of unsafe code has a sentence that says why it holds", about: ["unsafe"],
            bad: [Sample("Sources/LinuxSystem/B.swift", String(repeating: "\n", count: 30) + "let a = unsafe b()")],
            good: [
                Sample("Sources/LinuxSystem/B.swift", "// The kernel writes only into `a`.\nlet a = unsafe b()"),
                Sample("Sources/LinuxSystem/B.swift", "let a = unsafe b()  // The text outlives the call."),
            ],
            where: \.isSwiftSource
        ) { code, file, index in
            guard Words.contains(code, "unsafe") else { return nil }
            let near = file.source.comments[max(0, index - sentenceDistance)...index]
            return near.contains { $0.contains("//") } ? nil : "unsafe without a sentence that says why it holds"
        },
    ]

    // MARK: - Prose

    private static let prose = [
        TidyRule(
            sentence: "No marker of unfinished work is left",
            bad: [Sample("Sources/A/B.swift", "// TO" + "DO: later"), Sample("README.md", "FIX" + "ME")],
            good: [Sample("Sources/A/B.swift", "// Everything is TODONE.")]
        ) { file in
            guard ["TO" + "DO", "FIX" + "ME", "XX" + "X"].contains(where: file.mentions) else { return [] }
            return matchingLines(file) { line in
                ["TO" + "DO", "FIX" + "ME", "XX" + "X"].first { Words.contains(line, $0) }
            }
        },
        TidyRule(
            sentence: "Texts do not name the places and papers of their making",
            bad: [Sample("Sources/A/B.swift", "// as /wo" + "rk/notes says"), Sample("README.md", "see iss" + "ue 3")],
            good: [Sample("Sources/A/B.swift", "/// The network's work.")]
        ) { file in
            let phrases = [
                "/wo" + "rk/", "/tm" + "p/wt", "iss" + "ue 1", "iss" + "ue 2", "iss" + "ue 3", "iss" + "ue 4",
            ]
            guard phrases.contains(where: file.mentions) else { return [] }
            return matchingLines(file) { line in phrases.first { line.contains($0) } }
        },
        TidyRule(
            sentence: "Lines fit 120 columns, end without blanks, and hold no tabs outside the Makefile",
            bad: [
                Sample("Sources/A/b.c", String(repeating: "x", count: 121)), Sample("Sources/A/b.c", "int a; \n"),
                Sample("a.py", "\tpass\n"), Sample("a.py", "pass\r\n"), Sample("a.py", "pass"), Sample("a.py", ""),
            ],
            good: [Sample("Makefile", "a:\n\ttrue\n"), Sample("README.md", String(repeating: "x", count: 500) + "\n")]
        ) { file in
            let hasTabs = file.name != "Makefile" && file.mentions("\t")
            let hasReturns = file.mentions("\r")
            var findings = matchingLines(file) { line in
                if !file.isMarkdown, line.utf8.count > 120, line.count > 120 { return "longer than 120 columns" }
                if line.utf8.last == 32 { return "ends with a blank" }
                if hasTabs, line.utf8.contains(9) { return "holds a tab" }
                return hasReturns && line.utf8.contains(13) ? "holds a carriage return" : nil
            }
            if file.text.isEmpty { findings.append("\(file.path): is empty") }
            if file.text.utf8.last != 10, !file.isSwift { findings.append("\(file.path): ends without a newline") }
            return findings
        },
    ]

    private static func matchingLines(_ file: SourceFile, _ finding: (Substring) -> String?) -> [String] {
        file.source.lines.enumerated().compactMap { index, line in
            finding(line).map { "\(file.path):\(index + 1): \($0)" }
        }
    }

    // MARK: - Declarations

    private static let templateOrder = [
        "- Shape:", "- Units:", "- Layout:", "- Ownership:", "- Isolation:", "- Complexity:", "- Parameter",
        "- Returns:", "- Throws:", "- Precondition:", "- Source:",
    ]

    private static let declarations = [
        TidyRule.inCode(
            "What other modules use is documented", about: ["package"],
            bad: [
                Sample("Sources/A/B.swift", "package struct B {\n    package func turn(by angle: Int) {}\n}"),
                Sample("Sources/A/B.swift", "@safe\npackage struct B {}"),
            ],
            good: [
                Sample("Sources/A/B.swift", "/// A wheel.\n@safe\npackage struct B {\n    package var count: Int\n}"),
                Sample("Sources/A/B.swift", "package import LinuxSystem"),
                Sample("Sources/A/B.swift", "    package static func == (left: B, right: B) -> Bool { true }"),
                Sample("Sources/A/B.swift", "extension B: C {\n    package func required() {}\n}"),
            ],
            where: \.isSwiftSource
        ) { code, file, index in
            documentationFinding(code, file, index)
        },
        TidyRule(
            sentence: "The points of a documentation comment keep the order of the template",
            bad: [Sample("Sources/A/B.swift", "/// A.\n///\n/// - Returns: b\n/// - Units: bytes\nfunc a() {}")],
            good: [
                Sample("Sources/A/B.swift", "/// A.\n///\n/// - Units: bytes\n/// - Returns: b\nfunc a() {}"),
                Sample("Sources/A/B.swift", "/// - Returns: b\nfunc a() {}\n/// - Units: c\nfunc d() {}"),
            ]
        ) { file in
            guard file.isSwift else { return [] }
            var last = 0
            return file.source.comments.enumerated().compactMap { index, comment in
                let line = comment.drop { $0 == " " }
                guard line.hasPrefix("///") else {
                    last = 0
                    return nil
                }
                let point = line.dropFirst(3).drop { $0 == " " }
                guard let place = templateOrder.firstIndex(where: point.hasPrefix) else { return nil }
                defer { last = max(last, place) }
                return place < last ? "\(file.path):\(index + 1): \(templateOrder[place]) stands too late" : nil
            }
        },
    ]

    /// Types, functions and initialisers need documentation; properties and the witnesses of a protocol, which stand in
    /// an extension that names it or are operators, may speak for themselves.
    private static func documentationFinding(_ code: String, _ file: SourceFile, _ index: Int) -> String? {
        let words = code.split { $0 == " " || $0 == "(" || $0 == "<" }.drop { $0.hasPrefix("@") }
        guard words.first == "package", !words.contains("import") else { return nil }
        let kinds: Set<Substring> = ["func", "init", "init?", "struct", "class", "enum", "protocol", "subscript"]
        guard let kind = words.firstIndex(where: kinds.contains), kind <= words.startIndex + 5 else { return nil }
        let isFunction = ["func", "init", "init?", "subscript"].contains(words[kind])
        if isFunction, isWitness(words[kind...].dropFirst().first ?? "", file, index) { return nil }
        var above = index - 1
        while above >= 0 {
            let line = file.source.lines[above].drop { $0 == " " }
            if line.hasPrefix("///") { return nil }
            if !line.hasPrefix("@") && !line.hasPrefix("//") { break }
            above -= 1
        }
        return "package \(words[kind]) without documentation"
    }

    private static func isWitness(_ name: Substring, _ file: SourceFile, _ index: Int) -> Bool {
        if let first = name.first, !first.isLetter, first != "_" { return true }
        let indentation = file.source.lines[index].prefix { $0 == " " }.count
        for above in stride(from: index - 1, through: 0, by: -1) {
            let line = file.source.code[above]
            let isOuter = line.prefix { $0 == " " }.count < indentation && line.contains { $0 != " " }
            guard isOuter, !line.drop(while: { $0 == " " }).hasPrefix(")") else { continue }
            // A declaration with a colon before its brace names what it conforms to.
            let head = line.prefix { $0 != "{" }
            return head.contains(":") && ["extension", "class", "struct", "enum"].contains { Words.contains(line, $0) }
        }
        return false
    }
}

extension TidyRules {
    private typealias Sample = TidyRule.Sample
}
