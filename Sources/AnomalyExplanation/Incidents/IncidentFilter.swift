package import OpenInferenceProtocol

/// Which incidents a client wants listed.
package struct IncidentFilter: Equatable, Sendable {
    /// Nil for any.
    package var model: String?
    package var service: String?
    package var state: ExplanationJob.State?
    package var signature: AnomalySignature?
    /// Those that were seen since, nanoseconds since 1970.
    package var since: Int64?
    /// The last one of the page before.
    package var cursor: ExplanationIdentity?
    package var limit = ExplanationLimits.usualPageSize

    /// Wants all.
    package init() {}

    func admits(_ incident: Incident) -> Bool {
        if let model, incident.model.name != model && incident.split != model { return false }
        if let service, incident.context.service != service { return false }
        if let state, incident.job.state != state { return false }
        if let signature, incident.signature != signature { return false }
        if let since, incident.lastTime < since { return false }
        return true
    }
}
