/// Where some neighbouring columns of a step's rows come from.
struct EnsembleSource: Equatable, Sendable {
    /// The place of the first column.
    enum Origin: Equatable, Sendable {
        /// A column of the ensemble's rows.
        case input(first: Int)
        /// An element of an output of an earlier step.
        case output(step: Int, output: Int, first: Int)
        /// The same value in every row.
        case constant(Double)
    }

    var origin: Origin
    /// Columns of the step's rows.
    var columns: Range<Int>

    /// The part that gives some of the columns, counted from a column on; nil if it gives none of them.
    func slice(_ part: Range<Int>, at target: Int) -> EnsembleSource? {
        let common = columns.clamped(to: part)
        guard !common.isEmpty else { return nil }
        let offset = common.lowerBound - columns.lowerBound
        let first = target + common.lowerBound - part.lowerBound
        let moved: Origin =
            switch origin {
            case .input(let first): .input(first: first + offset)
            case .output(let step, let output, let first): .output(step: step, output: output, first: first + offset)
            case .constant: origin
            }
        return EnsembleSource(origin: moved, columns: first..<first + common.count)
    }
}
