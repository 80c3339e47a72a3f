/// Bounds of what shadows cost.
enum ShadowLimits {
    /// Bytes of a request that is compared: its text is read in one go, which takes less than a slice.
    static let bodyByteCount = 16 << 10
}
