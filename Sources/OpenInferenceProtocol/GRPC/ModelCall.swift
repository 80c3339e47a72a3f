import LinuxSystem

/// A call that asks for something about a model, or for something of the whole server where it names none.
package struct ModelCall: Equatable, Sendable {
    /// Where the name stands; empty if there is none.
    package private(set) var name = 0..<0
    /// Where the version stands; empty for any.
    package private(set) var version = 0..<0

    /// Reads the request of ModelReady, ModelMetadata, ModelConfig or ModelStatistics.
    package init(_ message: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) {
        var reader = ProtobufReader(message)
        while let field = try reader.nextField(ControlMessage.Model.self, in: body) {
            switch field.name {
            case .name: name = field.content.range
            case .version: version = field.content.range
            }
        }
    }

    /// The version that a call names.
    ///
    /// - Returns: nil for none.
    /// - Throws: where it is no number that a version can have.
    package static func version(_ text: Range<Int>, in body: Span<UInt8>) throws(ProtocolError) -> Int64? {
        guard !text.isEmpty else { return nil }
        var value: Int64 = 0
        for index in text {
            let digit = body[index] &- UInt8(ascii: "0")
            let (scaled, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, carries) = scaled.addingReportingOverflow(Int64(digit))
            guard digit < 10, !overflows, !carries else {
                throw ProtocolError(
                    .invalidArgument,
                    "failed to get model version from specified version string '\(body.text(text))' (details: it is "
                        + "no number from 0 to \(Int64.max)), version should be an integral value > 0")
            }
            value = sum
        }
        return value
    }
}
