import Glibc

extension SystemError {
    /// Somebody else listens at the address.
    package var isAddressInUse: Bool { number == EADDRINUSE }

    /// The process lacks a privilege.
    package var isPermissionDenied: Bool { number == EACCES || number == EPERM }
}
