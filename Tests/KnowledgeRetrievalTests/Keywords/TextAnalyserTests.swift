import Testing

@testable import KnowledgeRetrieval

@Suite struct TextAnalyserTests {
    @Test(arguments: [
        ("KubePodCrashLooping", ["kube", "pod", "crash", "loop"]),
        ("kube_pod_status", ["kube", "pod", "statu"]),
        ("HTTPServerErrors", ["http", "server", "error"]),
        ("the disk is full", ["disk", "full"]),
        ("exit code 137, HTTP 503", ["exit", "code", "137", "http", "503"]),
        ("took 12345 ms on 7d9f8b6c5d at 2024", ["took", "m"]),
        ("http2 ext4 p99 x2k4p9z8", ["http2", "ext4", "p99"]),
        ("Größe ÜBER", ["größe", "über"]),
        ("a b c", []),
        ("", []),
    ])
    func `words become terms`(text: String, terms: [String]) {
        #expect(TextAnalyser.terms(of: text) == terms)
    }

    @Test func `remembered words give the same terms`() {
        let text = "KubePodCrashLooping the disk_full 503 \(String(repeating: "x", count: 50)) KubePodCrashLooping"
        let table = TermTable()
        for _ in 0..<3 {
            var terms: [String] = []
            table.forEachTerm(of: Array(text.utf8).span) { terms.append(table.terms[Int($0)]) }
            #expect(terms == TextAnalyser.terms(of: text))
        }
    }

    @Test func `many different words are kept apart`() {
        let table = TermTable()
        for number in 0..<20_000 {
            let word = "w" + Letter.text(String(number).utf8.map { $0 + 0x40 })
            table.forEachTerm(of: Array(word.utf8).span) { _ in }
        }
        #expect(Set(table.terms).count == table.terms.count)
    }
}
