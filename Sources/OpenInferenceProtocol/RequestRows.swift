package import LinuxSystem

/// All rows of one large request, for threads that each want some of them.
///
/// Rows of a binary tensor stay where they are in the body: each thread reads its own into a matrix of its own. That
/// shares the work of reading too, and the rows are in no memory twice.
///
/// - Isolation: any thread; immutable.
package struct RequestRows: ~Copyable, Sendable {
    package let rowCount: Int
    package let featureCount: Int
    /// Whether features are float64.
    package let isWide: Bool
    /// Bytes of all texts, of a model that takes some.
    package let textByteCount: Int
    /// The rows, unless they are `binary`.
    private let matrix: FeatureMatrix
    private let body: ByteBuffer
    private let binary: BinaryRows?
    /// The input of the model for which the request was read; nil if the rows were read with it.
    private let layout: InputLayout?

    /// Takes rows that were read.
    package init(_ matrix: consuming FeatureMatrix) {
        rowCount = matrix.rowCount
        featureCount = matrix.featureCount
        isWide = matrix.isWide
        textByteCount = matrix.texts.byteCount
        self.matrix = matrix
        body = ByteBuffer()
        binary = nil
        layout = nil
    }

    /// Takes the body of a request whose rows are to be read from it.
    ///
    /// - Parameter layout: the input of the model for which the request was read.
    /// - Precondition: the rows are those of the body.
    package init(_ binary: BinaryRows, in body: consuming ByteBuffer, for layout: InputLayout) {
        precondition(binary.bytes.upperBound <= body.count, "the rows lie within the body")
        featureCount = layout.featureCount
        isWide = layout.isWide
        rowCount = binary.bytes.count / (binary.datatype.byteCount * layout.requestWidth)
        textByteCount = 0
        matrix = FeatureMatrix(for: layout, rowCapacity: 0)
        self.body = body
        self.binary = binary
        self.layout = layout
    }

    /// Lends the matrix of rows that are texts.
    package borrowing func withMatrix(_ body: (borrowing FeatureMatrix) -> Void) {
        precondition(binary == nil, "texts are always read")
        body(matrix)
    }

    /// Lends some rows: a matrix and where in it they stand.
    ///
    /// - Complexity: linear in the rows, if they have to be read; allocates only if `scratch` has too little room.
    /// - Parameter scratch: what the calling thread reads into; its rows are lost.
    /// - Precondition: the rows are the request's; `scratch` has as many features, of the same precision.
    package borrowing func lend(
        _ rows: Range<Int>, scratch: inout FeatureMatrix, to body: (borrowing FeatureMatrix, Range<Int>) -> Void
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the request")
        precondition(scratch.featureCount == featureCount && scratch.isWide == isWide, "the scratch is for such rows")
        guard let binary, let layout else { return body(matrix, rows) }
        let rowByteCount = layout.requestWidth * binary.datatype.byteCount
        let first = binary.bytes.lowerBound + rows.lowerBound * rowByteCount
        let placement = TensorPlacement(
            rowCount: rows.count, first: 0, stride: 1, elementCount: rows.count * layout.requestWidth,
            isColumn: false)
        scratch.removeAll()
        self.body.withBytes { all in
            let bytes = all.extracting(first..<first + rows.count * rowByteCount)
            do throws(TensorData.Fault) {
                try InferenceRequest.readBinary(binary.datatype, bytes, placement, into: &scratch, for: layout)
            } catch {
                preconditionFailure("any bits are a value")
            }
        }
        scratch.advance(by: rows.count)
        body(scratch, 0..<rows.count)
    }
}
