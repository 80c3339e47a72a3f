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
        case .statistics: return "statistics"
        case .feedback(let model): return "feedback \(text(model))"
        case .experiments(let split): return "experiments \(split.map(text) ?? "*")"
        case .rollout(let split): return "rollout \(text(split))"
        case .knowledgeSearch: return "search in knowledge"
        case .knowledge(let id): return "knowledge \(id.map(text) ?? "*")"
        case .explanations(.list): return "explanations"
        case .explanations(.stream): return "explanations stream"
        case .explanations(.one(let id)): return "explanation \(text(id))"
        case .explanations(.opinion(let id)): return "opinion \(text(id))"
        case .repositoryIndex: return "index"
        case .openAPI: return "openapi"
        case .embeddings: return "embeddings"
        case .documentation: return "docs"
        case .logSettings: return "logging"
        case .traceSettings(let model): return "traces \(model.map(text) ?? "-")"
        case .repositoryControl(let verb, let name, let isQualified):
            return "\(verb) \(text(name))" + (isQualified ? " qualified" : "")
        case .sharedMemory(let kind, let verb, let region): return "\(kind) \(verb) \(region.map(text) ?? "*")"
        case .model(let resource, let name, let version):
            return "\(resource) \(text(name)) \(version.map(text) ?? "-")"
        }
    }

    @Test(arguments: [
        ("/v2/explanations", "explanations"), ("/v2/explanations/stream", "explanations stream"),
        ("/v2/explanations/a-1", "explanation a-1"), ("/v2/explanations/a-1/feedback", "opinion a-1"),
        ("/v2", "server"), ("/v2/", "server"), ("/v2/health/live", "live"), ("/v2/health/ready", "ready"),
        ("/v2/models", "list"), ("/v2/models/m", "metadata m -"), ("/v2/models/m/versions/12", "metadata m 12"),
        ("/v2/models/m/ready", "ready m -"), ("/v2/models/m/versions/1/ready", "ready m 1"),
        ("/v2/models/m/config", "configuration m -"), ("/v2/models/m/versions/1/config", "configuration m 1"),
        ("/v2/models/m/infer", "infer m -"), ("/v2/models/a.b-c%20d/versions/3/infer", "infer a.b-c%20d 3"),
        ("/v2/models/stats", "statistics"), ("/v2/models/m/stats", "statistics m -"),
        ("/v2/models/m/versions/4/stats", "statistics m 4"),
        ("/v2/models/m/drift", "drift m -"),
        ("/v2/models/m/versions/2/drift", "drift m 2"), ("/v2/models/drift/drift", "drift drift -"),
        ("/v2/models/stats/stats", "statistics stats -"),
        ("/v2/models/stats/versions/1", "metadata stats 1"), ("/v2/models/versions/infer", "infer versions -"),
        ("/v2/models/m/feedback", "feedback m"), ("/v2/experiments", "experiments *"),
        ("/v2/experiments/a%20b", "experiments a%20b"), ("/v2/experiments/s/rollout", "rollout s"),
        ("/v2/knowledge", "knowledge *"), ("/v2/knowledge/a.b:c", "knowledge a.b:c"),
        ("/v2/knowledge/search", "search in knowledge"), ("/v2/repository/index", "index"),
        ("/v1/embeddings", "embeddings"),
        ("/v2/openapi.json", "openapi"), ("/v2/docs", "docs"), ("/v2/repository/main/index", "index"),
        ("/v2/repository/models/m/load", "load m"),
        ("/v2/repository/models/m/unload", "unload m"),
        ("/v2/repository/main/models/m/load", "load m qualified"), ("/v2/logging", "logging"),
        ("/v2/trace/setting", "traces -"), ("/v2/models/m/trace/setting", "traces m"),
        ("/v2/models/trace/trace/setting", "traces trace"),
        ("/v2/repository/main/models/m/unload", "unload m qualified"),
        ("/v2/models/m/generate", "generate m -"), ("/v2/models/m/versions/2/generate_stream", "generate m 2"),
        ("/v2/systemsharedmemory/status", "system status *"), ("/v2/cudasharedmemory/status", "cuda status *"),
        ("/v2/systemsharedmemory/region/r%20/status", "system status r%20"),
        ("/v2/systemsharedmemory/region/r/register", "system register r"),
        ("/v2/systemsharedmemory/region/region/unregister", "system unregister region"),
        ("/v2/cudasharedmemory/unregister", "cuda unregister *"), ("/v2/cudasharedmemory/register", "cuda register *"),
    ]) func `a known path names its resource`(path: String, expected: String) {
        #expect(endpoint(path) == expected)
    }

    @Test(arguments: [
        "", "/", "/v", "/v1", "/v2x", "/v2//", "/v2/health", "/v2/health/", "/v2/health/ready/", "/v2/health/other",
        "/v2/models/", "/v2/models//infer", "/v2/models/m/", "/v2/models/m/other", "/v2/models/m/infer/",
        "/v2/models/m/versions", "/v2/models/m/versions/", "/v2/models/m/versions/x", "/v2/models/m/versions/1x/infer",
        "/v2/models/m/versions/-1", "/v2/models/m/versions/1/infer/x", "/v2/repository", "/v2/repository/models/m",
        "/v2/systemsharedmemory", "/v2/systemsharedmemory/", "/v2/systemsharedmemory/region/r",
        "/v2/systemsharedmemory/region//status", "/v2/systemsharedmemory/region/status", "/v2/cudasharedmemory/other",
        "/v2/systemsharedmemory/region/r/status/", "/v2/systemsharedmemory/status/x", "/v2/models/m/generate/x",
        "/v2/repository/models/m/reload", "/v2/repository/index/x", "/V2/models", "v2",
        "/v2/knowledge/", "/v2/knowledge//", "/v2/knowledge/a/b", "/v2/knowledgeable",
        "/v2/logging/", "/v2/logging/x", "/v2/trace", "/v2/trace/", "/v2/trace/settings", "/v2/trace/setting/",
        "/v2/models/m/drift/", "/v2/models/m/drift/x",
        "/v2/models/m/trace", "/v2/models/m/trace/other", "/v2/models/m/trace/setting/x",
        "/v2/models/m/versions/1/trace/setting",
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
