import HTTPConnections
import LinuxSystem

/// Who makes a call that changes the server, and whether he may.
struct CallSender {
    /// For the audit.
    let client: String
    let verdict: AdminAccess.Verdict

    init(
        _ head: borrowing HTTPRequestHead, _ bytes: Span<UInt8>, _ exchange: HTTPExchange,
        _ handler: InferenceHandler
    ) {
        client = handler.client(head, bytes, exchange)
        verdict = handler.adminVerdict(head, bytes, exchange)
    }
}
