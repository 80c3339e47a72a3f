import Glibc

extension SystemError {
    /// What the kernel says about a file that is not there.
    package static var noSuchFile: SystemError { SystemError("open", number: ENOENT) }

    /// What arrives on a connection is not, or no longer, what its protocol allows.
    package static var brokenTLS: SystemError { SystemError("TLS", number: EPROTO) }

    /// Somebody else listens at the address.
    package var isAddressInUse: Bool { number == EADDRINUSE }

    /// A path names nothing, or something other than a directory where one is needed.
    package var isNotThere: Bool { number == ENOENT || number == ENOTDIR }

    /// The process lacks a privilege.
    package var isPermissionDenied: Bool { number == EACCES || number == EPERM }
}
