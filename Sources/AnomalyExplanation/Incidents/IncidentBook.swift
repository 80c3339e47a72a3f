package import LinuxSystem
package import OpenInferenceProtocol

/// All incidents that are remembered: which anomaly belongs to which, whose turn it is, and what clients may ask.
///
/// Anomalies of one signature join the incident that is open, as long as they come within a window of each other;
/// incidents and identities are limited in number, and what has ended gives way first.
///
/// - Isolation: a value; one thread.
package struct IncidentBook: Sendable {
    /// What has become of an anomaly.
    package enum Admission: Equatable, Sendable {
        /// A new incident waits to be explained.
        case opened(ExplanationIdentity)
        /// It belongs to one that there is.
        case joined(ExplanationIdentity)
        /// A new incident that nobody will explain, because too many wait.
        case refused(ExplanationIdentity)
    }

    private var incidents: [ExplanationIdentity: Incident] = [:]
    /// In the order of opening.
    private var order = IdentityQueue()
    /// The latest incident of each signature.
    private var latest: [AnomalySignature: ExplanationIdentity] = [:]
    /// The incident of each row that did not open one.
    private var members: [ExplanationIdentity: ExplanationIdentity] = [:]
    private var memberOrder = IdentityQueue()
    /// Those that wait to be explained, in order.
    private var waiting = IdentityQueue()
    /// The number of the latest event.
    package private(set) var lastEvent: UInt64 = 0
    private let incidentLimit: Int
    private let identityLimit: Int
    private let waitingLimit: Int

    /// Makes an empty book.
    package init(
        incidentLimit: Int = ExplanationLimits.incidents, identityLimit: Int = ExplanationLimits.identities,
        waitingLimit: Int = ExplanationLimits.waitingJobs
    ) {
        self.incidentLimit = incidentLimit
        self.identityLimit = identityLimit
        self.waitingLimit = waitingLimit
    }

    package var count: Int { incidents.count }
    package var waitingCount: Int { waiting.count }

    /// When the incident that waits longest was opened, nanoseconds since 1970; nil if none waits.
    package var oldestWaitingTime: Int64? { waiting.first.flatMap { incidents[$0]?.firstTime } }

    /// Takes an anomaly up.
    ///
    /// - Parameter window: nanoseconds within which anomalies of one signature are one incident.
    /// - Parameter open: describes the incident that the anomaly opens, if it opens one.
    package mutating func admit(
        _ anomaly: Anomaly, _ signature: AnomalySignature, window: Int64, open: () -> Incident
    ) -> Admission {
        if let id = latest[signature], let incident = incidents[id],
            anomaly.time - incident.lastTime <= window,
            anomaly.time - incident.firstTime <= window * Int64(ExplanationLimits.windowsPerIncident)
        {
            incidents[id]?.count += 1
            incidents[id]?.lastTime = max(incident.lastTime, anomaly.time)
            incidents[id]?.value = max(incident.value, anomaly.value)
            remember(anomaly.identity, as: id)
            return .joined(id)
        }
        var incident = open()
        let id = incident.id
        let isRefused = waiting.count >= waitingLimit
        if isRefused {
            _ = incident.job.refused("too many explanations wait")
            incident.event = nextEvent()
        } else {
            waiting.append(id)
        }
        insert(incident)
        return isRefused ? .refused(id) : .opened(id)
    }

    /// Takes up an incident that was kept from an earlier time.
    package mutating func insert(_ incident: Incident) {
        guard incidents[incident.id] == nil else { return }
        makeRoom()
        incidents[incident.id] = incident
        order.append(incident.id)
        latest[incident.signature] = incident.id
        lastEvent = max(lastEvent, incident.event)
    }

    /// Remembers that a row belongs to an incident.
    package mutating func remember(_ row: ExplanationIdentity, as id: ExplanationIdentity) {
        guard row != id, members.updateValue(id, forKey: row) == nil else { return }
        memberOrder.append(row)
        while members.count > identityLimit, let oldest = memberOrder.removeFirst() { members[oldest] = nil }
    }

    private mutating func nextEvent() -> UInt64 {
        lastEvent += 1
        return lastEvent
    }

    /// Forgets the oldest incidents that have ended, or the oldest ones.
    private mutating func makeRoom() {
        while incidents.count >= incidentLimit, let oldest = order.removeFirst() {
            guard let incident = incidents[oldest] else { continue }
            // What waits is newer than the limit allows only if nothing has ended at all.
            incidents[oldest] = nil
            if latest[incident.signature] == oldest { latest[incident.signature] = nil }
        }
    }

    // MARK: Work

    /// The incident whose turn it is; it is not asked for again unless it is put back.
    package mutating func nextWaiting(now: Nanoseconds) -> ExplanationIdentity? {
        for _ in 0..<waiting.count {
            guard let id = waiting.removeFirst() else { return nil }
            guard let incident = incidents[id], !incident.job.hasEnded else { continue }
            if incident.job.notBefore <= now { return id }
            waiting.append(id)
        }
        return nil
    }

    /// When the next one that waits for another attempt may begin; nil if none waits.
    package var nextAttempt: Nanoseconds? { waiting.values.compactMap { incidents[$0]?.job.notBefore }.min() }

    /// Lets an incident wait again.
    package mutating func putBack(_ id: ExplanationIdentity) { waiting.append(id) }

    /// Changes an incident's job, and gives it a number once that has ended.
    ///
    /// - Returns: what is to be done; nothing for an incident that is forgotten.
    package mutating func advance(
        _ id: ExplanationIdentity, with explanation: Explanation? = nil,
        _ event: (inout ExplanationJob) -> ExplanationJob.Action
    ) -> ExplanationJob.Action {
        guard var incident = incidents[id] else { return .nothing }
        let action = event(&incident.job)
        if action == .nothing { return action }
        if let explanation { incident.explanation = explanation }
        if incident.job.hasEnded { incident.event = nextEvent() }
        incidents[id] = incident
        return action
    }

    /// Notes what a person says.
    ///
    /// - Returns: false if there is no such incident.
    package mutating func note(_ opinion: IncidentOpinion, on id: ExplanationIdentity) -> Bool {
        guard let place = place(of: id) else { return false }
        incidents[place]?.opinions.append(opinion)
        while (incidents[place]?.opinions.count ?? 0) > ExplanationLimits.opinions {
            incidents[place]?.opinions.removeFirst()
        }
        return true
    }

    // MARK: Questions

    private func place(of id: ExplanationIdentity) -> ExplanationIdentity? {
        if incidents[id] != nil { return id }
        guard let incident = members[id], incidents[incident] != nil else { return nil }
        return incident
    }

    /// The incident that a row belongs to.
    package func incident(of id: ExplanationIdentity) -> Incident? { place(of: id).flatMap { incidents[$0] } }

    /// Past incidents that resemble one, the most similar and newest first.
    ///
    /// - Complexity: linear in the incidents.
    package func similar(to incident: Incident) -> [SimilarIncident] {
        var found: [(likeness: Double, incident: Incident)] = []
        for id in order.values where id != incident.id {
            guard let other = incidents[id], other.job.state == .done else { continue }
            let likeness = IncidentLikeness.between(incident, other)
            if likeness >= IncidentLikeness.least { found.append((likeness, other)) }
        }
        found.sort { ($0.likeness, $0.incident.lastTime) > ($1.likeness, $1.incident.lastTime) }
        return found.prefix(ExplanationLimits.similarIncidents).map { likeness, other in
            SimilarIncident(
                id: other.id.text, title: other.explanation?.title ?? "", lastTime: other.lastTime, count: other.count,
                likeness: likeness, verdict: other.verdict, correction: other.correction)
        }
    }

    /// A page of incidents, the newest first.
    ///
    /// - Complexity: linear in the incidents.
    /// - Returns: the page, and where the next one goes on; nil at the end.
    package func page(_ filter: IncidentFilter) -> (incidents: [Incident], next: ExplanationIdentity?) {
        var page: [Incident] = []
        var isBehind = filter.cursor == nil
        for id in order.values.reversed() {
            if !isBehind {
                isBehind = id == filter.cursor
                continue
            }
            guard let incident = incidents[id], filter.admits(incident) else { continue }
            if page.count == filter.limit { return (page, page.last?.id) }
            page.append(incident)
        }
        return (page, nil)
    }

    /// Explanations that have ended after an event, in order.
    ///
    /// - Complexity: linear in the incidents.
    package func ended(after event: UInt64, limit: Int) -> [Incident] {
        let ended = order.values.compactMap { id in incidents[id].flatMap { $0.event > event ? $0 : nil } }
        return Array(ended.sorted { $0.event < $1.event }.prefix(limit))
    }
}
