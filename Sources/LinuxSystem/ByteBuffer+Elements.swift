extension ByteBuffer {
    /// Appends the memory of elements: for integers and floating-point numbers their bytes, lowest first.
    @inlinable
    @inline(__always)
    package mutating func append<Element: BitwiseCopyable>(bytesOf elements: Span<Element>) {
        unsafe elements.withUnsafeBytes { bytes in
            // The span over the borrowed elements' bytes is used before the closure returns.
            append(unsafe Span<UInt8>(_unsafeBytes: bytes))
        }
    }

    /// Appends what `write` puts into a lent space.
    ///
    /// - Parameter limit: size of the space in bytes.
    /// - Parameter write: returns how many of the space's first bytes it has written.
    @inlinable
    @inline(__always)
    package mutating func append(limit: Int, written write: (inout MutableSpan<UInt8>) -> Int) {
        _ = unsafe append(limit: limit) { space in
            // Bytes have no invalid values, and the buffer counts only those that `write` reports.
            var bytes = unsafe MutableSpan<UInt8>(_unsafeBytes: space)
            return write(&bytes)
        }
    }
}
