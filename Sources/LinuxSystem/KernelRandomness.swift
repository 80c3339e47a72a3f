import CShims
import Glibc

/// Random numbers from the kernel, fit for secrets.
///
/// - Isolation: any thread.
package struct KernelRandomness: RandomNumberGenerator, Sendable {
    package init() {}

    package mutating func next() -> UInt64 {
        var value: UInt64 = 0
        // Up to 256 bytes come whole once the kernel's generator is ready, for which the call waits.
        while unsafe getrandom(&value, 8, 0) != 8 {
            precondition(errno == EINTR, "the kernel gives random bytes")
        }
        return value
    }
}
