import LinuxSystem

/// A call about a region of shared memory, or about all.
package struct RegionCall: Equatable, Sendable {
    /// The region's name; nil for all.
    package private(set) var name: String?

    /// Reads the request of a status or unregister call of either kind of memory.
    package init(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.Region.self, in: body) {
            name = field.content.range.isEmpty ? nil : body.text(field.content.range)
        }
    }
}

extension SharedMemoryRegistration {
    /// Reads the request of SystemSharedMemoryRegister, all but the region's name.
    package init(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        self.init(key: "", offset: 0, byteCount: 0)
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.SystemRegistration.self, in: body) {
            switch field.name {
            case .name: break
            case .key: key = body.text(field.content.range)
            case .offset: offset = field.content.bits
            case .byteSize: byteCount = field.content.bits
            }
        }
    }
}
