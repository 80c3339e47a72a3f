import LinuxSystem

/// What a receiver says about a batch that it has taken: how many spans of it it did not want.
///
/// - Source: OTLP 1.x, "Partial success"; a receiver that took everything may leave its answer empty.
struct ExportAnswer: Equatable {
    private(set) var rejectedSpans = 0
    private(set) var message = ""

    /// Reads `ExportTraceServiceResponse`; what cannot be read says nothing.
    init(_ bytes: Span<UInt8>) {
        Self.forEachField(of: bytes) { number, value, range in
            guard number == OTLPFields.ExportTraceServiceResponse.partialSuccess, let range else { return }
            let inner = bytes.extracting(range)
            Self.forEachField(of: inner) { number, value, range in
                switch number {
                case OTLPFields.ExportTracePartialSuccess.rejectedSpans:
                    rejectedSpans = Int(clamping: Int64(bitPattern: value))
                case OTLPFields.ExportTracePartialSuccess.errorMessage:
                    if let range { message = TraceRecord.cut(inner.text(range)) }
                default: break
                }
            }
        }
    }

    /// Calls a closure with each field's number, and its integer or the range of its bytes, until something is
    /// malformed.
    private static func forEachField(of bytes: Span<UInt8>, _ body: (Int, UInt64, Range<Int>?) -> Void) {
        var position = 0
        while position < bytes.count {
            guard let tag = varint(bytes, &position) else { return }
            let number = Int(truncatingIfNeeded: tag >> 3)
            switch tag & 7 {
            case 0:
                guard let value = varint(bytes, &position) else { return }
                body(number, value, nil)
            case 1: position += 8
            case 5: position += 4
            case 2:
                guard let count = varint(bytes, &position), count <= UInt64(bytes.count - position) else { return }
                body(number, 0, position..<position + Int(count))
                position += Int(count)
            default: return
            }
        }
    }

    private static func varint(_ bytes: Span<UInt8>, _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
