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
}
