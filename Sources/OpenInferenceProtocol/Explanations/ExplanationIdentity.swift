package import LinuxSystem

/// What an answer calls an anomalous row, so that its explanation can be asked for.
///
/// - Layout: as text sixteen hexadecimal digits of the origin, a hyphen, and those of the sequence number.
package struct ExplanationIdentity: Hashable, Sendable {
    /// The process that has given it: a number that no other process has.
    package let origin: UInt64
    package let sequence: UInt64

    /// The response parameters.
    package static var parameterName: StaticString { "rowan_explanation_ids" }

    /// Names a row.
    package init(origin: UInt64, sequence: UInt64) {
        self.origin = origin
        self.sequence = sequence
    }

    /// Reads the text; nil for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == Self.originDigitCount, (1...16).contains(parts[1].count),
            let origin = Self.number(parts[0]), let sequence = Self.number(parts[1])
        else { return nil }
        self.init(origin: origin, sequence: sequence)
    }

    private static let originDigitCount = 16

    private static func number(_ digits: Substring.UTF8View.SubSequence) -> UInt64? {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    private var sequenceDigitCount: Int { max(1, (67 - sequence.leadingZeroBitCount) / 4) }

    /// Bytes of the text.
    package var byteCount: Int { Self.originDigitCount + 1 + sequenceDigitCount }

    /// Appends the text.
    package func append(to buffer: inout ByteBuffer) {
        Self.append(origin, digitCount: Self.originDigitCount, to: &buffer)
        buffer.append(UInt8(ascii: "-"))
        Self.append(sequence, digitCount: sequenceDigitCount, to: &buffer)
    }

    private static func append(_ value: UInt64, digitCount: Int, to buffer: inout ByteBuffer) {
        for place in (0..<digitCount).reversed() {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * place)) & 15
            buffer.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
        }
    }

    /// The text.
    package var text: String {
        var buffer = ByteBuffer(capacity: byteCount)
        append(to: &buffer)
        return buffer.withBytes { $0.text($0.indices) }
    }
}
