import JSONSyntax
import KnowledgeRetrieval
import LinuxSystem
import Testing

@testable import AnomalyExplanation

@Suite struct IncidentDocumentTests {
    private func finished() -> Incident {
        var incident = IncidentCases.incident(message: "Java \"heap\" space")
        let composer = ExtractiveComposer()
        _ = (incident.job.began(now: .zero), incident.job.retrieved(), incident.job.generated())
        let similar = SimilarIncident(
            id: "a-1", title: "t", lastTime: IncidentCases.time, count: 2, likeness: 1, verdict: .useful)
        incident.explanation = composer.compose(
            incident, RetrievalAnswer(documents: [IncidentCases.runbook], isKeywordOnly: true), similar: [similar])
        incident.opinions = [IncidentOpinion(verdict: .wrong, correction: "c", time: IncidentCases.time)]
        return incident
    }

    private func value(_ incident: Incident) throws -> JSONValue {
        var buffer = ByteBuffer()
        IncidentDocument(incident).append(to: &buffer, asked: IncidentCases.identity(7))
        return try #require(buffer.withBytes { JSONValue($0) })
    }

    @Test func `a finished incident says everything that is known`() throws {
        let value = try value(finished())
        #expect(value["id"]?.text == "0000000000000abc-7")
        #expect(value["incident"]?.text == "0000000000000abc-1")
        #expect(value["state"]?.text == "done")
        #expect(value["first_time"]?.text == "2026-01-02T03:04:05.000Z")
        #expect(value["message"]?.text == "Java \"heap\" space")
        #expect(value["generator"]?.text == "extractive")
        #expect(value["retrieval"]?.text == "keywords")
        #expect(value["value"]?.number == 0.986)
        let text = IncidentMarkdown(finished()).text
        for part in [
            "# checkout: JVM heap", "## Cause", "## Impact", "## What to look at",
            "1. Take a histogram:\n   ```\n   jcmd", "## Sources",
            "| `heap_used_ratio` | 97.2 % | 31 % – 58 % | 60 % |", "| against |", "Once, at 2026-01-02 03:04:05 UTC",
            "its explanation was useful", "without a language model",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `one that waits or has failed says so`() throws {
        let waiting = try value(IncidentCases.incident())
        #expect(waiting["state"]?.text == "queued")
        #expect(waiting["title"] == nil)
        var failed = IncidentCases.incident()
        _ = failed.job.refused("too many wait")
        #expect(try value(failed)["reason"]?.text == "too many wait")
        #expect(IncidentMarkdown(failed).text.contains("No explanation: too many wait."))
        #expect(IncidentMarkdown(IncidentCases.incident()).text.contains("is being made (queued)"))
    }
}
