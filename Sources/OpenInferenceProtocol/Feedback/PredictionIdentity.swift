package import LinuxSystem

/// What the response parameter `rowan_prediction_id` names: a request whose predictions are kept.
///
/// - Layout: as text eight hexadecimal digits of the epoch, a hyphen, and those of the first row's sequence number.
package struct PredictionIdentity: Equatable, Sendable {
    /// Of the ring that keeps the predictions.
    package let epoch: UInt32
    /// The number of the request's first row.
    package let sequence: UInt64

    /// The response parameter.
    package static var parameterName: StaticString { "rowan_prediction_id" }

    /// Names a request.
    package init(epoch: UInt32, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// Reads the text; nil for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == Self.epochDigitCount, (1...16).contains(parts[1].count),
            let epoch = Self.number(parts[0]), let sequence = Self.number(parts[1])
        else { return nil }
        self.init(epoch: UInt32(truncatingIfNeeded: epoch), sequence: sequence)
    }

    private static let epochDigitCount = 8

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
    var byteCount: Int { Self.epochDigitCount + 1 + sequenceDigitCount }

    /// Appends the text.
    package func append(to buffer: inout ByteBuffer) {
        Self.append(UInt64(epoch), digitCount: Self.epochDigitCount, to: &buffer)
        buffer.append(UInt8(ascii: "-"))
        Self.append(sequence, digitCount: sequenceDigitCount, to: &buffer)
    }

    private static func append(_ value: UInt64, digitCount: Int, to buffer: inout ByteBuffer) {
        for place in (0..<digitCount).reversed() {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * place)) & 15
            buffer.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
        }
    }
}
