/// What a client has said about a request, for the explanation of its anomalies.
package struct AnomalyContext: Equatable, Sendable {
    /// The raw record of a log.
    package var log = ""
    package var service = ""
    package var host = ""
    package var tenant = ""

    /// Nothing.
    package init() {}

    /// Says what is known; empty texts are not.
    package init(log: String = "", service: String = "", host: String = "", tenant: String = "") {
        self.log = log
        self.service = service
        self.host = host
        self.tenant = tenant
    }
}
