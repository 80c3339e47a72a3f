extension Span where Element: Numeric & BitwiseCopyable {
    /// Lends the memory of numbers as bytes: on this machine, as on the wire, the lowest first.
    package func withBytes<Failure: Error>(_ body: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        // Numbers have no padding, and the span over the borrowed elements' bytes is used before the closure returns.
        try unsafe withUnsafeBytes { (bytes) throws(Failure) in
            try body(unsafe Span<UInt8>(_unsafeBytes: bytes))
        }
    }
}
