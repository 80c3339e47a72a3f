import LinuxSystem

/// What keeps a server from starting, as one sentence with cause and remedy.
package struct StartFault: Error, Equatable, Sendable {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    /// A port that cannot be listened at.
    static func listening(_ address: SocketAddress, option: StaticString, _ error: SystemError) -> StartFault {
        let remedy: String
        if error.isAddressInUse {
            remedy = "another process listens there; stop it or choose another port with --\(option)-port"
        } else if error.isPermissionDenied {
            remedy = "ports below 1024 need privileges; choose another with --\(option)-port"
        } else {
            remedy = "check --\(option)-address and --\(option)-port"
        }
        return StartFault("cannot listen at \(address): \(error.reason): \(remedy)")
    }

    /// A thread or descriptor that the kernel refused.
    static func resources(_ error: SystemError) -> StartFault {
        StartFault("cannot start a thread: \(error): raise the limits of the process (ulimit -n, ulimit -u)")
    }
}

extension StartFault: CustomStringConvertible {
    package var description: String { message }
}
