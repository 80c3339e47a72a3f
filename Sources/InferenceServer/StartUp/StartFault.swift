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

    /// A configuration file that cannot be obeyed.
    static func configuration(_ path: String, _ sentence: String) -> StartFault {
        StartFault("--config \(path): \(sentence)")
    }

    /// A file of traces that cannot be written.
    static func traceFile(_ path: String, _ error: SystemError) -> StartFault {
        StartFault(
            "cannot write the trace file \(path): \(error.reason): make its directory, or name another file with "
                + "--trace-config triton,file=FILE")
    }

    /// A thread or descriptor that the kernel refused.
    static func resources(_ error: SystemError) -> StartFault {
        StartFault("cannot start a thread: \(error): raise the limits of the process (ulimit -n, ulimit -u)")
    }
}

extension StartFault: CustomStringConvertible {
    package var description: String { message }
}
