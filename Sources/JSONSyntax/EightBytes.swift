import CFastFloat

/// Text in an integer register.
enum EightBytes {
    /// The eight bytes from an offset on, the first one lowest.
    ///
    /// - Precondition: the caller has compared `offset` + 8 with the number of bytes.
    @inline(__always)
    static func load(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        unsafe bytes.withUnsafeBytes { all in
            // Every caller has compared `offset` + 8 with the number of bytes, which are borrowed for the call.
            unsafe rowan_load_eight_bytes(all.baseAddress, offset)
        }
    }

    /// Writes eight bytes from an offset on, the lowest one first.
    @inline(__always)
    static func store(_ value: UInt64, in text: inout MutableSpan<UInt8>, at offset: Int) {
        precondition(offset >= 0 && offset <= text.count &- 8, "eight bytes lie within the text")
        unsafe text.withUnsafeMutableBytes { space in
            // The eight bytes from `offset` on were compared with the count just now.
            if let base = space.baseAddress { unsafe rowan_store_eight_bytes(base, offset, value) }
        }
    }

    /// Whether two texts of one length are the same.
    static func equal(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        precondition(one.count == other.count, "the texts have one length")
        guard one.count >= 8 else {
            for index in one.indices where one[index] != other[index] { return false }
            return true
        }
        // The last step may overlap the one before.
        let last = one.count &- 8
        var index = 0
        while index < last {
            guard load(one, at: index) == load(other, at: index) else { return false }
            index &+= 8
        }
        return load(one, at: last) == load(other, at: last)
    }

    /// One bit for each of the sixteen bytes from an offset on, the first one lowest: 1 where the byte is no digit.
    ///
    /// - Precondition: the caller has compared `offset` + 16 with the number of bytes.
    @inline(__always)
    static func marksOfNonDigits(_ bytes: Span<UInt8>, at offset: Int) -> UInt32 {
        unsafe bytes.withUnsafeBytes { all in
            // Every caller has compared `offset` + 16 with the number of bytes, which are borrowed for the call.
            unsafe rowan_marks_of_non_digits(all.baseAddress, offset)
        }
    }

    /// Copies the bytes from an offset on to the beginning of others.
    @inline(__always)
    static func copy(_ bytes: Span<UInt8>, from offset: Int, to target: inout MutableSpan<UInt8>) {
        precondition(offset >= 0 && offset <= bytes.count && bytes.count &- offset <= target.count, "too few bytes")
        let count = bytes.count &- offset
        unsafe target.withUnsafeMutableBytes { space in
            unsafe bytes.withUnsafeBytes { all in
                // Both numbers of bytes were compared just now; exclusive and borrowed memory do not overlap.
                if let to = space.baseAddress { unsafe rowan_copy_bytes(to, all.baseAddress, offset, count) }
            }
        }
    }
}
