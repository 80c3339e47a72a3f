/// Columns of rows that are put together from several places: other rows, outputs of models, constants.
///
/// What is written goes behind the rows that count and does not count itself before `advance` says so. Values are
/// converted as those of a request's tensors are: float32 and integers of at most 32 bits are kept or widened exactly,
/// others are rounded once to the nearest feature.
extension FeatureMatrix {
    /// Writes columns whose elements stand one after another in a matrix of one feature.
    ///
    /// - Precondition: the elements are as many as the rows have in these columns.
    mutating func setColumns(_ columns: Range<Int>, rows: Int, fromElementsOf elements: borrowing FeatureMatrix) {
        precondition(
            elements.featureCount == 1 && elements.rowCount == rows * columns.count, "elements fill the columns")
        let block = Block(rows: rows, width: columns.count, first: 0, stride: columns.count)
        copy(block, from: elements, to: columns.lowerBound)
    }

    /// Writes columns that stand in other rows.
    ///
    /// - Parameter target: the first column that is written.
    /// - Parameter rows: rows of the other matrix.
    package mutating func setColumns(
        at target: Int, from other: borrowing FeatureMatrix, rows: Range<Int>, columns: Range<Int>
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= other.rowCount, "rows outside the matrix")
        precondition(columns.lowerBound >= 0 && columns.upperBound <= other.featureCount, "columns outside the matrix")
        let block = Block(
            rows: rows.count, width: columns.count, first: rows.lowerBound * other.featureCount + columns.lowerBound,
            stride: other.featureCount)
        copy(block, from: other, to: target)
    }

    /// Writes columns that are elements of an output's rows.
    ///
    /// - Parameter target: the first column that is written.
    /// - Parameter elements: which elements of each row.
    /// - Precondition: the output is numeric.
    package mutating func setColumns(
        at target: Int, from output: OutputColumn, rows: Range<Int>, elements: Range<Int>
    ) {
        precondition(elements.upperBound <= output.elementsPerRow, "elements outside the output's rows")
        let block = Block(
            rows: rows.count, width: elements.count, first: elements.lowerBound, stride: output.elementsPerRow)
        switch output.metadata.datatype {
        case .float32:
            output.withFloats(rows: rows) {
                write(block, from: $0.span, to: target) {
                    Float($0)
                } _: {
                    Double($0)
                }
            }
        case .float64:
            output.withDoubles(rows: rows) {
                write(block, from: $0.span, to: target) {
                    Float($0)
                } _: {
                    Double($0)
                }
            }
        case .int64:
            output.withInt64s(rows: rows) {
                write(block, from: $0.span, to: target) {
                    Float($0)
                } _: {
                    Double($0)
                }
            }
        case .int32:
            output.withInt32s(rows: rows) {
                write(block, from: $0.span, to: target) {
                    Float($0)
                } _: {
                    Double($0)
                }
            }
        default: preconditionFailure("texts are no features")
        }
    }

    /// Writes the same value into all rows of some columns.
    package mutating func setColumns(_ columns: Range<Int>, rows: Int, to value: Double) {
        let (count, isWide) = (featureCount, isWide)
        precondition(columns.lowerBound >= 0 && columns.upperBound <= count, "columns outside the matrix")
        func fill<Element: FeatureElement>(_ values: inout MutableSpan<Element>) {
            let element = Element(value)
            for row in 0..<rows {
                for column in columns { values[row &* count &+ column] = element }
            }
        }
        if isWide {
            withWideTail(rows: rows) { fill(&$0) }
        } else {
            withTail(rows: rows) { fill(&$0) }
        }
    }

    /// Where elements stand in a row-major array.
    private struct Block {
        var rows: Int
        var width: Int
        var first: Int
        var stride: Int
    }

    private mutating func copy(_ block: Block, from other: borrowing FeatureMatrix, to target: Int) {
        if other.isWide {
            other.withWideRows {
                write(block, from: $0, to: target) {
                    Float($0)
                } _: {
                    Double($0)
                }
            }
        } else {
            other.withRows {
                write(block, from: $0, to: target) {
                    Float($0)
                } _: {
                    Double($0)
                }
            }
        }
    }

    @inline(__always)
    private mutating func write<Source: BitwiseCopyable>(
        _ block: Block, from source: Span<Source>, to target: Int, _ narrow: (Source) -> Float,
        _ wide: (Source) -> Double
    ) {
        let count = featureCount
        precondition(target >= 0 && target + block.width <= count, "columns outside the matrix")
        if isWide {
            withWideTail(rows: block.rows) { values in
                for row in 0..<block.rows {
                    let (from, to) = (block.first &+ row &* block.stride, row &* count &+ target)
                    for column in 0..<block.width { values[to &+ column] = wide(source[from &+ column]) }
                }
            }
        } else {
            withTail(rows: block.rows) { values in
                for row in 0..<block.rows {
                    let (from, to) = (block.first &+ row &* block.stride, row &* count &+ target)
                    for column in 0..<block.width { values[to &+ column] = narrow(source[from &+ column]) }
                }
            }
        }
    }
}
