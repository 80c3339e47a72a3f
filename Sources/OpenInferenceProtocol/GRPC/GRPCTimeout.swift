import LinuxSystem

/// How long a caller waits, as the field `grpc-timeout` says it.
///
/// - Source: gRPC, *gRPC over HTTP2*: at most eight digits and one of the letters H, M, S, m, u, n.
package enum GRPCTimeout {
    /// Reads a field's value; nil where it is no such text.
    ///
    /// - Returns: nanoseconds; what is beyond an integer is the greatest one.
    package static func nanoseconds(_ value: Span<UInt8>) -> Int64? {
        guard value.count >= 2 && value.count <= 9 else { return nil }
        var number: Int64 = 0
        for index in 0..<value.count - 1 {
            let digit = value[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int64(digit)
        }
        let unit: Int64
        switch value[value.count - 1] {
        case UInt8(ascii: "H"): unit = 3_600_000_000_000
        case UInt8(ascii: "M"): unit = 60_000_000_000
        case UInt8(ascii: "S"): unit = 1_000_000_000
        case UInt8(ascii: "m"): unit = 1_000_000
        case UInt8(ascii: "u"): unit = 1_000
        case UInt8(ascii: "n"): unit = 1
        default: return nil
        }
        let (nanoseconds, overflows) = number.multipliedReportingOverflow(by: unit)
        return overflows ? .max : nanoseconds
    }
}
