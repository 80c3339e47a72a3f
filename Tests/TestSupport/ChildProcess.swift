import Glibc
import Synchronization

/// A program that a test starts, listens to, signals and waits for.
///
/// What it writes is read by the test's own thread while it waits, so nothing runs behind the test's back. A child
/// that is still alive when the value goes away is killed.
///
/// - Isolation: one thread.
package final class ChildProcess {
    /// Where one of the child's streams leads.
    package enum Stream {
        /// To the test.
        case captured
        /// Into a file, for example `/dev/full`.
        case file(String)
        /// Nowhere: the descriptor is closed.
        case closed
    }

    /// How a child ended.
    package enum Ending: Equatable, Sendable {
        case exited(code: Int32)
        case signalled(number: Int32)
    }

    /// Why a child could not be used.
    package enum Fault: Error {
        case cannotStart(errorNumber: Int32)
        /// The text is what the child had written by then.
        case tooSlow(String)
        case ended(Ending, String)
    }

    private let identifier: pid_t
    private var outputPipe: ReadEnd
    private var errorPipe: ReadEnd
    private var ending: Ending?

    /// What the child has written to its standard output so far.
    package var output: String { String(decoding: outputPipe.bytes, as: UTF8.self) }
    /// What the child has written to its standard error so far.
    package var errorOutput: String { String(decoding: errorPipe.bytes, as: UTF8.self) }
    /// The number that signals are sent to.
    package var processIdentifier: Int32 { identifier }

    /// Starts a program.
    ///
    /// - Parameter environment: variables beside those of the test's own process that are set as well.
    package init(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        standardOutput: Stream = .captured, standardError: Stream = .captured
    ) throws(Fault) {
        // Between making a pipe and marking it, another thread's child would inherit it and hold it open.
        let started = Self.starting.withLock { _ in
            Self.start(executable, arguments, environment, standardOutput, standardError)
        }
        guard started.identifier > 0 else { throw .cannotStart(errorNumber: started.errorNumber) }
        identifier = started.identifier
        outputPipe = ReadEnd(descriptor: started.outputDescriptor)
        errorPipe = ReadEnd(descriptor: started.errorDescriptor)
    }

    deinit {
        if ending == nil {
            kill(identifier, SIGKILL)
            var status: Int32 = 0
            // The kernel writes only into `status`.
            _ = unsafe waitpid(identifier, &status, 0)
        }
        outputPipe.close()
        errorPipe.close()
    }

    /// Sends a signal.
    package func send(signal: Int32) {
        precondition(ending == nil, "a process that has ended gets no signals")
        kill(identifier, signal)
    }

    /// Waits for the end.
    package func waitForEnd(seconds: Double = 20) throws(Fault) -> Ending {
        let deadline = Self.now + seconds
        while true {
            readAvailable(milliseconds: 20)
            if let ending = reaped() {
                // What was written before the end is in the pipes now.
                readAvailable(milliseconds: 0)
                return ending
            }
            guard Self.now < deadline else { throw .tooSlow(output + errorOutput) }
        }
    }

    /// Waits until one of the streams holds a line that contains a text, and returns the line.
    package func waitForLine(containing text: String, seconds: Double = 20) throws(Fault) -> String {
        let deadline = Self.now + seconds
        while true {
            let ending = reaped()
            readAvailable(milliseconds: ending == nil ? 20 : 0)
            for stream in [output, errorOutput] {
                // The last piece has no newline yet.
                let line = stream.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                    .first { $0.contains(text) }
                if let line { return String(line) }
            }
            if let ending { throw .ended(ending, output + errorOutput) }
            guard Self.now < deadline else { throw .tooSlow(output + errorOutput) }
        }
    }

    private func reaped() -> Ending? {
        if let ending { return ending }
        var status: Int32 = 0
        // The kernel writes only into `status`.
        guard unsafe waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
        let signal = status & 0x7F
        ending = signal == 0 ? .exited(code: (status >> 8) & 0xFF) : .signalled(number: signal)
        return ending
    }

    private func readAvailable(milliseconds: Int32) {
        var requests = [outputPipe, errorPipe].map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        // The kernel writes only into the array, whose length it is told; negative descriptors are skipped.
        _ = unsafe poll(&requests, nfds_t(requests.count), milliseconds)
        outputPipe.readAvailable()
        errorPipe.readAvailable()
    }

    private static let starting = Mutex(0)

    private static var now: Double {
        var time = timespec()
        // The kernel writes only into `time`.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

extension ChildProcess {
    private struct Started {
        var identifier: pid_t = -1
        var errorNumber: Int32 = 0
        var outputDescriptor: Int32 = -1
        var errorDescriptor: Int32 = -1
    }

    private static func start(
        _ executable: String, _ arguments: [String], _ environment: [String: String], _ output: Stream,
        _ error: Stream
    ) -> Started {
        var started = Started()
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        // Both are initialised before use and destroyed after it.
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        var writeEnds: [Int32] = []
        started.outputDescriptor = unsafe connect(output, to: 1, &actions, &writeEnds)
        started.errorDescriptor = unsafe connect(error, to: 2, &actions, &writeEnds)
        var signals = sigset_t()
        // Signal sets are plain values that the C library fills.
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // The copies live until the child has its own; both lists end with nil.
        var words = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
        var variables = unsafe (inherited + environment.map { "\($0.key)=\($0.value)" }).map { unsafe strdup($0) }
        unsafe variables.append(nil)
        let code = unsafe posix_spawn(&started.identifier, executable, &actions, &attributes, &words, &variables)
        if code != 0 {
            started.identifier = -1
            started.errorNumber = code
        }
        unsafe (words + variables).forEach { unsafe free($0) }
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
        for descriptor in writeEnds { close(descriptor) }
        if code != 0 {
            for descriptor in [started.outputDescriptor, started.errorDescriptor] { close(descriptor) }
        }
        return started
    }

    /// The few variables that a child needs whatever the test's environment holds; those that configure Rowan are
    /// left behind.
    private static var inherited: [String] {
        ["PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR"].compactMap { name in
            // The value is copied at once.
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe "\(name)=\(String(cString: value))"
        }
    }

    private static func connect(
        _ stream: Stream, to descriptor: Int32, _ actions: inout posix_spawn_file_actions_t, _ writeEnds: inout [Int32]
    ) -> Int32 {
        switch stream {
        case .captured:
            var ends: [Int32] = [-1, -1]
            // The kernel writes two descriptors into the array.
            let code = unsafe pipe(&ends)
            precondition(code == 0, "no pipe for a child process")
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], descriptor)
            writeEnds.append(ends[1])
            return ends[0]
        case .file(let path):
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY, 0)
        case .closed:
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        return -1
    }
}

extension ChildProcess {
    /// The test's end of a pipe, and what has come out of it.
    private struct ReadEnd {
        /// Negative when the stream is not captured or has ended.
        private(set) var descriptor: Int32
        private(set) var bytes: [UInt8] = []

        init(descriptor: Int32) {
            self.descriptor = descriptor
        }

        mutating func readAvailable() {
            var piece = [UInt8](repeating: 0, count: 65_536)
            while descriptor >= 0 {
                // The kernel writes at most the array's length.
                let count = unsafe read(descriptor, &piece, piece.count)
                if count > 0 {
                    bytes += piece[..<count]
                } else if count == 0 || errno != EAGAIN && errno != EINTR {
                    close()
                } else if errno == EAGAIN {
                    return
                }
            }
        }

        mutating func close() {
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}
