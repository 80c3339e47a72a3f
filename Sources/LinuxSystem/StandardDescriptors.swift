import Glibc

/// The three descriptors that every process is born with.
package enum StandardDescriptors {
    /// Opens `/dev/null` in place of those that the parent has closed.
    ///
    /// Without this the first socket or model file would become descriptor 2, and log lines would be written into it.
    ///
    /// - Isolation: before start only.
    package static func openMissing() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            // The lowest free number is taken, which is `descriptor`, as those below it are open by now.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }
}
