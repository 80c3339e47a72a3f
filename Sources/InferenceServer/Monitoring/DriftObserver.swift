import ModelMonitoring
import ModelRepository
import OpenInferenceProtocol

/// Counts the rows of one model on one loop.
///
/// - Isolation: the loop's thread.
final class DriftObserver: EvaluationObserver {
    let tally: DriftTally
    /// The same for large requests.
    let shared: SharedDriftObserver

    init(_ ledger: DriftLedger) {
        tally = ledger.makeTally(seed: .random(in: 0...UInt64.max))
        shared = SharedDriftObserver(ledger)
    }

    func evaluated(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, wanted: UInt64, outputs: [OutputColumn],
        at target: Range<Int>
    ) {
        tally.count(matrix, rows, wanted: wanted, outputs: outputs, at: target)
    }
}
