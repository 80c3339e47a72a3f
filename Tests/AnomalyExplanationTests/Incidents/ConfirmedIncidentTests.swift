import KnowledgeRetrieval
import LinuxSystem
import Testing

@testable import AnomalyExplanation

@Suite struct ConfirmedIncidentTests {
    private func incident(_ opinion: IncidentOpinion?) -> Incident {
        var incident = IncidentCases.incident(message: "Java heap space")
        incident.explanation = ExtractiveComposer().compose(
            incident, RetrievalAnswer(documents: [IncidentCases.runbook], isKeywordOnly: true), similar: [])
        if let opinion { incident.opinions = [opinion] }
        return incident
    }

    @Test func `what was useful becomes a document with its advice`() throws {
        let document = try #require(
            ConfirmedIncident.document(of: incident(IncidentOpinion(verdict: .useful, time: 1))))
        #expect(document.refusal == nil)
        #expect(document.service == "checkout" && document.tags == ["incident"])
        #expect(document.text.contains("## Mitigation") && document.text.contains("Java heap space"))
    }

    @Test func `what was wrong leaves only its correction`() throws {
        let opinion = IncidentOpinion(verdict: .wrong, correction: "A leak in the cache.", time: 1)
        let document = try #require(ConfirmedIncident.document(of: incident(opinion)))
        #expect(document.text == "## Meaning\n\nA leak in the cache.\n\n## Message\n\nJava heap space")
    }

    @Test func `without help there is no document`() {
        #expect(ConfirmedIncident.document(of: incident(nil)) == nil)
        #expect(ConfirmedIncident.document(of: incident(IncidentOpinion(verdict: .wrong, time: 1))) == nil)
        #expect(ConfirmedIncident.document(of: IncidentCases.incident()) == nil)
    }

    @Test func `limits of what an incident shows are kept`() {
        #expect(IncidentCases.incident().leadingNames.count <= ExplanationLimits.signatureFeatures)
        #expect(ExplanationLimits.signatureFeaturesWithMessage < ExplanationLimits.signatureFeatures)
        var book = IncidentBook()
        for index in 0..<5 {
            let incident = IncidentCases.incident(UInt64(index), masked: "m\(index)")
            _ = book.admit(IncidentCases.anomaly(UInt64(index)), incident.signature, window: 1) { incident }
            let id = incident.id
            _ = book.advance(id) { $0.began(now: .zero) }
            _ = book.advance(id) { $0.retrieved() }
            _ = book.advance(id) { $0.generated() }
        }
        let similar = book.similar(to: IncidentCases.incident(9, masked: "m9"))
        #expect(similar.count == ExplanationLimits.similarIncidents)
    }
}
