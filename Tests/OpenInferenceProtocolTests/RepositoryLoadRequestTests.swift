import Testing

@testable import OpenInferenceProtocol

/// Bodies of requests that load and unload models.
struct RepositoryLoadRequestTests {
    private static func load(_ body: String) throws(ProtocolError) -> RepositoryLoadRequest {
        try RepositoryLoadRequest(loading: "m", Array(body.utf8).span)
    }

    private static func refusal(_ body: String) -> String? {
        do throws(ProtocolError) {
            _ = try load(body)
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: ["", "{}", "{\"parameters\": {}}", "{\"other\": [{\"a\": 1}], \"parameters\": {}}"])
    func `a body may say nothing`(body: String) throws {
        let request = try Self.load(body)
        #expect(request.configuration == nil && request.files.isEmpty)
    }

    @Test func `configuration and files are read`() throws {
        let request = try Self.load(
            "{\"parameters\": {\"file:1/a.json\": \"aGVsbG8=\", \"config\": \"{\\\"a\\\": 1}\", \"file:2/b\": \"\"}}")
        #expect(request.configuration == Array("{\"a\": 1}".utf8))
        #expect(request.files.map(\.path) == ["1/a.json", "2/b"])
        #expect(request.files.map(\.content) == [Array("hello".utf8), []])
    }

    @Test(arguments: [
        ("{", "failed to parse the request JSON buffer: the text ends early at byte 1"),
        ("[]", "the body of a repository request is no object"),
        ("{\"parameters\": 1}", "'parameters' of a repository request is no object, or given twice"),
        (
            "{\"parameters\": {}, \"parameters\": {}}",
            "'parameters' of a repository request is no object, or given twice"
        ),
        ("{\"parameters\": {\"config\": 1}}", "parameter 'config' of a load request is no string"),
        (
            "{\"parameters\": {\"other\": \"x\"}}",
            "unrecognized load parameter 'other' for model 'm': use config or file:…"
        ),
        ("{\"parameters\": {\"config\": \"a\", \"config\": \"b\"}}", "parameter 'config' is given twice"),
        ("{\"parameters\": {\"file:1/a\": \"!\"}}", "file '1/a' is not in base64"),
        (
            "{\"parameters\": {\"file:1/a\": \"aGVsbG8=\"}}",
            "failed to load 'm': files come only with parameter 'config' beside them"
        ),
    ])
    func `what is wrong is refused`(body: String, message: String) {
        #expect(Self.refusal(body) == message)
    }

    @Test func `files are limited`() {
        func body(_ count: Int) -> String {
            let files = (0..<count).map { "\"file:1/\($0)\": \"\"" }
            return "{\"parameters\": {\"config\": \"{}\", \(files.joined(separator: ", "))}}"
        }
        let limit = OpenInferenceProtocolLimits.loadFileCount
        #expect(Self.refusal(body(limit)) == nil)
        #expect(Self.refusal(body(limit + 1)) == "more than \(limit) files in a load request")
    }

    @Test func `an unload may take others with it`() throws {
        func asks(_ body: String) throws(ProtocolError) -> Bool {
            try RepositoryLoadRequest.unloadsDependents(Array(body.utf8).span)
        }
        #expect(try !asks(""))
        #expect(try !asks("{\"parameters\": {\"unload_dependents\": false, \"other\": {\"a\": [1]}}}"))
        #expect(try asks("{\"parameters\": {\"unload_dependents\": true}}"))
        #expect(throws: ProtocolError.self) { try asks("{\"parameters\": {\"unload_dependents\": \"yes\"}}") }
    }
}
