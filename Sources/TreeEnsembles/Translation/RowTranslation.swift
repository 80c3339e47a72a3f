/// How a row as its trainer takes it becomes a row that engines take: float32 values of which only `value ≥ threshold`
/// is asked, with NaN as the only missing value.
///
/// - **Doubles.** Of a float64 value engines need only know which of the feature's thresholds it reaches. It is
///   replaced by a float32 stand-in that reaches the same ones: itself, if it is a float32; else the float32 that
///   stands for the greatest threshold it reaches. A threshold is stood for by the least float32 that reaches it.
///   Where two thresholds would share a stand-in, the second one gets a column of its own. So one threshold at most
///   lies between a double and the next float32 above; a filter knows where there is none, which is nearly everywhere,
///   and then that float32 will do.
/// - **Zero as missing.** Values near zero become NaN, in a column of their own.
/// - **Categories.** Each different set of a feature becomes a column that holds 1 where the value goes right, else 0.
///
/// - Shape: a row of `featureCount` values becomes one of `columns.count`.
/// - Isolation: any thread; a value.
/// - Complexity: constant per value, but for values next to a threshold, which take a binary search among the column's.
struct RowTranslation: Sendable {
    /// What a column holds.
    enum Content: Sendable {
        /// The value, or for a double its stand-in among these thresholds.
        case value(thresholds: Range<Int>)
        /// The same, but NaN where |x| ≤ 1e−35.
        case valueUnlessZero(thresholds: Range<Int>)
        /// 1 where the value goes right of a set, else 0.
        case membership(set: CategorySet, missingGoesLeft: Bool)
        /// 1 where the value is missing, else 0.
        case isMissing
    }

    /// One column of translated rows.
    struct Column: Sendable {
        var feature: Int
        var content: Content
    }

    /// Values up to this distance from zero are zero to LightGBM (`kZeroThreshold`).
    static let zeroDistance: Float = 1e-35

    /// Values of a row as the trainer takes it.
    let featureCount: Int
    let columns: [Column]
    /// Whether rows of float32 are what engines take already.
    let leavesFloatsAlone: Bool
    private let categoryRule: TreeEnsemble.CategoryRule
    /// The thresholds of all columns, ascending within a column.
    private let thresholds: [Double]
    /// What stands for each threshold.
    private let standIns: [Float]
    /// The stand-ins of each column.
    private let filters: [FloatFilter]
    /// The same for few rows, where all columns hold values.
    private let valueColumns: ValueColumns?

    init(
        featureCount: Int, columns: [Column], leavesFloatsAlone: Bool, categoryRule: TreeEnsemble.CategoryRule,
        thresholds: [Double]
    ) {
        self.featureCount = featureCount
        self.columns = columns
        self.leavesFloatsAlone = leavesFloatsAlone
        self.categoryRule = categoryRule
        self.thresholds = thresholds
        let standIns = thresholds.map { Self.standIn(for: $0) }
        self.standIns = standIns
        let filters = columns.map { column in
            switch column.content {
            case .value(let thresholds), .valueUnlessZero(let thresholds): FloatFilter(standIns[thresholds])
            case .membership, .isMissing: FloatFilter([])
            }
        }
        self.filters = filters
        valueColumns = ValueColumns(columns, filters: filters)
    }

    /// Bytes of tables; columns that share a set share its memory.
    var byteCount: Int {
        var sets = Set<CategorySet>()
        for case .membership(let set, _) in columns.lazy.map(\.content) { sets.insert(set) }
        let setByteCount = sets.reduce(0) { $0 + $1.words.byteCount + $1.numbers.byteCount }
        let filterByteCount = filters.reduce(filters.byteCount) { $0 + $1.byteCount }
        return columns.byteCount + setByteCount + thresholds.byteCount + standIns.byteCount + filterByteCount
            + (valueColumns?.byteCount ?? 0)
    }

    /// The least float32 that reaches a threshold.
    static func standIn(for threshold: Double) -> Float {
        let nearest = Float(threshold)
        return Double(nearest) >= threshold ? nearest : nearest.nextUp
    }

