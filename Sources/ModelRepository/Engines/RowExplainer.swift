import LinuxSystem
import Synchronization
import TreeEnsembles

/// Says what each feature of a row has to do with the value that a rule looks at.
///
/// - Isolation: any thread; one row at a time, which the lock sees to.
package final class RowExplainer: Sendable {
    private let evaluator: ContributionEvaluator
    /// The margin behind the value.
    private let margin: Int
    /// Whether the margin falls where the value rises.
    private let isInverse: Bool
    private let isWide: Bool
    private let scratch = Mutex(Scratch())

    private struct Scratch: ~Copyable {
        var contributions: ContributionScratch?
    }

    /// - Parameter element: of the output that the rule looks at.
    /// - Parameter isInverse: whether the margin falls where the value rises: a short path is an anomaly, and the first
    ///   of two classes is likely where the only margin is small.
    init(_ evaluator: ContributionEvaluator, element: Int, isInverse: Bool, isWide: Bool) {
        self.evaluator = evaluator
        margin = evaluator.marginCount == 1 ? 0 : min(element, evaluator.marginCount - 1)
        self.isInverse = isInverse
        self.isWide = isWide
    }

    /// Bytes of the tables that explain.
    package var tableByteCount: Int { evaluator.tableByteCount }

    /// What each feature adds to the margin, upward being towards the anomaly.
    ///
    /// - Shape: one element for each feature.
    /// - Units: those of the margin.
    /// - Complexity: microseconds to milliseconds, as the forest is large.
    /// - Parameter row: the model's features, float32 where the model compares those.
    /// - Precondition: the row has the model's features.
    package func contributions(of row: [Double]) -> [Double] {
        precondition(row.count == evaluator.featureCount, "a row has the model's features")
        let all = evaluate(row)
        let first = margin * (evaluator.featureCount + 1)
        return all[first..<first + evaluator.featureCount].map { isInverse ? -$0 : $0 }
    }

    private func evaluate(_ row: [Double]) -> [Double] {
        scratch.withLock { scratch in
            var contributions = [Double](repeating: 0, count: evaluator.rowElementCount)
            let memory = scratch.contributions ?? evaluator.makeScratch()
            scratch.contributions = memory
            var target = contributions.mutableSpan
            if isWide {
                evaluator.evaluate(rows: row.span, rowCount: 1, scratch: memory, contributions: &target)
            } else {
                let floats = row.map { Float($0) }
                evaluator.evaluate(rows: floats.span, rowCount: 1, scratch: memory, contributions: &target)
            }
            return contributions
        }
    }
}
