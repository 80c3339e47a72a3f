import LinuxSystem
import OutgoingHTTP

/// Asks servers over HTTP, with TLS where the URL says so; connections are kept between calls.
///
/// - Isolation: one thread; it waits.
package final class ServerClient: PageSource {
    private let client: OutgoingClient

    /// Makes a client.
    ///
    /// - Parameter certificateAuthorityFile: certificates that servers' may rest on; nil for the system's.
    /// - Throws: if libcurl is not installed.
    package init(certificateAuthorityFile: String? = nil) throws(ViewFault) {
        var settings = OutgoingClient.Settings()
        settings.certificateAuthorityFile = certificateAuthorityFile
        do throws(OutgoingFault) {
            client = try OutgoingClient(settings)
        } catch {
            throw ViewFault(error.description)
        }
    }

    package func fetch(_ address: ServerAddress) throws(ViewFault) -> Page {
        try send(
            .get, address, fields: [.init("Accept", "text/plain, application/json")],
            timeout: ServerViewLimits.callTimeout)
    }

    /// Sends a request.
    ///
    /// - Parameter timeout: until the answer is complete.
    /// - Returns: the answer, whatever its status.
    /// - Throws: why there is none.
    func send(
        _ method: OutgoingRequest.Method, _ address: ServerAddress, fields: [OutgoingRequest.Field] = [],
        body: [UInt8] = [], timeout: Nanoseconds = OutgoingRequest.Limits().attemptTimeout
    ) throws(ViewFault) -> Page {
        var limits = OutgoingRequest.Limits()
        limits.connectTimeout = ServerViewLimits.callTimeout
        limits.attemptTimeout = timeout
        limits.responseByteCount = ServerViewLimits.pageByteCount
        do throws(OutgoingFault) {
            let url = try OutgoingURL(address.text)
            let response = try client.send(
                OutgoingRequest(method, url, fields: fields, body: body, limits: limits))
            return Page(status: response.status, body: response.body)
        } catch {
            var reason = error
            // The address stands in front already.
            reason.origin = ""
            throw ViewFault("\(address.text) does not answer: \(reason)")
        }
    }
}
