import CFastFloat

/// Reads decimal numbers of texts that are not JSON, whose grammar nobody has checked.
///
/// - Isolation: any thread.
package enum DecimalText {
    /// The nearest double, ties to even; beyond the range an infinity.
    ///
    /// Digits with an optional minus sign, fraction and exponent are a number, and the words `inf` and `nan`.
    ///
    /// - Returns: nil where the bytes are not wholly a number.
    package static func double(in bytes: Span<UInt8>, _ range: Range<Int>) -> Double? {
        guard !range.isEmpty else { return nil }
        var value = 0.0
        let read = unsafe bytes.extracting(range).withUnsafeBytes { text in
            // The bytes are borrowed for the call, and the callee reads no further than `count`.
            unsafe rowan_parse_double(text.baseAddress, text.count, &value)
        }
        return read == range.count ? value : nil
    }
}
