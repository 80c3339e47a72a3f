import CShims
import Glibc

/// Tells the supervisor that has started the process how far it is.
///
/// - Isolation: any thread; never waits, and what cannot be told is not told.
/// - Source: sd_notify(3): datagrams of lines `NAME=value` to the socket that `NOTIFY_SOCKET` names.
package struct SupervisorNotice: Sendable {
    private let socketPath: String

    /// Names the socket.
    ///
    /// - Parameter socketPath: the value of `NOTIFY_SOCKET`: a path, or a name of the kernel's with an `@` before it.
    /// - Returns: nil for anything else, vsock among them.
    package init?(socketPath: String) {
        guard let first = socketPath.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
            socketPath.utf8.count > 1, socketPath.utf8.count <= Self.pathByteCount
        else { return nil }
        self.socketPath = socketPath
    }

    /// Bytes of a socket's path that the kernel takes, without the zero behind it.
    private static let pathByteCount = 107

    /// Sends one state.
    ///
    /// - Returns: whether the kernel has taken it.
    @discardableResult
    package func send(_ state: String) -> Bool {
        // Both texts are terminated by the conversion to C strings, and the function keeps neither.
        unsafe rowan_notify_supervisor(socketPath, state) == 0
    }
}
