import JSONSyntax
import LinuxSystem

/// Inputs of a model that takes several tensors: each is read for itself, then its rows are put beside the others'.
extension InferenceRequest {
    /// Triton's checks in Triton's order.
    func placeAmong(
        _ tensors: [LayoutTensor], _ tensor: InputTensor, _ json: Span<UInt8>, for model: ModelSignature
    ) throws(ProtocolError) -> TensorPlacement {
        guard let name = tensor.name, let index = model.input.inputNames.index(of: name, in: json) else {
            throw .unexpectedInput(label(json), text(tensor.name, json), model.name)
        }
        guard tensor.rank > 0 else { throw .noShape(label(json), text(name, json), model.name) }
        try checkRows(tensor.rowCount, json, for: model)
        let wanted = tensors[index]
        guard tensor.datatype == wanted.datatype else {
            throw .datatype(
                label(json), text(name, json), text(tensor.datatypeName, json), model.name,
                expected: "'\(wanted.datatype.name)'")
        }
        guard tensor.rank == 2 && tensor.columnCount == wanted.columns.count else {
            throw unexpectedShape(tensor, json, for: model, width: wanted.columns.count)
        }
        if givenColumnCount > 0 {
            guard givenColumns[index / 64] & 1 &<< UInt64(index % 64) == 0 else {
                throw .repeatedInput(label(json), text(name, json))
            }
            guard tensor.rowCount == rowCount else { throw .batchMismatch(label(json), text(name, json), model.name) }
        }
        return TensorPlacement(
            rowCount: tensor.rowCount, first: 0, stride: 1, elementCount: tensor.elementCount, isColumn: false,
            tensorIndex: index)
    }

    /// Checks after the last input that no tensor is missing.
    func checkTensors(
        _ tensors: [LayoutTensor], _ json: Span<UInt8>, for model: ModelSignature
    ) throws(ProtocolError) {
        guard givenColumnCount < tensors.count else { return }
        for index in tensors.indices where !tensors[index].isOptional {
            let isGiven = givenColumns[index / 64] & 1 &<< UInt64(index % 64) != 0
            if !isGiven { throw try inputCountError(json, for: model) }
        }
    }

    /// Reads a tensor from JSON and puts it where it belongs.
    mutating func decodeTensor(
        _ placement: TensorPlacement, _ datatype: Datatype, _ json: Span<UInt8>, at data: inout JSONCursor,
        into matrix: inout FeatureMatrix, for model: ModelSignature
    ) throws(TensorData.Fault) {
        let isFast = usesFastPath
        let columns = columns(of: placement, for: model)
        try withScratch(isWide: matrix.isWide && !columns.isNarrow) { (scratch) throws(TensorData.Fault) in
            if scratch.isWide {
                try scratch.withWideTail(rows: placement.elementCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readJSON(
                        datatype, in: json, at: &data, into: &values, placement, usesFastPath: isFast)
                }
            } else {
                try scratch.withTail(rows: placement.elementCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readJSON(
                        datatype, in: json, at: &data, into: &values, placement, usesFastPath: isFast)
                }
            }
            Self.place(&scratch, placement, columns.columns, into: &matrix)
        }
    }

    /// The same for a binary tensor.
    mutating func decodeTensor(
        _ placement: TensorPlacement, _ datatype: Datatype, _ bytes: Span<UInt8>, into matrix: inout FeatureMatrix,
        for model: ModelSignature
    ) throws(TensorData.Fault) {
        let columns = columns(of: placement, for: model)
        try withScratch(isWide: matrix.isWide && !columns.isNarrow) { (scratch) throws(TensorData.Fault) in
            if scratch.isWide {
                try scratch.withWideTail(rows: placement.elementCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readBinary(datatype, bytes, into: &values, placement)
                }
            } else {
                try scratch.withTail(rows: placement.elementCount) { (values) throws(TensorData.Fault) in
                    try TensorData.readBinary(datatype, bytes, into: &values, placement)
                }
            }
            Self.place(&scratch, placement, columns.columns, into: &matrix)
        }
    }

    func columns(of placement: TensorPlacement, for model: ModelSignature) -> LayoutTensor {
        guard case .tensors(let tensors) = model.input.kind else {
            preconditionFailure("a tensor is placed among those of its model")
        }
        return tensors[placement.tensorIndex]
    }

    /// Lends memory for the elements of one tensor; it keeps what it has grown to.
    mutating func withScratch(
        isWide: Bool, _ body: (inout FeatureMatrix) throws(TensorData.Fault) -> Void
    ) throws(TensorData.Fault) {
        if isWide {
            try body(&wideElements)
        } else {
            try body(&elements)
        }
    }

    static func place(
        _ elements: inout FeatureMatrix, _ placement: TensorPlacement, _ columns: Range<Int>,
        into matrix: inout FeatureMatrix
    ) {
        elements.advance(by: placement.elementCount)
        matrix.setColumns(columns, rows: placement.rowCount, fromElementsOf: elements)
        elements.removeAll()
        shrink(&elements)
    }

    /// Gives back the memory of an exceptionally large tensor.
    static func shrink(_ elements: inout FeatureMatrix) {
        guard elements.rowCapacity > Self.keptElementCount else { return }
        elements = FeatureMatrix(featureCount: 1, isWide: elements.isWide, rowCapacity: 0)
    }

    /// Elements of a tensor whose memory is kept for the next request.
    private static let keptElementCount = 1 << 18
}
