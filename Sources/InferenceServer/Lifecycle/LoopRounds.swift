import Synchronization

/// Finds out whether all loops go on: each is asked, and must have answered before all are asked again.
///
/// - Isolation: one thread asks, each loop answers.
final class LoopRounds: Sendable {
    private let loopCount: Int
    /// Loops that have not answered the last question.
    private let missing = Atomic(0)

    init(loopCount: Int) {
        self.loopCount = loopCount
    }

    /// Begins a round if the last one is over.
    ///
    /// - Returns: whether it was over, so that the loops are to be asked now.
    func begin() -> Bool {
        missing.compareExchange(expected: 0, desired: loopCount, ordering: .acquiringAndReleasing).exchanged
    }

    /// A loop answers, once for each question.
    func loopAnswered() {
        missing.subtract(1, ordering: .releasing)
    }
}
