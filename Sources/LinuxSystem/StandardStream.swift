import Glibc

/// The streams that a process is started with.
package enum StandardStream: Int32, Sendable {
    case input = 0
    case output = 1
    case error = 2

    /// Writes bytes, all if the kernel takes them.
    ///
    /// - Throws: what the kernel refused (a full disk, a closed pipe); bytes before that may have been written.
    package func write(_ bytes: Span<UInt8>) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            // The kernel reads the span during the call.
            let count = unsafe bytes.extracting(droppingFirst: written).withUnsafeBufferPointer {
                unsafe Glibc.write(rawValue, $0.baseAddress, $0.count)
            }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                throw SystemError(failed: "write")
            }
        }
    }

    /// Writes a text.
    package func write(_ text: String) throws(SystemError) {
        var buffer = ByteBuffer(capacity: text.utf8.count)
        buffer.append(text)
        try write(buffer.bytes)
    }
}
