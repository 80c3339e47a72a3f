import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol

/// Counts the rows of large requests to one model.
///
/// - Isolation: any thread of the compute pool.
final class SharedDriftObserver: EvaluationObserver, Sendable {
    private let ledger: DriftLedger

    init(_ ledger: DriftLedger) { self.ledger = ledger }

    func evaluated(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64, outputs: [OutputColumn],
        at target: Range<Int>
    ) {
        let tally = ledger.lendTally(seed: .random(in: 0...UInt64.max))
        tally.count(matrix, rows, wanted: wanted, outputs: outputs, at: target)
        ledger.giveBack(tally)
    }
}
