import LinuxSystem
import Testing

@testable import ServerView

/// The text format of Prometheus, by the examples of its specification, and what is not it.
struct ExpositionReaderTests {
    private func samples(_ text: String, only: String? = nil) throws -> [String] {
        var found: [String] = []
        try ExpositionReader.read(Array(text.utf8).span) {
            only == nil || $0 == only
        } report: {
            (name, labels, value) throws(ViewFault) in
            let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            found.append("\(name)|\(pairs.joined(separator: ","))|\(value)")
        }
        return found
    }

    @Test func `samples of the specification's example are read`() throws {
        let text = #"""
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000
            # Escaping in label values:
            msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} \#
            1.458255915e9
            # Minimalistic line:
            metric_without_timestamp_and_labels 12.47
            # A weird metric from before the epoch:
            something_weird{problem="division by zero"} +Inf -3982045
            http_request_duration_seconds_bucket{le="0.05",} 24054
            """#
        #expect(
            try samples(text) == [
                "http_requests_total|code=200,method=post|1027.0", "http_requests_total|code=400,method=post|3.0",
                "msdos_file_access_time_seconds|error=Cannot find file:\n\"FILE.TXT\",path=C:\\DIR\\FILE.TXT|"
                    + "1458255915.0",
                "metric_without_timestamp_and_labels||12.47", "something_weird|problem=division by zero|inf",
                "http_request_duration_seconds_bucket|le=0.05|24054.0",
            ])
    }

    @Test func `only wanted families are read`() throws {
        #expect(try samples("a 1\nb 2\nab 3\na 4\n", only: "a") == ["a||1.0", "a||4.0"])
    }

    @Test(arguments: [
        "", "a", "a ", "a{", "a{b", "a{b=", "a{b=\"", "a{b=\"c", "a{b=\"c\"", "a{b=\"c\"}", "a{b=\"c\"} x", "{} 1 2 x}",
        "a{b=c} 1", "a{\"b\"} 1", "\u{0}", "a{b=\"\\", "a{b=\"c\" d} 1",
    ])
    func `what is no sample is passed over`(line: String) throws {
        #expect(try samples(line + "\ngood 1\n").last == "good||1.0")
    }

    @Test func `a line that is too long is passed over`() throws {
        let longest = String(repeating: "a", count: ServerViewLimits.lineByteCount - 2)
        #expect(try samples("\(longest) 1\nb 2") == ["\(longest)||1.0", "b||2.0"])
        #expect(try samples("\(longest)a 1\nb 2") == ["b||2.0"])
    }
}
