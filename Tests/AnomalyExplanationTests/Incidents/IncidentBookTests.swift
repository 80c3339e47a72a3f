import LinuxSystem
import OpenInferenceProtocol
import Testing

@testable import AnomalyExplanation

@Suite struct IncidentBookTests {
    private let window: Int64 = 300_000_000_000

    private func admit(
        _ sequence: UInt64, seconds: Int64 = 0, features: RowEvidence = IncidentCases.evidence,
        to book: inout IncidentBook
    ) -> IncidentBook.Admission {
        let incident = IncidentCases.incident(sequence, seconds: seconds, evidence: features)
        let anomaly = IncidentCases.anomaly(sequence, seconds: seconds)
        return book.admit(anomaly, incident.signature, window: window) { incident }
    }

    private func evidence(_ index: Int) -> RowEvidence {
        RowEvidence(features: [FeatureEvidence(name: "f\(index)", value: 1, share: 1)], method: .contributions)
    }

    private func finish(_ id: ExplanationIdentity, in book: inout IncidentBook) {
        #expect(book.nextWaiting(now: .zero) == id)
        #expect(book.advance(id) { $0.began(now: .zero) } == .retrieve)
        #expect(book.advance(id) { $0.retrieved() } == .generate)
        let explanation = Explanation(title: "t", rootCause: "r")
        #expect(book.advance(id, with: explanation) { $0.generated() } == .finish)
    }

    @Test func `anomalies of one signature within the window are one incident, and each identity leads to it`() {
        var book = IncidentBook()
        let id = IncidentCases.identity(1)
        #expect(admit(1, to: &book) == .opened(id))
        #expect(admit(2, seconds: 299, to: &book) == .joined(id))
        #expect(admit(3, seconds: 599, to: &book) == .joined(id))
        #expect(admit(4, seconds: 900, to: &book) == .opened(IncidentCases.identity(4)))
        let incident = book.incident(of: IncidentCases.identity(3))
        #expect(incident?.id == id)
        #expect(incident?.count == 3)
        #expect(incident?.lastTime == IncidentCases.time + 599_000_000_000)
        #expect(book.incident(of: IncidentCases.identity(9)) == nil)
        #expect(book.waitingCount == 2)
        #expect(book.oldestWaitingTime == IncidentCases.time)
    }

    @Test func `an incident that goes on for too long is followed by another`() {
        var book = IncidentBook()
        var opened = 0
        for step in 0..<40 {
            if case .opened = admit(UInt64(step), seconds: Int64(step) * 200, to: &book) { opened += 1 }
        }
        // 12 windows of 300 seconds are 3,600 seconds: steps 0 to 18, 19 to 37, and the rest.
        #expect(ExplanationLimits.windowsPerIncident == 12)
        #expect(opened == 3)
    }

    @Test func `ten thousand anomalies of twenty signatures are twenty explanations`() {
        var book = IncidentBook()
        for index in 0..<10_000 { _ = admit(UInt64(index), features: evidence(index % 20), to: &book) }
        #expect(book.waitingCount == 20)
        #expect(book.count == 20)
        #expect(book.incident(of: IncidentCases.identity(9_999))?.count == 500)
    }

    @Test func `when too many wait, new incidents are remembered and not explained`() {
        var book = IncidentBook(waitingLimit: 2)
        for index in 0..<2 { _ = admit(UInt64(index), features: evidence(index), to: &book) }
        let id = IncidentCases.identity(2)
        #expect(admit(2, features: evidence(2), to: &book) == .refused(id))
        #expect(book.incident(of: id)?.job.state == .failed)
        #expect(book.incident(of: id)?.event == 1)
        #expect(ExplanationLimits.waitingJobs == 1_000)
    }

    @Test func `the oldest incidents and identities give way`() {
        var book = IncidentBook(incidentLimit: 3, identityLimit: 2)
        for index in 0..<5 { _ = admit(UInt64(index), features: evidence(index), to: &book) }
        #expect(book.count == 3)
        #expect(book.incident(of: IncidentCases.identity(1)) == nil)
        #expect(book.incident(of: IncidentCases.identity(2)) != nil)
        for index in 10..<13 { _ = admit(UInt64(index), features: evidence(4), to: &book) }
        #expect(book.incident(of: IncidentCases.identity(10)) == nil)
        #expect(book.incident(of: IncidentCases.identity(12))?.id == IncidentCases.identity(4))
        #expect(ExplanationLimits.incidents == 10_000 && ExplanationLimits.identities == 200_000)
    }

