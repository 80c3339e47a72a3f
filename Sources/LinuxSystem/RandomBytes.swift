import CShims

/// Bytes that nobody can guess, from the kernel.
///
/// - Isolation: any thread; may block until the kernel has gathered randomness, soon after the machine has started.
/// - Source: getrandom(2).
package enum RandomBytes {
    /// Makes bytes.
    ///
    /// - Throws: where the kernel has no such call.
    package static func make(_ count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // The kernel writes as many bytes as the array has.
        if unsafe rowan_random_bytes(&bytes, count) < 0 { throw SystemError(failed: "getrandom") }
        return bytes
    }
}
