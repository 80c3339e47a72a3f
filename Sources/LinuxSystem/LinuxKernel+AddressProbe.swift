import CShims
import Glibc

extension LinuxKernel {
    /// Makes sure that no other process listens at an address.
    ///
    /// Listeners share their port among the loops of one process, which the kernel would also let a second process
    /// of the same user do. Binding once without sharing tells whether somebody is there.
    ///
    /// - Throws: `EADDRINUSE` if so, or what else the kernel refused about the address.
    package func claim(_ address: SocketAddress) throws(SystemError) {
        let family = address.family == .v4 ? AF_INET : AF_INET6
        let number = socket(family, rowan_sock_stream | rowan_sock_cloexec, 0)
        if number < 0 { throw SystemError(failed: "socket") }
        let probe = Descriptor(owning: number, from: self)
        var on: Int32 = 1
        // The option's value is an `int`; connections of an earlier process that linger do not count.
        let result = unsafe setsockopt(
            probe.number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        if result < 0 { throw SystemError(failed: "setsockopt") }
        let bound = unsafe address.withKernelAddress { unsafe bind(number, $0, $1) }
        if bound < 0 { throw SystemError(failed: "bind") }
        if Glibc.listen(number, 1) < 0 { throw SystemError(failed: "listen") }
    }
}
