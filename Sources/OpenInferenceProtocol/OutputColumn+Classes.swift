import LinuxSystem

extension OutputColumn {
    /// Whether an output of a datatype can be classified.
    ///
    /// - Source: Triton's `src/classification.cc`: integers, FP32 and FP64.
    static func isClassifiable(_ datatype: Datatype) -> Bool {
        switch datatype {
        case .bool, .float16, .bfloat16, .bytes: false
        default: true
        }
    }

    /// Appends the greatest elements of some rows as JSON strings, separated by commas.
    func appendClasses(rows: Range<Int>, count: Int, labels: TextList, to buffer: inout ByteBuffer) {
        let elements = elements(of: rows)
        let width = elementsPerRow
        switch metadata.datatype {
        case .float32:
            floats.withSpan {
                classTexts.appendJSON(
                    $0.extracting(elements), perRow: width, count: count, labels: labels, to: &buffer, Self.append)
            }
        case .float64:
            doubles.withSpan {
                classTexts.appendJSON(
                    $0.extracting(elements), perRow: width, count: count, labels: labels, to: &buffer, Self.append)
            }
        case .int64:
            longs.withSpan {
                classTexts.appendJSON(
                    $0.extracting(elements), perRow: width, count: count, labels: labels, to: &buffer, Self.append)
            }
        case .int32:
            ints.withSpan {
                classTexts.appendJSON(
                    $0.extracting(elements), perRow: width, count: count, labels: labels, to: &buffer, Self.append)
            }
        default: preconditionFailure("an output that is not classifiable was refused")
        }
    }

    /// Prepares the greatest elements of some rows as a BYTES tensor, for `appendPreparedClasses`.
    ///
    /// - Returns: the tensor's bytes.
    func prepareClasses(rows: Range<Int>, count: Int, labels: TextList) -> Int {
        let elements = elements(of: rows)
        let width = elementsPerRow
        switch metadata.datatype {
        case .float32:
            floats.withSpan {
                classTexts.prepareBinary(
                    $0.extracting(elements), perRow: width, count: count, labels: labels, Self.append)
            }
        case .float64:
            doubles.withSpan {
                classTexts.prepareBinary(
                    $0.extracting(elements), perRow: width, count: count, labels: labels, Self.append)
            }
        case .int64:
            longs.withSpan {
                classTexts.prepareBinary(
                    $0.extracting(elements), perRow: width, count: count, labels: labels, Self.append)
            }
        case .int32:
            ints.withSpan {
                classTexts.prepareBinary(
                    $0.extracting(elements), perRow: width, count: count, labels: labels, Self.append)
            }
        default: preconditionFailure("an output that is not classifiable was refused")
        }
        return classTexts.binary.count
    }

    /// Bytes of the BYTES tensor that was prepared last.
    var preparedClassesByteCount: Int { classTexts.binary.count }

    /// Appends the BYTES tensor that was prepared last.
    func appendPreparedClasses(to buffer: inout ByteBuffer) {
        classTexts.binary.withBytes { buffer.append($0) }
    }

    private static func append<Value: BinaryFloatingPoint>(_ value: Value, to buffer: inout ByteBuffer) {
        buffer.appendFixedPoint(Double(value))
    }

    private static func append<Value: BinaryInteger>(_ value: Value, to buffer: inout ByteBuffer) {
        buffer.appendDecimal(Int(value))
    }
}
