import AnomalyExplanation
import LinuxSystem
import OpenInferenceProtocol
import Testing

@testable import InferenceServer

/// What calls about explanations may ask.
@Suite struct ExplanationQueryTests {
    private func filter(_ query: String) -> (IncidentFilter?, String) {
        let bytes = Array(query.utf8)
        do throws(ProtocolError) {
            return (try ExplanationQuery.filter(QueryParameters(bytes.span)), "")
        } catch {
            return (nil, error.message)
        }
    }

    @Test func `every filter is read`() {
        let (read, fault) = filter(
            "model=m&service=a%20b&state=done&signature=00000000000000ab&since=1970-01-01T00:00:02Z"
                + "&cursor=0000000000000001-f&limit=7")
        #expect(fault == "")
        #expect(read?.model == "m" && read?.service == "a b" && read?.state == .done && read?.limit == 7)
        #expect(read?.signature?.number == 0xAB && read?.since == 2_000_000_000)
        #expect(read?.cursor == ExplanationIdentity(origin: 1, sequence: 15))
        #expect(filter("").0 == IncidentFilter())
    }

    @Test func `what cannot be meant is refused`() {
        for query in [
            "state=x", "signature=1", "since=now", "cursor=1", "limit=0", "limit=1001", "limit=x", "colour=1",
        ] {
            #expect(filter(query).0 == nil)
            #expect(filter(query).1.contains(String(query.prefix { $0 != "=" })))
        }
    }

    @Test func `patience is a time, and has an end`() throws {
        #expect(try ExplanationQuery.patience("10s") == .seconds(10))
        #expect(try ExplanationQuery.patience("10") == .seconds(10))
        #expect(try ExplanationQuery.patience("250ms") == .milliseconds(250))
        let limit = AnomalyHandoverLimits.waitSeconds
        #expect(try ExplanationQuery.patience("\(limit)s") == .seconds(limit))
        for text in ["", "s", "-1s", "1m", "\(limit + 1)s", "99999999999999999999s", "9999999999999999s"] {
            #expect(throws: ProtocolError.self) { try ExplanationQuery.patience(text) }
        }
    }

    @Test func `an opinion is a verdict, a correction, or both`() throws {
        func read(_ text: String) throws(ProtocolError) -> IncidentOpinion {
            let bytes = Array(text.utf8)
            return try ExplanationOpinion.read(bytes.span, time: 5)
        }
        #expect(try read(#"{"verdict":"useful"}"#) == IncidentOpinion(verdict: .useful, time: 5))
        #expect(try read(#"{"correction":"c password=x"}"#).correction == "c password=[redacted]")
        #expect(try read(#"{"correction":"c"}"#).verdict == .wrong)
        let limit = ExplanationLimits.correctionByteCount
        let just = String(repeating: "c", count: limit)
        #expect(try read(#"{"correction":""# + just + #""}"#).correction == just)
        for text in [
            "", "[]", "{}", #"{"verdict":"good"}"#, #"{"correction":1}"#, #"{"correction":"c"# + just + #""}"#,
        ] {
            #expect(throws: ProtocolError.self) { _ = try read(text) }
        }
    }

    @Test func `only so many calls wait`() {
        let limit = AnomalyHandoverLimits.waitingCalls
        #expect(InferenceHandler.explanationRefusal(waitingCount: limit - 1) == nil)
        #expect(InferenceHandler.explanationRefusal(waitingCount: limit)?.code == .unavailable)
        // A body may hold the longest correction with every byte escaped.
        #expect(AnomalyHandoverLimits.opinionByteCount > 6 * ExplanationLimits.correctionByteCount)
    }
}
