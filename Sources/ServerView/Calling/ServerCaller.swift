import LinuxSystem
import OutgoingHTTP

/// Calls a server and gives back what it says.
///
/// - Isolation: one thread; it waits.
package final class ServerCaller {
    private let server: ServerAddress
    /// What is shown to a server that wants it.
    private let token: String?
    private let client: ServerClient

    /// Makes a caller.
    ///
    /// - Parameter token: without blanks and control characters.
    package init(_ server: ServerAddress, token: String?, _ client: ServerClient) {
        self.server = server
        self.token = token
        self.client = client
    }

    /// Reads the file of `--token-file`: one line.
    package static func token(inFile path: String) throws(ViewFault) -> String {
        let text: String
        do throws(FileFault) {
            text = try FileSystem.readText(path, byteCountLimit: ServerViewLimits.tokenByteCount)
        } catch {
            throw ViewFault("--token-file \(path): \(error)")
        }
        let line = text.prefix { $0 != "\n" && $0 != "\r\n" }
        guard !line.isEmpty, line.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ViewFault("--token-file \(path): the token is one line of letters, digits and signs")
        }
        return String(line)
    }

    /// Asks for a resource.
    ///
    /// - Parameter path: not escaped.
    /// - Throws: also if the server refuses; the fault holds its words.
    package func get(_ path: String) throws(ViewFault) -> [UInt8] { try get(path, parameters: []) }

    /// Asks for a resource with a query.
    ///
    /// - Parameter path: not escaped.
    /// - Parameter parameters: names and values, not escaped.
    /// - Throws: also if the server refuses; the fault holds its words.
    package func get(_ path: String, parameters: [(String, String)]) throws(ViewFault) -> [UInt8] {
        let query = parameters.map { RequestTarget.Parameter($0.0, $0.1) }
        return try call(.get, RequestTarget(path: path, query: query), body: nil)
    }

    /// The same with a query, in another form, with more or less patience.
    ///
    /// - Parameter type: the media type that is wanted.
    func get(
        _ path: String, parameters: [(String, String)], accepting type: String, timeout: Nanoseconds
    ) throws(ViewFault) -> [UInt8] {
        let query = parameters.map { RequestTarget.Parameter($0.0, $0.1) }
        return try call(
            .get, RequestTarget(path: path, query: query), accepting: type, timeout: timeout, body: nil)
    }

    /// Sends a document.
    ///
    /// - Parameter path: not escaped.
    /// - Throws: also if the server refuses; the fault holds its words.
    package func post(_ path: String, _ body: String) throws(ViewFault) -> [UInt8] {
        try call(.post, RequestTarget(path: path), body: body)
    }

    private func call(
        _ method: OutgoingRequest.Method, _ target: RequestTarget, accepting type: String? = nil,
        timeout: Nanoseconds = OutgoingRequest.Limits().attemptTimeout, body: String?
    ) throws(ViewFault) -> [UInt8] {
        let address = server.at(target.escaped)
        var fields: [OutgoingRequest.Field] = []
        if let token { fields.append(.init("Authorization", "Bearer \(token)")) }
        if let type { fields.append(.init("Accept", type)) }
        if body != nil { fields.append(.init("Content-Type", "application/json")) }
        let page = try client.send(method, address, fields: fields, body: Array((body ?? "").utf8), timeout: timeout)
        guard (200...299).contains(page.status) else {
            throw ViewFault("\(address.text) says \(page.status): \(Self.sentence(page.body))")
        }
        return page.body
    }

    /// What a server's refusal says.
    private static func sentence(_ body: [UInt8]) -> String {
        JSONDocumentText.member("error", of: body.span) ?? String(String(decoding: body, as: UTF8.self).prefix(200))
    }
}
