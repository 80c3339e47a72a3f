/// Calls that change the server, or were to: who made them, what about, with what result.
extension EventLog {
    /// Records a call whose sender may make it.
    ///
    /// - Parameter subject: what the call is about.
    /// - Parameter result: `done`, or why it was not.
    func audit(
        _ client: String, _ grounds: AdminAccess.Grounds, _ call: String, _ subject: EventField, result: String
    ) {
        audit(
            "audit", .init("client", client), .init("by", grounds.text), .init("call", call), subject,
            .init("result", result))
    }

    /// Records a call whose sender may not make it.
    func auditRefusal(_ client: String, _ call: String, _ subject: EventField, reason: String) {
        clientFault(
            "audit: a call was refused", .init("client", client), .init("call", call), subject,
            .init("reason", reason))
    }
}
