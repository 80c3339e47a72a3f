package import LinuxSystem

/// A new key: 128 random bits, which a client keeps in a cookie.
///
/// Its text is 32 hexadecimal digits in lower case, the higher half first.
package struct StickyKey: Equatable, Sendable {
    package let high: UInt64
    package let low: UInt64

    /// The number of bytes of its text.
    package static let byteCount = 32

    /// Makes the key of two random numbers.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Draws a key.
    package init(using generator: inout some RandomNumberGenerator) {
        self.init(high: generator.next(), low: generator.next())
    }

    /// Appends the text.
    package func append(to buffer: inout ByteBuffer) {
        Self.append(high, to: &buffer)
        Self.append(low, to: &buffer)
    }

    private static func append(_ half: UInt64, to buffer: inout ByteBuffer) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: half &>> shift & 15)
            buffer.append(digit < 10 ? digit &+ UInt8(ascii: "0") : digit &+ 87)
        }
    }
}
