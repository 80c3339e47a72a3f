/// Bounds on what may be registered as shared memory.
enum SharedMemoryLimits {
    /// Regions at once: each holds a descriptor, and a client of this field registers one per tensor.
    static let regionCount = 1_000
    /// Bytes of a region, and the furthest byte of its object: beyond the memory of one machine, and far from where
    /// sums overflow.
    static let regionByteCount: UInt64 = 1 << 40
    /// Bytes of a region's name: it is repeated in each request and in its refusal.
    static let nameByteCount = 255
    /// Bytes of an object's name without its slash: the kernel's limit.
    static let keyByteCount = 255
}
