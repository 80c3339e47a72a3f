/// Why another server could not be asked, or has not answered.
///
/// It never holds a path, a query, a field or a body: only the server's origin and what the network said.
package struct OutgoingFault: Error, Equatable, Sendable {
    /// What went wrong.
    package enum Kind: Equatable, Sendable {
        /// A library is not installed.
        case library(String)
        /// The URL breaks a rule.
        case url(String)
        /// A field of the request holds what no field may hold; its name.
        case field(String)
        /// The name of the server, or of a proxy, has no address.
        case resolve
        /// Nobody accepts connections there.
        case connect
        /// The server's certificate, or the handshake; what the library says.
        case security(String)
        /// No connection within the time for one.
        case connectTimedOut
        /// The answer was not complete within the time for an attempt.
        case timedOut
        /// Fewer bytes per second than the least rate, for longer than permitted.
        case tooSlow
        /// The connection ended in the middle.
        case disconnected
        /// What came is not an answer of HTTP.
        case malformed
        /// The answer has more bytes than permitted.
        case tooLarge(byteCountLimit: Int)
        /// The receiver of the answer did not take it; its reason.
        case receiver(String)
        /// Whoever asked does not want the answer any more.
        case interrupted
        /// Anything else that libcurl reports; its number and its words.
        case other(code: Int, String)
    }

    package var kind: Kind
    /// Scheme, host and port; empty where there is none.
    package var origin: String
    /// Of an answer that was not taken whole; 0 if none had begun.
    package var status = 0

    /// Describes a fault.
    package init(_ kind: Kind, origin: String = "") {
        self.kind = kind
        self.origin = origin
    }
}

extension OutgoingFault: CustomStringConvertible {
    /// One sentence, for example `https://example.org: nobody accepts connections there`.
    package var description: String { origin.isEmpty ? reason : "\(origin): \(reason)" }

    private var reason: String {
        switch kind {
        case .library(let sentence): sentence
        case .url(let rule): "the URL cannot be used: \(rule)"
        case .field(let name): "the field \(name) cannot be sent: it is too long or holds a control character"
        case .resolve: "the name has no address"
        case .connect: "nobody accepts connections there"
        case .security(let detail): "no secure connection: \(detail)"
        case .connectTimedOut: "no connection in the time for one"
        case .timedOut: "no complete answer in time"
        case .tooSlow: "the connection is too slow"
        case .disconnected: "the connection ended in the middle"
        case .malformed: "the answer is not HTTP"
        case .tooLarge(let limit): "the answer has more than \(limit) bytes"
        case .receiver(let sentence): sentence
        case .interrupted: "interrupted"
        case .other(let code, let text): "\(text) (libcurl \(code))"
        }
    }
}
