import Glibc

/// A descriptor that receives whole lines and that nobody waits for: standard error of a server.
///
/// A reader that has stopped, a full disk or a closed descriptor must not stop the thread that has something to
/// report, so a line that cannot leave at once is given back to the caller, who counts it.
///
/// - Ownership: the descriptor is not owned and not closed.
/// - Isolation: any thread; two lines written at once by two threads may each find the last free space.
package struct LineOutput: Sendable {
    /// What became of a line.
    package enum Outcome: Sendable, Equatable {
        /// All of it has left.
        case written
        /// The first bytes have left and the rest is lost, as on a disk that has filled up.
        case cut(byteCount: Int)
        /// Nothing has left because there is no room now.
        case wouldWait
        /// Nothing has left; the number is the kernel's.
        case failed(errorNumber: Int32)
    }

    /// Standard error of this process.
    package static let standardError = LineOutput(descriptor: 2)

    private let descriptor: Int32

    /// Wraps a descriptor that stays open elsewhere.
    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Writes a line if it can leave without waiting.
    ///
    /// - Units: lines of at most 4,096 bytes reach a pipe whole and never wait: a pipe that reports room has a free
    ///   page.
    /// - Source: pipe(7), PIPE_BUF and atomic writes.
    package func write(_ line: Span<UInt8>) -> Outcome {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        // The kernel writes only into `request`, which outlives the call.
        let ready = unsafe poll(&request, 1, 0)
        if ready == 0 { return .wouldWait }
        if ready > 0, request.revents & Int16(POLLNVAL) != 0 { return .failed(errorNumber: EBADF) }
        while true {
            // The span is borrowed for the call, and the kernel only reads it.
            let count = unsafe line.withUnsafeBytes { bytes in
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if count == line.count { return .written }
            if count >= 0 { return .cut(byteCount: count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldWait
            default: return .failed(errorNumber: errno)
            }
        }
    }
}
