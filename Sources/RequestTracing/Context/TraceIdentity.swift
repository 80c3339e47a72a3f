import LinuxSystem

/// The number of a trace, sixteen bytes of which at least one is not zero.
package struct TraceIdentity: Hashable, Sendable {
    /// The first and the last eight bytes, most significant first.
    package let high: UInt64
    package let low: UInt64

    /// Takes a number as it is written; nil for zero, which names no trace.
    package init?(high: UInt64, low: UInt64) {
        guard high | low != 0 else { return nil }
        self.high = high
        self.low = low
    }

    /// Draws the number of a new trace.
    package init(using generator: inout some RandomNumberGenerator) {
        high = generator.next()
        // A trace is never zero, and samplers of others look at its last bytes.
        low = max(1, generator.next())
    }

    /// 32 hexadecimal digits in lower case.
    package var text: String { Self.hexadecimal(high) + Self.hexadecimal(low) }

    /// 16 hexadecimal digits in lower case.
    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// The number of a span within its trace; never zero.
package struct SpanIdentity: Hashable, Sendable {
    package let number: UInt64

    /// Takes a number as it is written; nil for zero, which names no span.
    package init?(_ number: UInt64) {
        guard number != 0 else { return nil }
        self.number = number
    }

    /// Draws the number of a new span.
    package init(using generator: inout some RandomNumberGenerator) {
        number = max(1, generator.next())
    }
}
