import Testing

/// Every rule over every file, and every rule over the samples that prove it.
@Suite struct TidyRulesTests {
    @Test func `the repository's files are found`() {
        let paths = Set(SourceFile.all.map(\.path))
        #expect(paths.isSuperset(of: ["Package.swift", "Makefile", "Sources/rowan/main.swift", ".ci/run"]))
        #expect(!paths.contains { $0.hasPrefix(".build") || $0.hasPrefix(".git/") })
    }

    @Test(arguments: TidyRules.all)
    func `the repository keeps the rule`(rule: TidyRule) {
        let findings = SourceFile.all.flatMap(rule.findings)
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test(arguments: TidyRules.all)
    func `the rule finds what it is there for`(rule: TidyRule) {
        #expect(!rule.bad.isEmpty && !rule.good.isEmpty)
        for sample in rule.bad {
            #expect(!rule.findings(SourceFile(path: sample.path, text: sample.text)).isEmpty, "\(sample)")
        }
    }

    @Test(arguments: TidyRules.all)
    func `the rule lets pass what only looks alike`(rule: TidyRule) {
        for sample in rule.good {
            let findings = rule.findings(SourceFile(path: sample.path, text: sample.text))
            #expect(findings.isEmpty, "\(sample) \(findings)")
        }
    }

    @Test func `long files are named, not refused`() {
        for file in SourceFile.all where file.isSwift && file.source.lines.count > 500 {
            print("\(file.path) has \(file.source.lines.count) lines; can it be two?")
        }
    }
}
