/// The columns of a translation that asks for no categories, in tables without references.
///
/// Few rows are translated by these: counting the references of every column's tables would cost more than the rows.
struct ValueColumns: Sendable {
    /// Rows from which the translation goes column by column.
    static let rowLimit = 8

    private enum Kind {
        case value
        case valueUnlessZero
        case isMissing
    }

    private struct Column {
        var kind: Kind
        var feature: Int
        var thresholds: Range<Int>
        var firstFilterWord: Int
        var filterShift: UInt64
    }

    private let columns: [Column]
    private let filterWords: [UInt64]

    /// Makes the tables, or nil where a column asks for categories.
    init?(_ columns: [RowTranslation.Column], filters: [FloatFilter]) {
        var flat: [Column] = []
        var words: [UInt64] = []
        for (column, filter) in zip(columns, filters) {
            let (kind, thresholds): (Kind, Range<Int>)
            switch column.content {
            case .value(let range): (kind, thresholds) = (.value, range)
            case .valueUnlessZero(let range): (kind, thresholds) = (.valueUnlessZero, range)
            case .isMissing: (kind, thresholds) = (.isMissing, 0..<0)
            case .membership: return nil
            }
            flat.append(
                Column(
                    kind: kind, feature: column.feature, thresholds: thresholds, firstFilterWord: words.count,
                    filterShift: filter.shift))
            words += filter.words
        }
        self.columns = flat
        filterWords = words
    }

    var byteCount: Int { columns.byteCount + filterWords.byteCount }

    /// Translates one row; `search` finds what stands for a value among thresholds.
    @inline(__always)
    func translate(
        row: Span<Double>, into translated: inout MutableSpan<Float>, search: (Double, Range<Int>) -> Float
    ) {
        let columns = self.columns.span
        let words = filterWords.span
        for index in columns.indices {
            let column = columns[index]
            let value = row[column.feature]
            if column.kind == .isMissing {
                translated[index] = value.isNaN ? 1 : 0
                continue
            }
            if column.kind == .valueUnlessZero && abs(value) <= Double(RowTranslation.zeroDistance) {
                translated[index] = .nan
                continue
            }
            let nearest = Float(value)
            if Double(nearest) == value || value.isNaN {
                translated[index] = nearest
                continue
            }
            // As `RowTranslation.standIn`.
            let above = Double(nearest) > value ? nearest : nearest.nextUp
            let place = FloatFilter.hash(above) >> column.filterShift
            let word = words[column.firstFilterWord + Int(truncatingIfNeeded: place >> 6)]
            translated[index] = word >> (place & 63) & 1 != 0 ? search(value, column.thresholds) : above
        }
    }
}
