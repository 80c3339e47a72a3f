import AccessControl
import Testing

@testable import HTTPConnections
@testable import InferenceServer

@Suite struct OriginAnswersTests {
    private func origins(_ list: String) throws -> OriginAnswers {
        var restrictions = APIRestrictions()
        try restrictions.add("logging:X-Log=1")
        return OriginAnswers(try AllowedOrigins(list), restrictions: restrictions)
    }

    /// The lines of an answer with these fields.
    private func lines(_ fields: HTTPAnswerFields?) -> [String] {
        fields?.fields.map { "\($0.name): \(String(decoding: $0.value, as: UTF8.self))" } ?? []
    }

    @Test func `a page that may call is told so`() throws {
        let origins = try origins("https://a.example,https://b.example")
        let call = ParsedHead.with(["Origin: https://b.example"]) { origins.fields($0, $1) } ?? nil
        #expect(
            lines(call) == [
                "access-control-allow-origin: https://b.example", "vary: origin",
                "access-control-expose-headers: inference-header-content-length, retry-after, traceparent",
            ])
        let question = ["Origin: https://a.example", "Access-Control-Request-Method: POST"]
        let permission = ParsedHead.with(question, method: "OPTIONS") { origins.permission($0, $1) } ?? nil
        #expect(
            lines(permission) == [
                "access-control-allow-origin: https://a.example", "vary: origin",
                "access-control-allow-methods: GET, HEAD, POST",
                "access-control-allow-headers: authorization, content-encoding, content-type, "
                    + "inference-header-content-length, traceparent, tracestate, x-api-key, x-log",
                "access-control-max-age: 600",
            ])
    }

    @Test func `others are told nothing`() throws {
        let origins = try origins("https://a.example")
        for line in [[], ["Origin: https://c.example"], ["Origin: null"]] {
            #expect((ParsedHead.with(line) { lines(origins.fields($0, $1)) }) == [], "\(line)")
            let question = line + ["Access-Control-Request-Method: POST"]
            #expect((ParsedHead.with(question, method: "OPTIONS") { lines(origins.permission($0, $1)) }) == [])
        }
        let noQuestion = ["Origin: https://a.example"]
        #expect((ParsedHead.with(noQuestion, method: "OPTIONS") { lines(origins.permission($0, $1)) }) == [])
        #expect(
            (ParsedHead.with(noQuestion + ["Access-Control-Request-Method: GET"]) { lines(origins.permission($0, $1)) })
                == [])
    }

    @Test func `where all may call, answers are the same for all`() throws {
        let origins = try origins("*")
        let call = ParsedHead.with(["Origin: null"]) { lines(origins.fields($0, $1)) }
        #expect(call?.first == "access-control-allow-origin: *" && call?.contains("vary: origin") == false)
    }
}
