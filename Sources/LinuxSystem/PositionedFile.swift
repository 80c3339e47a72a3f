import CShims
import Glibc

/// A file that is read and written at positions of the caller's choice.
///
/// - Ownership: closes the descriptor in the end; what was written stays.
/// - Isolation: one thread at a time; calls may block.
package struct PositionedFile: ~Copyable, Sendable {
    private let file: Descriptor

    /// Opens a file for this user, and makes it if it is not there; links are not followed.
    package init(opening path: String) throws(SystemError) {
        // The path is terminated by the conversion to a C string.
        let number = unsafe rowan_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if number < 0 { throw SystemError(failed: "open") }
        file = Descriptor(owning: number, from: LinuxKernel())
    }

    /// How many bytes the file has.
    package borrowing func byteCount() throws(SystemError) -> Int {
        var status = stat()
        // The structure is the one that the call fills.
        if unsafe fstat(file.number, &status) < 0 { throw SystemError(failed: "fstat") }
        return Int(status.st_size)
    }

    /// Makes the file this long; what is added are zeros that take no room on the disk.
    package borrowing func setByteCount(_ count: Int) throws(SystemError) {
        precondition(count >= 0, "a file has no negative length")
        if ftruncate(file.number, off_t(count)) < 0 { throw SystemError(failed: "ftruncate") }
    }

    /// Appends bytes of the file to a buffer.
    ///
    /// - Returns: how many were there, fewer than asked for only if the file ends before.
    @discardableResult
    package borrowing func read(at offset: Int, count: Int, into buffer: inout ByteBuffer) throws(SystemError) -> Int {
        precondition(offset >= 0 && count >= 0, "bytes before the file")
        var taken = 0
        while taken < count {
            // The call writes into the space that it is lent, no more than it has room for.
            let step = unsafe buffer.append(limit: count - taken) { space in
                unsafe pread(file.number, space.baseAddress, space.count, off_t(offset + taken))
            }
            if step == 0 { break }
            if step < 0 {
                if errno == EINTR { continue }
                throw SystemError(failed: "pread")
            }
            taken += step
        }
        return taken
    }

    /// Writes all bytes from a position on.
    package borrowing func write(_ bytes: Span<UInt8>, at offset: Int) throws(SystemError) {
        precondition(offset >= 0, "bytes before the file")
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

    /// Waits until what was written is on the disk.
    package borrowing func synchronise() throws(SystemError) {
        if fdatasync(file.number) < 0 { throw SystemError(failed: "fdatasync") }
    }
}
