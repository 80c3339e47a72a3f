import CShims
import Glibc

/// News about directories whose content changes.
///
/// - Isolation: one thread at a time.
/// - Source: inotify(7).
package final class DirectoryChanges {
    /// One directory that is watched.
    package struct Watch: Hashable, Sendable {
        let number: Int32
    }

    /// What has happened in a directory.
    package struct Change: Equatable, Sendable {
        /// The directory; nil when news were lost and everything may have changed.
        package let watch: Watch?
        /// The entry that changed; empty for the directory itself.
        package let name: String
        /// Whether the entry was moved to its place under this name, so that it is as whole as it was before.
        package let isMovedHere: Bool
        /// Whether the directory is no longer watched, because it is gone.
        package let isEnd: Bool
    }

    /// Ready for reading when there is news.
    package let descriptor: Descriptor
    private var buffer: [UInt8]

    /// Room for some hundred changes of one read.
    private static let bufferByteCount = 16 << 10

    /// Makes a source of news about no directory.
    package init() throws(SystemError) {
        let number = inotify_init1(rowan_inotify_flags)
        if number < 0 { throw SystemError(failed: "inotify_init1") }
        descriptor = Descriptor(owning: number, from: LinuxKernel())
        buffer = Array(repeating: 0, count: Self.bufferByteCount)
    }

    /// Watches a directory; one that is watched already keeps its watch.
    ///
    /// - Throws: what the kernel refused: no directory, no permission, or too many watches of this user.
    package func watch(_ directory: String) throws(SystemError) -> Watch {
        // The path is terminated by the conversion to a C string.
        let number = unsafe inotify_add_watch(descriptor.number, directory, rowan_inotify_interest)
        if number < 0 { throw SystemError(failed: "inotify_add_watch") }
        return Watch(number: number)
    }

    /// Ends a watch; one that has ended by itself is no fault.
    package func end(_ watch: Watch) {
        _ = inotify_rm_watch(descriptor.number, watch.number)
    }

    /// Takes all news that wait.
    package func take() -> [Change] {
        var changes: [Change] = []
        while true {
            let capacity = buffer.count
            let number = descriptor.number
            // The buffer has room for as many bytes as the call is told.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, capacity) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return changes }
            append(byteCount: count, to: &changes)
        }
    }

    private func append(byteCount: Int, to changes: inout [Change]) {
        // The header of an event: watch, mask, cookie, length of the name with its padding; 32 bits each.
        let headerByteCount = 16
        var start = 0
        while start + headerByteCount <= byteCount {
            let mask = word(at: start + 4)
            let nameByteCount = Int(word(at: start + 12))
            let nameStart = start + headerByteCount
            let name = buffer[nameStart..<min(nameStart + nameByteCount, byteCount)].prefix { $0 != 0 }
            start = nameStart + nameByteCount
            let isLoss = mask & rowan_inotify_overflow != 0
            changes.append(
                Change(
                    watch: isLoss ? nil : Watch(number: Int32(bitPattern: word(at: nameStart - headerByteCount))),
                    name: String(decoding: name, as: UTF8.self), isMovedHere: mask & rowan_inotify_moved_to != 0,
                    isEnd: mask & rowan_inotify_ignored != 0))
        }
    }

    private func word(at start: Int) -> UInt32 {
        // Events are written in the machine's byte order, which is little-endian.
        (0..<4).reduce(0) { $0 | UInt32(buffer[start + $1]) << (8 * UInt32($1)) }
    }
}
