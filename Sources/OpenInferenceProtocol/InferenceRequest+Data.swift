import JSONSyntax
import LinuxSystem

// The elements of inputs: from JSON or bytes into the rows of the matrix.

extension InferenceRequest {
    mutating func decode(
        _ tensor: InputTensor, _ placement: TensorPlacement, _ json: Span<UInt8>, at data: inout JSONCursor,
        into matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(ProtocolError) {
        guard let datatype = tensor.datatype else { preconditionFailure("an input is decoded once its type is known") }
        if model.input.areTexts {
            return try decodeTexts(tensor, placement, json, at: &data, into: &matrix, for: model)
        }
        let isFast = usesFastPath
        // An element takes a byte and all but one of them a comma: what promises more is not worth its memory.
        let isPlausible = placement.elementCount <= (json.count - data.offset + 1) / 2
        if isPlausible { try prepareColumns(placement, json, in: &matrix, for: model) }
        do throws(TensorData.Fault) {
            guard isPlausible else { throw .wrongCount(given: try TensorData.countLeaves(in: json, at: &data)) }
            if placement.tensorIndex >= 0 {
                try decodeTensor(placement, datatype, json, at: &data, into: &matrix, for: model)
            } else if placement.isDropped {
                try withDropped(placement) { (values, placement) throws(TensorData.Fault) in
                    try TensorData.readJSON(
                        datatype, in: json, at: &data, into: &values, placement, usesFastPath: isFast)
                }
            } else if matrix.isWide {
                try matrix.withWideTail(rows: placement.rowCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readJSON(
                        datatype, in: json, at: &data, into: &values, placement, for: model.input,
                        usesFastPath: isFast)
                }
            } else {
                try matrix.withTail(rows: placement.rowCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readJSON(
                        datatype, in: json, at: &data, into: &values, placement, for: model.input,
                        usesFastPath: isFast)
                }
            }
        } catch {
            throw .data(error, input: text(tensor.name, json), datatype, expected: placement.elementCount)
        }
        note(placement, for: model)
    }

    /// - Parameter range: where in the body the elements stand.
    /// - Parameter isRegion: whether the body is what was copied from regions.
    mutating func decodeBinary(
        _ tensor: InputTensor, _ placement: TensorPlacement, _ json: Span<UInt8>, _ body: Span<UInt8>,
        _ range: Range<Int>, isRegion: Bool = false, into matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(ProtocolError) {
        guard let datatype = tensor.datatype else { preconditionFailure("an input is decoded once its type is known") }
        if model.input.areTexts {
            return try decodeTexts(
                tensor, placement, json, binary: body.extracting(range), into: &matrix, for: model)
        }
        let expected = placement.elementCount * datatype.byteCount
        guard range.count == expected else {
            throw .byteSize(label(json), text(tensor.name, json), model.name, expected: expected, given: range.count)
        }
        if leaves(placement, datatype, in: range, isRegion: isRegion, for: model) { return }
        try prepareColumns(placement, json, in: &matrix, for: model)
        do throws(TensorData.Fault) {
            if placement.tensorIndex >= 0 {
                try decodeTensor(placement, datatype, body.extracting(range), into: &matrix, for: model)
            } else if placement.isDropped {
                try withDropped(placement) { (values, placement) throws(TensorData.Fault) in
                    try TensorData.readBinary(datatype, body.extracting(range), into: &values, placement)
                }
            } else {
                try Self.readBinary(datatype, body.extracting(range), placement, into: &matrix, for: model.input)
            }
        } catch {
            throw .data(error, input: text(tensor.name, json), datatype, expected: placement.elementCount)
        }
        note(placement, for: model)
    }

    /// Leaves rows where they are, if that is wanted and they cannot prove faulty later.
    private mutating func leaves(
        _ placement: TensorPlacement, _ datatype: Datatype, in range: Range<Int>, isRegion: Bool = false,
        for model: ModelSignature
    ) -> Bool {
        // Of booleans only two of the bytes are values.
        guard leavesBinaryRows, !placement.isColumn, placement.tensorIndex < 0, datatype != .bool,
            !model.input.hasUnmappedFeatures
        else { return false }
        binaryRows = BinaryRows(datatype: datatype, bytes: range, areFromRegion: isRegion)
        note(placement, for: model)
        return true
    }

    /// Reads the elements of whole rows, or of one column.
    static func readBinary(
        _ datatype: Datatype, _ bytes: Span<UInt8>, _ placement: TensorPlacement, into matrix: inout FeatureMatrix,
        for layout: InputLayout
    ) throws(TensorData.Fault) {
        if matrix.isWide {
            try matrix.withWideTail(rows: placement.rowCount) { (values) throws(TensorData.Fault) in
                try TensorData.readBinary(datatype, bytes, into: &values, placement, for: layout)
            }
        } else {
            try matrix.withTail(rows: placement.rowCount) { (values) throws(TensorData.Fault) in
                try TensorData.readBinary(datatype, bytes, into: &values, placement, for: layout)
            }
        }
    }

    /// Lends memory for elements that the model does not take: they are read for what may be wrong with them.
    mutating func withDropped(
        _ placement: TensorPlacement,
        _ body: (inout MutableSpan<Float>, TensorPlacement) throws(TensorData.Fault) -> Void
    ) throws(TensorData.Fault) {
        let apart = placement.apart
        try withScratch(isWide: false) { (scratch) throws(TensorData.Fault) in
            defer { Self.shrink(&scratch) }
            try scratch.withTail(rows: apart.elementCount) { (values) throws(TensorData.Fault) in
                try body(&values, apart)
            }
        }
    }

    /// Fills the rows of the first column or tensor with the features' defaults, NaN where there is none.
    ///
    /// Only here can a request become more than its bytes.
    mutating func prepareColumns(
        _ placement: TensorPlacement, _ json: Span<UInt8>, in matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(ProtocolError) {
        let layout = model.input
        guard placement.isColumn || placement.tensorIndex >= 0 || layout.hasUnmappedFeatures, givenColumnCount == 0
        else { return }
        guard placement.rowCount <= elementCountLimit / layout.featureCount else {
            exceedsElementCountLimit = true
            throw .tooManyRows(label(json), placement.rowCount, model.name)
        }
        // Tensors that must be given need no defaults.
        guard placement.isColumn || layout.hasUnmappedFeatures || layout.hasOptionalTensors else { return }
        if matrix.isWide {
            matrix.withWideTail(rows: placement.rowCount) { Self.fill(&$0, with: layout) }
        } else {
            matrix.withTail(rows: placement.rowCount) { Self.fill(&$0, with: layout) }
        }
    }

    private static func fill<Element: FeatureElement>(_ values: inout MutableSpan<Element>, with layout: InputLayout) {
        for first in stride(from: 0, to: values.count, by: layout.featureCount) {
            for feature in 0..<layout.featureCount {
                values[first + feature] = layout.defaults[feature].map { Element($0) } ?? .nan
            }
        }
    }

    /// Keeps what later inputs must agree with.
    mutating func note(_ placement: TensorPlacement, for model: ModelSignature) {
        rowCount = placement.rowCount
        if placement.isColumn || placement.tensorIndex >= 0 {
            if givenColumns.isEmpty {
                for _ in 0...(model.input.requestWidth / 64) { givenColumns.append(0) }
            }
            let index = placement.isColumn ? placement.column : placement.tensorIndex
            givenColumns[index / 64] |= 1 &<< UInt64(index % 64)
            givenColumnCount += 1
        } else {
            hasMatrix = true
        }
    }

    /// Reads the raw request: no JSON, the body is the only input.
    ///
    /// - Source: Triton's extension_binary_data.md, "Raw Binary Request"; a model with a batch limit gets one row, as
    ///   there, but models of the layout `forest` get as many rows as there are.
    mutating func readRaw(
        _ body: Span<UInt8>, for model: ModelSignature, into matrix: inout FeatureMatrix
    ) throws(ProtocolError) {
        let layout = model.input
        if case .tensors(let tensors) = layout.kind { throw .rawInputs(model.name, tensors.count) }
        if layout.areTexts { return try readRawText(body, for: model, into: &matrix) }
        var datatype = layout.isWide ? Datatype.float64 : .float32
        var isSingleRow = false
        if case .exact(_, let declared) = layout.kind {
            datatype = declared
            isSingleRow = layout.maxBatchSize > 0
        }
        let rowByteCount = layout.requestWidth * datatype.byteCount
        let rows = isSingleRow ? 1 : body.count / rowByteCount
        let expected = rows * rowByteCount
        guard body.count == expected else {
            throw .byteSize(
                label(body), model.inputName, model.name, expected: max(expected, rowByteCount),
                given: body.count)
        }
        try checkRows(rows, body, for: model)
        let placement = TensorPlacement(
            rowCount: rows, first: 0, stride: 1, elementCount: rows * layout.requestWidth, isColumn: false)
        if !leaves(placement, datatype, in: body.indices, for: model) {
            try prepareColumns(placement, body, in: &matrix, for: model)
            do throws(TensorData.Fault) {
                try Self.readBinary(datatype, body, placement, into: &matrix, for: layout)
            } catch {
                throw .data(error, input: model.inputName, datatype, expected: placement.elementCount)
            }
            note(placement, for: model)
        }
        outputs = .unlisted(of: model, isBinary: true)
        try checkOutputs(for: model)
    }
}
