import LinuxSystem

/// One output of a model for all rows of a batch.
///
/// - Shape: rowCount × elementsPerRow, row-major, no padding.
/// - Ownership: views are valid only inside the closure that receives them.
/// - Isolation: one thread at a time; only different rows may be written by several at once.
/// - Complexity: allocates only when the rows outgrow the capacity.
package final class OutputColumn {
    package let metadata: TensorMetadata
    /// Number of elements that one row adds.
    package let elementsPerRow: Int
    /// Dimensions of the response's shape behind the number of rows: metadata's, or fewer by FIL's squeeze rule.
    package let responseDims: [Int]
    /// The texts that the elements of a BYTES output choose from by their index; empty for every other datatype.
    package let classNames: [String]
    /// The class names as they stand in responses.
    let texts: TextList
    let opening: OutputOpening
    /// Writes elements as texts of classes, for requests that ask for that.
    var classTexts = ClassTexts()
    /// Number of rows that hold values.
    package private(set) var rowCount = 0

    // Only the array of the datatype's own element type has elements. BYTES keeps indexes into `classNames`.
    private(set) var floats: AlignedArray<Float>
    private(set) var doubles: AlignedArray<Double>
    private(set) var longs: AlignedArray<Int64>
    private(set) var ints: AlignedArray<Int32>

    /// Makes an empty column.
    ///
    /// - Parameter metadata: datatype FP32, FP64, INT64, INT32 or BYTES.
    /// - Parameter responseDims: their product is the number of elements per row.
    package init(metadata: TensorMetadata, responseDims: [Int], classNames: [String] = [], rowCapacity: Int = 0) {
        precondition(metadata.datatype == .bytes || classNames.isEmpty, "only texts have names of classes")
        precondition(responseDims.allSatisfy { $0 > 0 }, "an output's dimensions are positive")
        let elementsPerRow = responseDims.reduce(1, *)
        let count = elementsPerRow * rowCapacity
        self.metadata = metadata
        self.elementsPerRow = elementsPerRow
        self.responseDims = responseDims
        self.classNames = classNames
        texts = TextList(classNames)
        opening = OutputOpening(responseDims)
        let datatype = metadata.datatype
        precondition(
            [.float32, .float64, .int64, .int32, .bytes].contains(datatype), "an output's datatype is not supported")
        floats = AlignedArray(count: datatype == .float32 ? count : 0, repeating: 0)
        doubles = AlignedArray(count: datatype == .float64 ? count : 0, repeating: 0)
        longs = AlignedArray(count: datatype == .int64 || datatype == .bytes ? count : 0, repeating: 0)
        ints = AlignedArray(count: datatype == .int32 ? count : 0, repeating: 0)
    }

    /// Sets the number of rows before they are written; what the rows held is lost.
    package func prepare(rows: Int) {
        precondition(rows >= 0, "a number of rows is not negative")
        rowCount = rows
        let count = rows * elementsPerRow
        switch metadata.datatype {
        case .float32:
            if floats.count < count { floats = AlignedArray(count: max(count, floats.count * 2), repeating: 0) }
        case .float64:
            if doubles.count < count { doubles = AlignedArray(count: max(count, doubles.count * 2), repeating: 0) }
        case .int32: if ints.count < count { ints = AlignedArray(count: max(count, ints.count * 2), repeating: 0) }
        default: if longs.count < count { longs = AlignedArray(count: max(count, longs.count * 2), repeating: 0) }
        }
    }

    /// Lends the elements of an FP32 output for writing.
    ///
    /// - Parameter rows: whose elements; nil for all.
    package func withFloats<Result>(
        rows: Range<Int>? = nil, _ body: (inout MutableSpan<Float>) -> Result
    ) -> Result {
        precondition(metadata.datatype == .float32, "the output is no FP32 tensor")
        // Whoever writes is alone with its rows, as the type demands.
        return floats.withElementsOfOneWriter(elements(of: rows ?? 0..<rowCount), body)
    }

    /// Lends the elements of an FP64 output for writing.
    ///
    /// - Parameter rows: whose elements; nil for all.
    package func withDoubles<Result>(
        rows: Range<Int>? = nil, _ body: (inout MutableSpan<Double>) -> Result
    ) -> Result {
        precondition(metadata.datatype == .float64, "the output is no FP64 tensor")
        // As above.
        return doubles.withElementsOfOneWriter(elements(of: rows ?? 0..<rowCount), body)
    }

    /// Lends the elements of an INT64 output, or the indexes into `classNames` of a BYTES output, for writing.
    ///
    /// - Parameter rows: whose elements; nil for all.
    package func withInt64s<Result>(
        rows: Range<Int>? = nil, _ body: (inout MutableSpan<Int64>) -> Result
    ) -> Result {
        precondition(metadata.datatype == .int64 || metadata.datatype == .bytes, "the output is no INT64 tensor")
        // As above.
        return longs.withElementsOfOneWriter(elements(of: rows ?? 0..<rowCount), body)
    }

    /// An element of an INT64 output, or of a BYTES output the index of its text.
    package func integer(at element: Int) -> Int64 {
        precondition(metadata.datatype == .int64 || metadata.datatype == .bytes, "the output is no INT64 tensor")
        return longs[element]
    }

    /// An element of an FP32 or FP64 output.
    package func real(at element: Int) -> Double {
        if metadata.datatype == .float32 { return Double(floats[element]) }
        precondition(metadata.datatype == .float64, "the output holds no real numbers")
        return doubles[element]
    }

    /// Counts the elements of some rows of an INT64 or BYTES output that are not 0, or that are below 0.
    package func count(rows: Range<Int>, below0: Bool) -> Int {
        let elements = elements(of: rows)
        return longs.withSpan { $0.extracting(elements).count(below0: below0) }
    }

    /// Counts the rows of an FP32 or FP64 output of whose elements a certain one is above a threshold.
    ///
    /// - Parameter element: within each row.
    package func count(rows: Range<Int>, element: Int, above threshold: Double) -> Int {
        precondition(element >= 0 && element < elementsPerRow, "an element outside the row")
        let elements = elements(of: rows)
        var count = 0
        if metadata.datatype == .float32 {
            floats.withSpan { all in
                for index in stride(from: elements.lowerBound + element, to: elements.upperBound, by: elementsPerRow)
                where Double(all[index]) > threshold {
                    count += 1
                }
            }
            return count
        }
        precondition(metadata.datatype == .float64, "the output holds no real numbers")
        doubles.withSpan { all in
            for index in stride(from: elements.lowerBound + element, to: elements.upperBound, by: elementsPerRow)
            where all[index] > threshold {
                count += 1
            }
        }
        return count
    }

    /// Lends the elements of an INT32 output for writing.
    ///
    /// - Parameter rows: whose elements; nil for all.
    package func withInt32s<Result>(
        rows: Range<Int>? = nil, _ body: (inout MutableSpan<Int32>) -> Result
    ) -> Result {
        precondition(metadata.datatype == .int32, "the output is no INT32 tensor")
        // As above.
        return ints.withElementsOfOneWriter(elements(of: rows ?? 0..<rowCount), body)
    }

    func elements(of rows: Range<Int>) -> Range<Int> {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows outside the output")
        return rows.lowerBound * elementsPerRow..<rows.upperBound * elementsPerRow
    }
}
