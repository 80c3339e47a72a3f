import CShims
import Glibc

/// The right to be alone with something on disk, held by one process at a time and given back with the value.
///
/// - Source: flock(2).
package struct FileLock: ~Copyable, Sendable {
    private let file: Descriptor

    /// Takes the lock that a file stands for.
    ///
    /// - Returns: nil if another process holds it.
    package init?(_ path: String) throws(SystemError) {
        // The path is terminated by the conversion to a C string.
        let number = unsafe rowan_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if number < 0 { throw SystemError(failed: "open") }
        let file = Descriptor(owning: number, from: LinuxKernel())
        let isHeldElsewhere = flock(number, LOCK_EX | LOCK_NB) < 0
        if isHeldElsewhere, errno != EWOULDBLOCK { throw SystemError(failed: "flock") }
        self.file = file
        if isHeldElsewhere { return nil }
    }

    /// Gives the lock back at once: a child that is being started holds a copy of the descriptor until it is its own.
    deinit { flock(file.number, LOCK_UN) }
}