    /// Translates float32 rows.
    ///
    /// - Shape: `rows` holds at least rowCount × featureCount values, `translated` at least rowCount × columns.
    func translate(rows: Span<Float>, rowCount: Int, into translated: inout MutableSpan<Float>) {
        for index in columns.indices {
            switch columns[index].content {
            case .value:
                fill(index, from: rows, rowCount, &translated) { $0 }
            case .valueUnlessZero:
                fill(index, from: rows, rowCount, &translated) { abs($0) <= Self.zeroDistance ? .nan : $0 }
            case .membership(let set, let missingGoesLeft):
                fill(index, from: rows, rowCount, &translated) { side(of: Double($0), set, missingGoesLeft) }
            case .isMissing:
                fill(index, from: rows, rowCount, &translated) { $0.isNaN ? 1 : 0 }
            }
        }
    }

    /// Translates float64 rows.
    ///
    /// - Shape: as above.
    func translate(rows: Span<Double>, rowCount: Int, into translated: inout MutableSpan<Float>) {
        if rowCount < ValueColumns.rowLimit, let valueColumns {
            let width = columns.count
            for row in 0..<rowCount {
                let source = rows.extracting(row * featureCount..<(row + 1) * featureCount)
                var target = translated._mutatingExtracting(row * width..<(row + 1) * width)
                valueColumns.translate(row: source, into: &target) { searched($0, $1) }
            }
            return
        }
        for index in columns.indices {
            let filter = filters[index]
            switch columns[index].content {
            case .value(let range):
                fill(index, from: rows, rowCount, &translated) { standIn(for: $0, range, filter) }
            case .valueUnlessZero(let range):
                fill(index, from: rows, rowCount, &translated) { value in
                    abs(value) <= Double(Self.zeroDistance) ? .nan : standIn(for: value, range, filter)
                }
            case .membership(let set, let missingGoesLeft):
                fill(index, from: rows, rowCount, &translated) { side(of: $0, set, missingGoesLeft) }
            case .isMissing:
                fill(index, from: rows, rowCount, &translated) { $0.isNaN ? 1 : 0 }
            }
        }
    }

    /// Writes one column of all rows.
    @inline(__always)
    private func fill<Value>(
        _ index: Int, from rows: Span<Value>, _ rowCount: Int, _ translated: inout MutableSpan<Float>,
        _ translate: (Value) -> Float
    ) {
        let feature = columns[index].feature
        let width = columns.count
        precondition(rowCount >= 0 && feature < featureCount, "a column is made of a feature of the rows")
        precondition(rows.count >= rowCount * featureCount, "rows are featureCount values each")
        precondition(translated.count >= rowCount * width, "there is a value for every row and column")
        var (source, target) = (feature, index)
        for _ in 0..<rowCount {
            // The last row's value is within the rows, its place within the translated ones, as checked above.
            unsafe translated[unchecked: target] = translate(rows[unchecked: source])
            source &+= featureCount
            target &+= width
        }
    }

    @inline(__always)
    private func side(of value: Double, _ set: CategorySet, _ missingGoesLeft: Bool) -> Float {
        let goesLeft = value.isNaN ? missingGoesLeft : set.sendsLeft(value, rule: categoryRule)
        return goesLeft ? 0 : 1
    }

    /// The float32 that reaches the same thresholds as a double.
    @inline(__always)
    private func standIn(for value: Double, _ range: Range<Int>, _ filter: FloatFilter) -> Float {
        let nearest = Float(value)
        if Double(nearest) == value || value.isNaN { return nearest }
        // A threshold that the next float32 above reaches and the value may not has that float32 as its stand-in.
        let above = Double(nearest) > value ? nearest : nearest.nextUp
        return filter.mayContain(above) ? searched(value, range) : above
    }

    /// The float32 that stands for the greatest threshold that a double reaches.
    @inline(never)
    private func searched(_ value: Double, _ range: Range<Int>) -> Float {
        var first = range.lowerBound
        var count = range.count
        // The number of thresholds that the value reaches.
        while count > 0 {
            let half = count / 2
            if thresholds[first + half] <= value {
                first += half + 1
                count -= half + 1
            } else {
                count = half
            }
        }
        return first == range.lowerBound ? -.infinity : standIns[first - 1]
    }
}
