import CShims
import Glibc

/// A new file that is being written.
///
/// - Ownership: the descriptor is closed when the value goes away.
/// - Isolation: one thread at a time; the calls may block.
package struct FileWriter: ~Copyable {
    private let file: Descriptor

    /// Makes a file that only this user may read; an older one of the name is emptied.
    package init(_ path: String) throws(SystemError) {
        // The path is terminated by the conversion to a C string.
        let number = unsafe rowan_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if number < 0 { throw SystemError(failed: "open") }
        file = Descriptor(owning: number, from: LinuxKernel())
    }

    /// Appends bytes.
    package func write(_ bytes: Span<UInt8>) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            // The span is borrowed for the call, and the kernel only reads it.
            let count = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.write(file.number, all.baseAddress?.advanced(by: written), all.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw SystemError(failed: "write")
            }
        }
    }

    /// Waits until the disk has everything.
    package consuming func finish() throws(SystemError) {
        if fdatasync(file.number) < 0 { throw SystemError(failed: "fdatasync") }
    }
}
