/// How the columns of a request become a model's features where the two are not the same: the model stands behind a
/// name that it shares with models of other features.
///
/// A whole matrix is read run by run, each run of columns straight to where it belongs in the model's rows; columns
/// that the model does not take are read and dropped.
///
/// - Isolation: any thread; immutable.
package struct ColumnMapping: Sendable {
    /// Neighbouring columns of a request that are neighbours among the features, too.
    struct Run: Equatable, Sendable {
        var source: Int
        var count: Int
        /// The first feature; −1 where the columns are dropped.
        var target: Int
    }

    /// The names of a request's columns, in order; empty if they have none.
    package let names: NameTable
    /// For each column of a request the model's feature; −1 where the model does not take it.
    package let columns: [Int]
    /// For each column of a request whether it may be left out.
    package let optionalColumns: [Bool]
    /// All columns, from the first to the last.
    let runs: [Run]
    /// Features that have columns.
    let takenCount: Int

    /// Describes a mapping.
    ///
    /// - Precondition: each column is described; names differ; no feature has two columns.
    package init(names: [String], columns: [Int], optionalColumns: [Bool]) {
        precondition(!columns.isEmpty, "a request has columns")
        precondition(names.count == columns.count && optionalColumns.count == columns.count, "columns are described")
        self.names = NameTable(names)
        self.columns = columns
        self.optionalColumns = optionalColumns
        var runs: [Run] = []
        var taken: Set<Int> = []
        for (source, target) in columns.enumerated() {
            precondition(target < 0 || taken.insert(target).inserted, "a feature has one column")
            if let last = runs.last, last.target < 0 ? target < 0 : target == last.target + last.count {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(Run(source: source, count: 1, target: target))
            }
        }
        self.runs = runs
        takenCount = taken.count
    }
}

/// The place of the next element of a matrix that is read by a mapping.
struct MappedPlace {
    private let runs: [ColumnMapping.Run]
    private let featureCount: Int
    private let rowCount: Int
    private var row = 0
    private var run = 0
    private var offset = 0
    /// Elements that have their places.
    private(set) var count = 0

    init(_ mapping: ColumnMapping, rowCount: Int, featureCount: Int) {
        runs = mapping.runs
        self.featureCount = featureCount
        self.rowCount = rowCount
    }

    /// Whether there is one more.
    var isInside: Bool { row < rowCount }

    /// Elements from here to the end of the run.
    var remaining: Int { runs[run].count &- offset }

    /// Where the next element goes among the rows' features; −1 where it is dropped.
    var target: Int {
        let first = runs[run].target
        return first < 0 ? -1 : row &* featureCount &+ first &+ offset
    }

    /// Goes on behind some elements of the run.
    mutating func advance(by number: Int) {
        count &+= number
        offset &+= number
        guard offset == runs[run].count else { return }
        offset = 0
        run &+= 1
        guard run == runs.count else { return }
        run = 0
        row &+= 1
    }
}