    @Test func `what has ended is numbered, and told once`() {
        var book = IncidentBook()
        for index in 0..<3 { _ = admit(UInt64(index), features: evidence(index), to: &book) }
        finish(IncidentCases.identity(0), in: &book)
        finish(IncidentCases.identity(1), in: &book)
        #expect(book.lastEvent == 2)
        #expect(book.ended(after: 0, limit: 10).map(\.id.sequence) == [0, 1])
        #expect(book.ended(after: 1, limit: 10).map(\.id.sequence) == [1])
        #expect(book.ended(after: 0, limit: 1).map(\.id.sequence) == [0])
        #expect(book.advance(IncidentCases.identity(0)) { $0.generated() } == .nothing)
        #expect(book.lastEvent == 2)
    }

    @Test func `one that failed waits for its next attempt, and others go before it`() {
        var book = IncidentBook()
        for index in 0..<2 { _ = admit(UInt64(index), features: evidence(index), to: &book) }
        let first = IncidentCases.identity(0)
        #expect(book.nextWaiting(now: .zero) == first)
        _ = book.advance(first) { $0.began(now: .zero) }
        #expect(book.advance(first) { $0.attemptFailed("x", now: .zero) } == .retry(at: .milliseconds(400)))
        book.putBack(first)
        #expect(book.nextWaiting(now: .zero) == IncidentCases.identity(1))
        #expect(book.nextWaiting(now: .zero) == nil)
        #expect(book.nextAttempt == .milliseconds(400))
        #expect(book.nextWaiting(now: .milliseconds(400)) == first)
    }

    @Test func `pages follow each other, newest first`() {
        var book = IncidentBook()
        for index in 0..<5 { _ = admit(UInt64(index), features: evidence(index), to: &book) }
        var filter = IncidentFilter()
        filter.limit = 2
        var seen: [UInt64] = []
        while true {
            let page = book.page(filter)
            seen += page.incidents.map(\.id.sequence)
            guard let next = page.next else { break }
            filter.cursor = next
        }
        #expect(seen == [4, 3, 2, 1, 0])
        #expect(ExplanationLimits.pageSize.contains(ExplanationLimits.usualPageSize))
    }

    @Test func `filters leave out what is not wanted`() {
        var book = IncidentBook()
        for index in 0..<3 { _ = admit(UInt64(index), seconds: Int64(index), features: evidence(index), to: &book) }
        finish(IncidentCases.identity(0), in: &book)
        func count(_ set: (inout IncidentFilter) -> Void) -> Int {
            var filter = IncidentFilter()
            set(&filter)
            return book.page(filter).incidents.count
        }
        #expect(count { $0.model = "xgboost_anomaly" } == 3)
        #expect(count { $0.model = "other" } == 0)
        #expect(count { $0.service = "checkout" } == 3)
        #expect(count { $0.service = "cart" } == 0)
        #expect(count { $0.state = .done } == 1)
        #expect(count { $0.since = IncidentCases.time + 1_000_000_000 } == 2)
        let signature = book.incident(of: IncidentCases.identity(2))?.signature
        #expect(count { $0.signature = signature } == 1)
    }

    @Test func `similar past incidents are found by features and message`() {
        var book = IncidentBook()
        _ = admit(1, to: &book)
        finish(IncidentCases.identity(1), in: &book)
        let opinion = IncidentOpinion(verdict: .wrong, correction: "a leak", time: 7)
        let isNoted = book.note(opinion, on: IncidentCases.identity(1))
        let isUnknown = !book.note(opinion, on: IncidentCases.identity(99))
        #expect(isNoted && isUnknown)
        let again = IncidentCases.incident(5, seconds: 9_000)
        let similar = book.similar(to: again)
        #expect(similar.map(\.likeness) == [1])
        #expect(similar.first?.correction == "a leak")
        let half = IncidentCases.incident(
            6, evidence: RowEvidence(features: [IncidentCases.heap], method: .contributions))
        #expect(book.similar(to: half).map(\.likeness) == [0.5])
        #expect(book.similar(to: IncidentCases.incident(7, evidence: evidence(1))).isEmpty)
        #expect(book.similar(to: IncidentCases.incident(8, model: "other")).isEmpty)
    }

    @Test func `the latest opinions are kept`() {
        var book = IncidentBook()
        _ = admit(1, to: &book)
        for index in 0..<30 {
            _ = book.note(IncidentOpinion(verdict: .useful, time: Int64(index)), on: IncidentCases.identity(1))
        }
        let opinions = book.incident(of: IncidentCases.identity(1))?.opinions
        #expect(opinions?.count == ExplanationLimits.opinions)
        #expect(opinions?.last?.time == 29)
    }
}
