extension ByteBuffer {
    /// Appends a number as 16 digits in lower case, the most significant one first.
    package mutating func appendHexadecimal(_ number: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: number &>> shift & 15)
            append(digit < 10 ? digit &+ UInt8(ascii: "0") : digit &+ 87)
        }
    }
}
