import CShims
import Glibc

/// Signals that one thread waits for instead of being interrupted by them.
///
/// Blocked before any other thread is made, they are blocked in all, so that only `wait` receives them: no handler
/// runs in the middle of anything.
package struct SignalSet: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// What a terminal sends for Control-C (`SIGINT`).
    package static let interrupt = SignalSet(rawValue: 1)
    /// What a supervisor sends to end a process (`SIGTERM`).
    package static let terminate = SignalSet(rawValue: 2)
    /// What an operator sends to have files opened anew (`SIGHUP`).
    package static let hangUp = SignalSet(rawValue: 4)

    /// What a terminal sends when its size has changed (`SIGWINCH`).
    package static let windowChanged = SignalSet(rawValue: 8)
    /// What a terminal sends for Control-Z (`SIGTSTP`).
    package static let suspend = SignalSet(rawValue: 16)

    private static let numbers: [(member: SignalSet, number: Int32)] = [
        (.interrupt, SIGINT), (.terminate, SIGTERM), (.hangUp, SIGHUP), (.windowChanged, SIGWINCH),
        (.suspend, SIGTSTP),
    ]

    private func withKernelSet<Result>(_ body: (inout sigset_t) -> Result) -> Result {
        var set = sigset_t()
        // The set is initialised by the first call, and the numbers are those of existing signals.
        unsafe _ = sigemptyset(&set)
        for (member, number) in Self.numbers where contains(member) { unsafe _ = sigaddset(&set, number) }
        return body(&set)
    }

    /// Blocks the signals in the calling thread and in the threads that it makes from now on.
    package func block() {
        let result = withKernelSet { unsafe pthread_sigmask(SIG_BLOCK, &$0, nil) }
        precondition(result == 0, "signals that exist can be blocked")
    }

    /// Waits until one of the signals arrives.
    ///
    /// - Parameter timeout: how long at most; `never` waits without end.
    /// - Returns: the signal, or nil after the timeout.
    /// - Precondition: the signals are blocked.
    package func wait(timeout: Nanoseconds = .never) -> SignalSet? {
        precondition(!isEmpty, "no signal to wait for")
        let number = withKernelSet { set in
            while true {
                var limit = timespec(
                    tv_sec: Int(timeout.count / 1_000_000_000), tv_nsec: Int(timeout.count % 1_000_000_000))
                // Both structures are ours and read during the call; debuggers interrupt it.
                let number =
                    unsafe timeout == .never ? sigwaitinfo(&set, nil) : sigtimedwait(&set, nil, &limit)
                if number > 0 || errno != EINTR { return number }
            }
        }
        return Self.numbers.first { $0.number == number }?.member
    }

    /// Sends one of the signals to this process, for a part of it that wants the process to end.
    package func raise() {
        for (member, number) in Self.numbers where contains(member) { _ = kill(getpid(), number) }
    }

    /// Makes writing to a closed pipe an error of the call instead of the end of the process (`SIGPIPE`).
    package static func ignoreBrokenPipes() {
        // Ignoring installs no handler.
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        _ = Glibc.signal(SIGXFSZ, SIG_IGN)
    }
}
