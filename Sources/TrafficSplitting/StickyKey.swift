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
        buffer.appendHexadecimal(high)
        buffer.appendHexadecimal(low)
    }
}
