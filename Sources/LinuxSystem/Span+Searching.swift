import Glibc

extension Span where Element == UInt8 {
    /// The first place of a byte from an offset on; nil if there is none.
    ///
    /// - Complexity: the C library compares 32 bytes at once.
    /// - Precondition: the offset lies within the span or at its end.
    package func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        precondition(start >= 0 && start <= count, "a search begins within the span")
        guard start < count else { return nil }
        return unsafe withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            // The bytes from `start` to the count are the span's own, which is borrowed for the call.
            guard let found = unsafe memchr(base + start, Int32(byte), count - start) else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
    }
}
