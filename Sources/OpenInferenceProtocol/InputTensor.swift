import JSONSyntax

/// What a request has said so far about one of its inputs.
struct InputTensor {
    var name: JSONStringRange?
    var datatype: Datatype?
    /// The datatype as it was written, for refusals.
    var datatypeName: JSONStringRange?
    /// The shape as it was written, for refusals.
    var shapeText: Range<Int>?
    /// The first dimension that is none, such as -1 or 1.5.
    var badDimension: Range<Int>?
    /// Whether the product of the dimensions is beyond an integer.
    var shapeOverflows = false
    /// Number of dimensions.
    var rank = 0
    /// The first two dimensions.
    var rowCount = 0
    var columnCount = 0
    /// Product of all dimensions.
    var elementCount = 1
    /// Position of the value of `data`, -1 without one.
    var dataOffset = -1
    /// Whether the elements are in the matrix.
    var isDecoded = false
    var hasParameters = false
    /// Bytes behind the JSON, -1 if the data is not there.
    var binaryByteCount = -1
    var usesSharedMemory = false

    /// Whether enough is known to decode the data.
    var isDescribed: Bool { name != nil && datatype != nil && shapeText != nil }
}

/// Where a tensor's elements go in the rows of a request.
struct TensorPlacement {
    /// Number of rows that the matrix needs behind those it has.
    let rowCount: Int
    /// Index of the first element behind the matrix's rows.
    let first: Int
    /// Distance between elements.
    let stride: Int
    let elementCount: Int
    /// Whether the tensor is one feature of all rows.
    let isColumn: Bool
}
