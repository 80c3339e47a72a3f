import JSONSyntax
import LinuxSystem

/// Elements that come as typed contents of a message.
extension InferenceRequest {
    /// Decodes an input from its typed contents.
    ///
    /// - Parameter message: where the input stands.
    mutating func decodeContents(
        _ tensor: InputTensor, _ placement: TensorPlacement, _ contents: TypedContents, of message: Range<Int>,
        _ bytes: Span<UInt8>, into matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(ProtocolError) {
        guard let datatype = tensor.datatype else { preconditionFailure("an input is decoded once its type is known") }
        let own = ModelInferMessage.Contents(for: datatype)
        if let given = contents.field(besides: own) {
            throw .contentsKind(
                text(tensor.name, bytes), model.name, given: given.datatype, expected: "\(datatype.name)")
        }
        guard contents.elementCount == placement.elementCount else {
            throw .byteSize(
                label(bytes), text(tensor.name, bytes), model.name,
                expected: placement.elementCount * datatype.byteCount,
                given: contents.elementCount * datatype.byteCount)
        }
        if model.input.areTexts {
            return try decodeTexts(tensor, placement, of: message, bytes, into: &matrix, for: model)
        }
        if let run = contents.run {
            return try decodeBinary(tensor, placement, bytes, bytes, run, into: &matrix, for: model)
        }
        try prepareColumns(placement, bytes, in: &matrix, for: model)
        var cursor = ContentsCursor(own ?? .fp32Contents, of: message)
        do throws(TensorData.Fault) {
            if placement.tensorIndex >= 0 {
                try decodeTensor(placement, datatype, bytes, at: &cursor, into: &matrix, for: model)
            } else if placement.isDropped {
                try withDropped(placement) { (values, placement) throws(TensorData.Fault) in
                    try TensorData.readContents(datatype, in: bytes, at: &cursor, into: &values, placement)
                }
            } else if matrix.isWide {
                try matrix.withWideTail(rows: placement.rowCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readContents(
                        datatype, in: bytes, at: &cursor, into: &values, placement, for: model.input)
                }
            } else {
                try matrix.withTail(rows: placement.rowCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readContents(
                        datatype, in: bytes, at: &cursor, into: &values, placement, for: model.input)
                }
            }
        } catch {
            throw .data(error, input: text(tensor.name, bytes), datatype, expected: placement.elementCount)
        }
        note(placement, for: model)
    }

    /// Reads one of several tensors and puts it where it belongs.
    private mutating func decodeTensor(
        _ placement: TensorPlacement, _ datatype: Datatype, _ bytes: Span<UInt8>, at cursor: inout ContentsCursor,
        into matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(TensorData.Fault) {
        let columns = columns(of: placement, for: model)
        try withScratch(isWide: matrix.isWide && !columns.isNarrow) { (scratch) throws(TensorData.Fault) in
            if scratch.isWide {
                try scratch.withWideTail(rows: placement.elementCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readContents(datatype, in: bytes, at: &cursor, into: &values, placement)
                }
            } else {
                try scratch.withTail(rows: placement.elementCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readContents(datatype, in: bytes, at: &cursor, into: &values, placement)
                }
            }
            Self.place(&scratch, placement, columns.columns, into: &matrix)
        }
    }
}

extension TensorData {
    /// Reads the elements of typed contents.
    ///
    /// An integer that the datatype cannot hold is refused, as in JSON; Triton takes its lowest bytes.
    ///
    /// - Precondition: the contents were read before, and have as many elements as the placement.
    fileprivate static func readContents<Element: FeatureElement>(
        _ datatype: Datatype, in bytes: Span<UInt8>, at cursor: inout ContentsCursor,
        into values: inout MutableSpan<Element>, _ placement: TensorPlacement
    ) throws(Fault) {
        var index = placement.first
        do throws(ProtobufFault) {
            for _ in 0..<placement.elementCount {
                guard let bits = try cursor.next(in: bytes) else { preconditionFailure("the elements were counted") }
                guard let value: Element = element(datatype, bits) else { break }
                values[index] = value
                index &+= placement.stride
            }
        } catch {
            preconditionFailure("the contents were read before")
        }
        guard index == placement.first &+ placement.elementCount &* placement.stride else {
            throw .beyondDatatype(index: (index &- placement.first) / placement.stride)
        }
    }

    /// The same where the columns of requests may be others than the model's.
    fileprivate static func readContents<Element: FeatureElement>(
        _ datatype: Datatype, in bytes: Span<UInt8>, at cursor: inout ContentsCursor,
        into values: inout MutableSpan<Element>, _ placement: TensorPlacement, for layout: InputLayout
    ) throws(Fault) {
        guard let mapping = layout.mapping, !placement.isColumn else {
            return try readContents(datatype, in: bytes, at: &cursor, into: &values, placement)
        }
        var place = MappedPlace(mapping, rowCount: placement.rowCount, featureCount: layout.featureCount)
        do throws(ProtobufFault) {
            while place.isInside {
                guard let bits = try cursor.next(in: bytes) else { preconditionFailure("the elements were counted") }
                guard let value: Element = element(datatype, bits) else { break }
                if place.target >= 0 { values[place.target] = value }
                place.advance(by: 1)
            }
        } catch {
            preconditionFailure("the contents were read before")
        }
        guard !place.isInside else { throw .beyondDatatype(index: place.count) }
    }

    /// The feature of an element's bits; nil if the datatype has no such value.
    @inline(__always)
    private static func element<Element: FeatureElement>(_ datatype: Datatype, _ bits: UInt64) -> Element? {
        // Integers of 32 bits are the lowest ones of what is on the wire.
        let signed = Int32(truncatingIfNeeded: bits)
        let unsigned = UInt32(truncatingIfNeeded: bits)
        return switch datatype {
        case .float32: Element(Float(bitPattern: unsigned))
        case .float64: Element(Double(bitPattern: bits))
        case .bool: Element(bits == 0 ? 0 : 1)
        case .int8: Int8(exactly: signed).map { Element($0) }
        case .int16: Int16(exactly: signed).map { Element($0) }
        case .int32: Element(signed)
        case .int64: Element(Int64(bitPattern: bits))
        case .uint8: UInt8(exactly: unsigned).map { Element($0) }
        case .uint16: UInt16(exactly: unsigned).map { Element($0) }
        case .uint32: Element(unsigned)
        case .uint64: Element(bits)
        case .float16, .bfloat16, .bytes: preconditionFailure("elements of the type come only as bytes")
        }
    }
}
