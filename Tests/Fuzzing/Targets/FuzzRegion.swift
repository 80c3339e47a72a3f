import LinuxSystem

@testable import OpenInferenceProtocol

/// The only region of the requests that are read: 48 bytes under the name `mem`.
final class FuzzRegion: TensorRegion, TensorRegions {
    let name = "mem"
    let byteCount = 48

    func read(_ range: Range<Int>, into buffer: inout ByteBuffer) throws(ProtocolError) {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "within the region")
        for index in range { buffer.append(UInt8(index)) }
    }

    func write(_ bytes: Span<UInt8>, at offset: Int) throws(ProtocolError) {
        preconditionFailure("nothing is answered")
    }

    func region(named name: Span<UInt8>) -> (any TensorRegion)? {
        name.text(name.indices) == self.name ? self : nil
    }
}
