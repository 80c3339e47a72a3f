package import LinuxSystem

/// Memory outside requests in which tensors stand.
///
/// - Isolation: any thread.
package protocol TensorRegion: AnyObject, Sendable {
    /// What requests call it.
    var name: String { get }
    /// How many bytes it had when it was registered; its owner may have shrunk it since.
    var byteCount: Int { get }

    /// Appends a part of it to a buffer.
    ///
    /// - Throws: if the part is not there any more.
    /// - Precondition: the range lies within `byteCount`.
    func read(_ range: Range<Int>, into buffer: inout ByteBuffer) throws(ProtocolError)

    /// Replaces a part of it.
    ///
    /// - Throws: if the part is not there any more.
    /// - Precondition: the bytes lie within `byteCount`.
    func write(_ bytes: Span<UInt8>, at offset: Int) throws(ProtocolError)
}
