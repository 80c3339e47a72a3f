import CShims
import Glibc
import Synchronization

/// The real kernel.
///
/// Readiness calls are here, socket calls in `LinuxKernel+Sockets.swift`.
package final class LinuxKernel: KernelCalls {
    private let lacksPreciseWait: Atomic<Bool>

    package init() { lacksPreciseWait = Atomic(false) }

    /// A kernel without waits of less than a millisecond, for tests of the replacement.
    init(lacksPreciseWait: Bool) { self.lacksPreciseWait = Atomic(lacksPreciseWait) }

    package func makePoll() throws(SystemError) -> Descriptor {
        let number = epoll_create1(rowan_epoll_cloexec)
        if number < 0 { throw SystemError(failed: "epoll_create1") }
        return Descriptor(owning: number, from: self)
    }

    package func watch(
        _ descriptor: borrowing Descriptor, for interest: Readiness, tag: UInt64, in poll: borrowing Descriptor
    ) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, interest, tag, poll)
    }

    package func rewatch(
        _ descriptor: borrowing Descriptor, for interest: Readiness, tag: UInt64, in poll: borrowing Descriptor
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, interest, tag, poll)
    }

    private func control(
        _ operation: Int32, _ descriptor: borrowing Descriptor, _ interest: Readiness, _ tag: UInt64,
        _ poll: borrowing Descriptor
    ) throws(SystemError) {
        var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data_t(u64: tag))
        // The kernel copies the event during the call.
        if unsafe epoll_ctl(poll.number, operation, descriptor.number, &event) < 0 {
            throw SystemError(failed: "epoll_ctl")
        }
    }

    package func waitForEvents(
        in poll: borrowing Descriptor, timeout: Nanoseconds, into events: inout PollEventBuffer
    ) {
        let descriptor = poll.number
        let result = unsafe events.replace { base, capacity in
            // The buffer has room for `capacity` events and is ours for the duration of the call.
            switch timeout {
            case .never: return unsafe epoll_wait(descriptor, base, capacity, -1)
            case ...Nanoseconds.zero: return unsafe epoll_wait(descriptor, base, capacity, 0)
            default: return unsafe wait(descriptor, base, capacity, timeout)
            }
        }
        if result < 0 {
            // Nothing else is possible: the descriptor is an epoll instance and the buffer is ours.
            precondition(errno == EINTR, "waiting for events failed")
        }
    }

    /// Waits with the precision of nanoseconds, or of milliseconds, rounded up, where the kernel knows no better
    /// (before Linux 5.11, and under some sandboxes and debuggers).
    @unsafe
    private func wait(
        _ descriptor: Int32, _ base: UnsafeMutablePointer<epoll_event>, _ capacity: Int32, _ timeout: Nanoseconds
    ) -> Int32 {
        if !lacksPreciseWait.load(ordering: .relaxed) {
            var limit = timespec(
                tv_sec: Int(timeout.count / 1_000_000_000), tv_nsec: Int(timeout.count % 1_000_000_000))
            let result = unsafe epoll_pwait2(descriptor, base, capacity, &limit, nil)
            if result >= 0 || errno != ENOSYS { return result }
            lacksPreciseWait.store(true, ordering: .relaxed)
        }
        let milliseconds = Int32(clamping: (timeout.count - 1) / 1_000_000 + 1)
        return unsafe epoll_wait(descriptor, base, capacity, milliseconds)
    }

    package func makeSignal() throws(SystemError) -> Descriptor {
        let number = eventfd(0, rowan_eventfd_flags)
        if number < 0 { throw SystemError(failed: "eventfd") }
        return Descriptor(owning: number, from: self)
    }

    package func signal(_ signal: borrowing Descriptor) {
        var one: UInt64 = 1
        // Eight bytes are what an eventfd takes. It refuses only when 2^64 - 1 wake-ups were sent, which no process
        // lives to do.
        unsafe _ = write(signal.number, &one, 8)
    }

    package func close(_ number: Int32) {
        // After an interruption the descriptor is closed on Linux, so the call is not repeated.
        let result = Glibc.close(number)
        precondition(result == 0 || errno != EBADF, "a descriptor was closed twice")
    }
}
