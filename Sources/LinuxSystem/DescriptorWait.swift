import Glibc

/// Waiting for a descriptor that a library owns.
package enum DescriptorWait {
    /// Waits until a descriptor can be read or written, until something is wrong with it, or until the time is over.
    ///
    /// - Isolation: any thread; blocks.
    /// - Parameter number: an open descriptor; a negative one only waits.
    /// - Parameter forRoom: whether room to write ends the waiting, too.
    package static func wait(for number: Int32, forRoom: Bool, atMost time: Nanoseconds) {
        var request = pollfd(fd: number, events: Int16(POLLIN | (forRoom ? POLLOUT : 0)), revents: 0)
        // Rounded up: a last part of a millisecond is not spent in a circle.
        let milliseconds = max(0, (time.count + 999_999) / 1_000_000)
        // The kernel writes only into `request`, which outlives the call; whoever asks looks for himself what is there.
        _ = unsafe poll(&request, 1, Int32(clamping: milliseconds))
    }
}
