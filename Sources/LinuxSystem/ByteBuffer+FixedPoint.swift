import CShims

extension ByteBuffer {
    /// Bytes of the longest text with its end: a sign, 309 digits, the point and six digits.
    private static let fixedPointByteCountLimit = 318

    /// Appends a number with six decimals, rounded exactly, as C's `%f` prints it: `nan`, `-nan`, `inf` and `-inf`
    /// included.
    ///
    /// - Complexity: some 150 nanoseconds for numbers of usual size; allocates only if the buffer has to grow.
    package mutating func appendFixedPoint(_ value: Double) {
        let count = unsafe append(limit: Self.fixedPointByteCountLimit) { space in
            // The call writes no more than the size that it is told, its terminating zero included; the space holds
            // nothing of another type.
            let text = unsafe space.baseAddress?.assumingMemoryBound(to: CChar.self)
            return Int(unsafe rowan_format_fixed_point(text, space.count, value))
        }
        precondition(count > 0, "a number has a text")
    }
}
