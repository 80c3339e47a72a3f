import JSONSyntax
import LinuxSystem

extension OutputColumn {
    /// Values that are written before the space for the next ones is made sure of.
    private static let valuesPerStep = 512

    /// Appends some rows' elements as JSON, separated by commas.
    func appendJSON(rows: Range<Int>, to buffer: inout ByteBuffer) {
        let elements = elements(of: rows)
        switch metadata.datatype {
        case .float32:
            floats.withSpan { all in
                Self.appendSteps(all.extracting(elements), JSONNumberText.floatByteCountLimit, to: &buffer) {
                    JSONNumberText.write($0, into: &$1)
                }
            }
        case .float64:
            doubles.withSpan { all in
                Self.appendSteps(all.extracting(elements), JSONNumberText.doubleByteCountLimit, to: &buffer) {
                    JSONNumberText.write($0, into: &$1)
                }
            }
        case .int64:
            longs.withSpan { all in
                Self.appendSteps(all.extracting(elements), JSONNumberText.integerByteCountLimit, to: &buffer) {
                    JSONNumberText.write($0, into: &$1)
                }
            }
        case .int32:
            ints.withSpan { all in
                Self.appendSteps(all.extracting(elements), JSONNumberText.integerByteCountLimit, to: &buffer) {
                    JSONNumberText.write($0, into: &$1)
                }
            }
        default:
            for index in elements {
                if index > elements.lowerBound { buffer.append(UInt8(ascii: ",")) }
                texts.appendJSON(Int(longs[index]), to: &buffer)
            }
        }
    }

    /// Appends some rows' elements as a binary tensor.
    func appendBinary(rows: Range<Int>, to buffer: inout ByteBuffer) {
        let elements = elements(of: rows)
        switch metadata.datatype {
        case .float32: floats.withSpan { buffer.append(bytesOf: $0.extracting(elements)) }
        case .float64: doubles.withSpan { buffer.append(bytesOf: $0.extracting(elements)) }
        case .int64: longs.withSpan { buffer.append(bytesOf: $0.extracting(elements)) }
        case .int32: ints.withSpan { buffer.append(bytesOf: $0.extracting(elements)) }
        default: for index in elements { texts.appendBinary(Int(longs[index]), to: &buffer) }
        }
    }

    /// Bytes of some rows as a binary tensor.
    func binaryByteCount(rows: Range<Int>) -> Int {
        let elements = elements(of: rows)
        guard metadata.datatype == .bytes else { return elements.count * metadata.datatype.byteCount }
        return elements.reduce(0) { $0 + texts.binaryByteCount(Int(longs[$1])) }
    }

    @inline(__always)
    private static func appendSteps<Element: BitwiseCopyable>(
        _ elements: Span<Element>, _ byteCountLimit: Int, to buffer: inout ByteBuffer,
        _ write: (Span<Element>, inout MutableSpan<UInt8>) -> Int
    ) {
        var start = 0
        while start < elements.count {
            let step = elements.extracting(start..<min(start + valuesPerStep, elements.count))
            if start > 0 { buffer.append(UInt8(ascii: ",")) }
            buffer.append(limit: step.count * byteCountLimit + JSONNumberText.spareByteCount) { write(step, &$0) }
            start += step.count
        }
    }
}
