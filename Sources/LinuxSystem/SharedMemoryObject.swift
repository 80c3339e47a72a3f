import CShims
import Glibc

/// A POSIX shared memory object of another process, read and written through its descriptor.
///
/// It is never mapped: whoever owns an object may shrink it at any time, and a mapping of what is gone ends the process
/// with SIGBUS, while a read comes back short.
///
/// - Isolation: any thread; the calls copy and may wait for pages that are swapped out.
package struct SharedMemoryObject: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Opens an object for reading and writing.
    ///
    /// - Parameter name: one leading slash and a plain name.
    package init(opening name: String) throws(FileFault) {
        // The name is terminated by the conversion to a C string.
        let number = unsafe rowan_open_shared_memory(name)
        if number < 0 { throw .system(SystemError(failed: "shm_open")) }
        let descriptor = Descriptor(owning: number, from: LinuxKernel())
        if try Self.status(of: descriptor).kind != .file { throw .notAFile }
        self.descriptor = descriptor
    }

    /// How many bytes the object has now.
    package func byteCount() throws(FileFault) -> Int {
        try Self.status(of: descriptor).byteCount
    }

    private static func status(of descriptor: borrowing Descriptor) throws(FileFault) -> FileStatus {
        var status = stat()
        // The structure is the one that the call fills.
        if unsafe fstat(descriptor.number, &status) < 0 { throw .system(SystemError(failed: "fstat")) }
        return FileStatus(status)
    }

    /// Appends bytes of the object to a buffer.
    ///
    /// - Returns: how many were there, fewer than asked for only if the object ends before.
    package func read(at offset: Int, count: Int, into buffer: inout ByteBuffer) throws(SystemError) -> Int {
        precondition(offset >= 0 && count >= 0, "bytes before the object")
        var taken = 0
        while taken < count {
            // The call writes into the space that it is lent, no more than it has room for.
            let step = unsafe buffer.append(limit: count - taken) { space in
                unsafe pread(descriptor.number, space.baseAddress, space.count, offset + taken)
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

    /// Replaces bytes of the object.
    ///
    /// - Precondition: the object has room for them; else it grows.
    package func write(_ bytes: Span<UInt8>, at offset: Int) throws(SystemError) {
        precondition(offset >= 0, "bytes before the object")
        var given = 0
        while given < bytes.count {
            let rest = bytes.extracting(given..<bytes.count)
            // The call reads from the span that it is lent, no more than it holds.
            let step = unsafe rest.withUnsafeBytes { space in
                unsafe pwrite(descriptor.number, space.baseAddress, space.count, offset + given)
            }
            if step < 0 {
                if errno == EINTR { continue }
                throw SystemError(failed: "pwrite")
            }
            given += step
        }
    }
}
