import OpenInferenceProtocol

/// The vectors of the texts of one thread's last batch.
///
/// Requests of clients are evaluated by the pool (`TextEvaluation`); this is what warms a version and what a split's or
/// a queue's batch would use.
///
/// - Isolation: one thread at a time.
final class TextWorkspace: InferenceWorkspace {
    let outputs: [OutputColumn]
    private let engine: TextEngine

    init(of engine: TextEngine) {
        self.engine = engine
        outputs = [engine.makeColumn()]
    }

    func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64) {
        // Rows that nobody has given a text, as those that warm a forest, have none.
        let count = wanted & 1 != 0 ? matrix.texts.count : 0
        outputs[0].prepare(rows: count)
        if count > 0 { engine.encode(matrix, 0..<count, into: outputs[0], at: 0..<count) }
    }
}
