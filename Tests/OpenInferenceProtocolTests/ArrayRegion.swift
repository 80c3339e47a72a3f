import LinuxSystem
import Synchronization

@testable import OpenInferenceProtocol

/// A region whose memory is an array, and a table of one such region.
final class ArrayRegion: TensorRegion, TensorRegions {
    let name: String
    let byteCount: Int
    private let memory: Mutex<[UInt8]>

    init(_ name: String, _ bytes: [UInt8]) {
        self.name = name
        byteCount = bytes.count
        memory = Mutex(bytes)
    }

    var bytes: [UInt8] { memory.withLock { $0 } }

    func read(_ range: Range<Int>, into buffer: inout ByteBuffer) throws(ProtocolError) {
        let part = Array(bytes[range])
        buffer.append(part.span)
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(ProtocolError) {
        let given = bytes.indices.map { bytes[$0] }
        memory.withLock { $0.replaceSubrange(offset..<offset + given.count, with: given) }
    }

    func region(named name: Span<UInt8>) -> (any TensorRegion)? {
        name.text(name.indices) == self.name ? self : nil
    }
}
