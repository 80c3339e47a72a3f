import JSONSyntax

/// What a request has said so far about one of its inputs.
struct InputTensor {
    var name: JSONStringRange?
    var datatype: Datatype?
    /// The datatype as it was written, for refusals.
    var datatypeName: JSONStringRange?
    /// The shape as it was written, for refusals; of a message the whole tensor.
    var shapeText: Range<Int>?
    /// The first dimension that is none, such as -1 or 1.5; of a message its value.
    var badDimension: Range<Int>?
    var negativeDimension: Int64?
    /// Whether the product of the dimensions is beyond an integer.
    var shapeOverflows = false
    private var hasZeroDimension = false
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
    /// Whether it has parameters of shared memory, which `InferenceRequest.inputRegion` holds.
    var hasRegionParameters = false

    /// Adds the next dimension of the shape.
    mutating func addDimension(_ dimension: Int) throws(ProtocolError) {
        switch rank {
        case 0: rowCount = dimension
        case 1: columnCount = dimension
        case OpenInferenceProtocolLimits.dimensionCount: throw .tooManyDimensions
        default: break
        }
        rank += 1
        hasZeroDimension = hasZeroDimension || dimension == 0
        let (product, overflows) = elementCount.multipliedReportingOverflow(by: dimension)
        shapeOverflows = shapeOverflows || overflows
        elementCount = product
    }

    /// Takes all dimensions together.
    mutating func endShape() {
        guard hasZeroDimension else { return }
        elementCount = 0
        shapeOverflows = false
    }

    /// Whether enough is known to decode the data.
    var isDescribed: Bool { name != nil && datatype != nil && shapeText != nil }
}

/// Where a tensor's elements go in the rows of a request.
struct TensorPlacement {
    /// Number of rows that the matrix needs behind those it has.
    let rowCount: Int
    /// Index of the first element behind the matrix's rows; −1 for a column that the model does not take.
    let first: Int
    /// Distance between elements.
    let stride: Int
    let elementCount: Int
    /// Whether the tensor is one feature of all rows.
    let isColumn: Bool
    /// Which of the model's several tensors it is; -1 where it has only one, or one per feature.
    var tensorIndex = -1
    /// Which of the request's columns it is; means nothing for a whole matrix.
    var column = 0

    /// Whether the elements are read and go nowhere.
    var isDropped: Bool { first < 0 }

    /// The elements by themselves, one after another.
    var apart: TensorPlacement {
        TensorPlacement(rowCount: elementCount, first: 0, stride: 1, elementCount: elementCount, isColumn: isColumn)
    }
}
