import CShims
import Glibc

/// A file that is written anew, at positions of the writer's choice.
///
/// - Ownership: closes the descriptor in the end; what was written stays.
/// - Isolation: one thread at a time; calls may block.
package struct OutputFile: ~Copyable, Sendable {
    private let file: Descriptor

    /// Creates a file, or empties the one that is there; readable by everybody, as `umask` permits.
    package init(creating path: String) throws(SystemError) {
        // The path is terminated by the conversion to a C string.
        let number = unsafe rowan_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0o644)
        if number < 0 { throw SystemError(failed: "open") }
        file = Descriptor(owning: number, from: LinuxKernel())
    }

    /// Finds out whether a file could be created or emptied, and leaves everything as it is.
    ///
    /// - Throws: what the kernel would refuse.
    package static func checkCreating(_ path: String) throws(SystemError) {
        do throws(SystemError) {
            _ = try FileStatus(of: path)
        } catch {
            guard error.number == ENOENT else { throw error }
            return try checkDirectory(of: path)
        }
        // The path is terminated by the conversion to a C string.
        let number = unsafe rowan_open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0)
        if number < 0 { throw SystemError(failed: "open") }
        _ = Descriptor(owning: number, from: LinuxKernel())
    }

    private static func checkDirectory(of path: String) throws(SystemError) {
        var directory = "."
        // By bytes, as the kernel does: a slash may be part of a longer character.
        if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
            directory = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        // The path is terminated by the conversion to a C string.
        if unsafe access(directory, W_OK | X_OK) < 0 { throw SystemError(failed: "access") }
    }

    /// Writes all bytes from a position on.
    ///
    /// - Parameter offset: bytes from the file's beginning.
    package borrowing func write(_ bytes: Span<UInt8>, at offset: Int) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            // The span is borrowed for the call, and the kernel only reads it.
            let count = unsafe bytes.extracting(written...).withUnsafeBytes { rest in
                unsafe pwrite(file.number, rest.baseAddress, rest.count, off_t(offset + written))
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemError(failed: "pwrite")
            }
            written += count
        }
    }
}
