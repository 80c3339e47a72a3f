import CShims
import Glibc

/// A counter on which threads wait until it is positive.
///
/// - Isolation: any thread.
@safe
package struct ThreadSemaphore: ~Copyable, Sendable {
    private let base: UInt

    private var address: UnsafeMutablePointer<sem_t> {
        // `init` stored the address of a semaphore, and `deinit` alone takes it away.
        guard let address = unsafe UnsafeMutablePointer<sem_t>(bitPattern: base) else {
            preconditionFailure("a semaphore has an address")
        }
        return unsafe address
    }

    package init(value: Int = 0) {
        let address = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        unsafe address.initialize(to: sem_t())
        // The address of memory of the right size that does not move.
        let result = unsafe sem_init(address, 0, UInt32(value))
        precondition(result == 0, "the first value of a semaphore is small")
        base = UInt(bitPattern: address)
    }

    deinit {
        unsafe sem_destroy(address)
        unsafe address.deallocate()
    }

    /// Adds one and wakes a thread that waits.
    package borrowing func signal() {
        let result = unsafe sem_post(address)
        precondition(result == 0, "a semaphore counts no further than it can")
    }

    /// Waits until the counter is positive and takes one from it.
    package borrowing func wait() {
        while unsafe sem_wait(address) != 0 {
            precondition(errno == EINTR, "a semaphore that exists can be waited for")
        }
    }

    /// Waits until the counter is positive and takes one from it, but no longer than a time.
    ///
    /// - Returns: false if the time is over.
    package borrowing func wait(atMost duration: Nanoseconds) -> Bool {
        let end = SystemClock().now() + max(duration, .zero)
        var instant = timespec(tv_sec: Int(end.count / 1_000_000_000), tv_nsec: Int(end.count % 1_000_000_000))
        // The semaphore exists, and the time lies in a local variable.
        while unsafe rowan_semaphore_wait(address, &instant) != 0 {
            if errno == ETIMEDOUT { return false }
            precondition(errno == EINTR, "a semaphore that exists can be waited for")
        }
        return true
    }
}
