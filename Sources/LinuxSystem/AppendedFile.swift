import CShims
import Glibc

/// A file that grows at its end, perhaps by several writers.
///
/// - Ownership: closes the descriptor in the end; what was written stays.
/// - Isolation: one thread at a time; calls may block.
package struct AppendedFile: ~Copyable {
    private let file: Descriptor

    /// Opens a file, or makes an empty one that only this user may read.
    package init(_ path: String) throws(SystemError) {
        // The path is terminated by the conversion to a C string.
        let number = unsafe rowan_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o600)
        if number < 0 { throw SystemError(failed: "open") }
        file = Descriptor(owning: number, from: LinuxKernel())
    }

    /// Bytes that the file has now.
    package func byteCount() throws(SystemError) -> Int {
        var status = stat()
        // The structure is the one that the call fills.
        if unsafe fstat(file.number, &status) < 0 { throw SystemError(failed: "fstat") }
        return Int(status.st_size)
    }

    /// Appends bytes, all together unless the disk is full.
    package func append(_ bytes: Span<UInt8>) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            // The span is borrowed for the call, and the kernel only reads it.
            let count = unsafe bytes.extracting(written...).withUnsafeBytes { rest in
                unsafe Glibc.write(file.number, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw SystemError(failed: "write")
            }
        }
    }
}
