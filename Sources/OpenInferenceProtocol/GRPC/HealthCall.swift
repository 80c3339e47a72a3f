import LinuxSystem

/// A call that asks for the server's health, or that of a service.
package struct HealthCall: Equatable, Sendable {
    /// Whether the service is one of the server's, or none is named.
    package private(set) var isKnown = true

    /// Reads the request of Check or Watch.
    package init(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        var service = 0..<0
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.Health.self, in: body) { service = field.content.range }
        isKnown = service.isEmpty || GRPCMethod.services.contains(body.text(service))
    }
}
