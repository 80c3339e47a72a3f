import LinuxSystem

/// A call that asks which models there are.
package struct IndexCall: Equatable, Sendable {
    /// Whether only models that are ready are asked for; the repository's name does not matter, as in Triton.
    package private(set) var readyOnly = false

    /// Reads the request of RepositoryIndex.
    package init(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.Index.self, in: body) {
            if field.name == .ready { readyOnly = field.content.bits != 0 }
        }
    }
}
