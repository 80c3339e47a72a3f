import Testing

@testable import InferenceServer

/// The table of paths, from the protocol's specification and Triton's extensions.
struct EndpointTableTests {
    private func endpoint(_ path: String) -> String? {
        let bytes = Array(path.utf8)
        guard let found = EndpointTable.endpoint(for: bytes.span) else { return nil }
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        switch found {
        case .live: return "live"
        case .ready: return "ready"
        case .serverMetadata: return "server"
        case .modelList: return "list"
        case .repositoryIndex: return "index"
        case .repositoryControl(let verb, let name, let isQualified):
            return "\(verb) \(text(name))" + (isQualified ? " qualified" : "")
        case .model(let resource, let name, let version):
            return "\(resource) \(text(name)) \(version.map(text) ?? "-")"
        }
    }

    @Test(arguments: [
        ("/v2", "server"), ("/v2/", "server"), ("/v2/health/live", "live"), ("/v2/health/ready", "ready"),
        ("/v2/models", "list"), ("/v2/models/m", "metadata m -"), ("/v2/models/m/versions/12", "metadata m 12"),
        ("/v2/models/m/ready", "ready m -"), ("/v2/models/m/versions/1/ready", "ready m 1"),
        ("/v2/models/m/config", "configuration m -"), ("/v2/models/m/versions/1/config", "configuration m 1"),
        ("/v2/models/m/infer", "infer m -"), ("/v2/models/a.b-c%20d/versions/3/infer", "infer a.b-c%20d 3"),
        ("/v2/models/versions/infer", "infer versions -"), ("/v2/repository/index", "index"),
        ("/v2/repository/main/index", "index"), ("/v2/repository/models/m/load", "load m"),
        ("/v2/repository/models/m/unload", "unload m"),
        ("/v2/repository/main/models/m/load", "load m qualified"),
        ("/v2/repository/main/models/m/unload", "unload m qualified"),
    ]) func `a known path names its resource`(path: String, expected: String) {
        #expect(endpoint(path) == expected)
    }

    @Test(arguments: [
        "", "/", "/v", "/v1", "/v2x", "/v2//", "/v2/health", "/v2/health/", "/v2/health/ready/", "/v2/health/other",
        "/v2/models/", "/v2/models//infer", "/v2/models/m/", "/v2/models/m/other", "/v2/models/m/infer/",
        "/v2/models/m/versions", "/v2/models/m/versions/", "/v2/models/m/versions/x", "/v2/models/m/versions/1x/infer",
        "/v2/models/m/versions/-1", "/v2/models/m/versions/1/infer/x", "/v2/repository", "/v2/repository/models/m",
        "/v2/repository/models/m/reload", "/v2/repository/index/x", "/V2/models", "v2",
    ]) func `an unknown path names nothing`(path: String) {
        #expect(endpoint(path) == nil)
    }

    @Test func `a path cut short never traps`() {
        let path = Array("/v2/models/m/versions/1/infer".utf8)
        for length in 0...path.count {
            _ = EndpointTable.endpoint(for: path.span.extracting(0..<length))
        }
    }
}
