import OpenInferenceProtocol
import Synchronization

/// The texts of one request, encoded in blocks by whatever threads are free.
///
/// What threads share is constant but for the output column, of which each writes the rows that it was given.
///
/// - Isolation: any thread, as `SharedEvaluation` says.
final class TextEvaluation: SharedEvaluation, @unchecked Sendable {
    let rowCount: Int
    let blockRowCount: Int
    let outputs: [OutputColumn]
    private let engine: TextEngine
    private let rows: RequestRows
    private let tokens = Atomic(0)

    /// Bytes of a block's texts: together they have about as many tokens as are encoded at once, some 4 bytes each.
    private static let blockByteCount = 2_048

    init(of engine: TextEngine, rows: consuming RequestRows) {
        rowCount = rows.rowCount
        blockRowCount = max(1, Self.blockByteCount * rows.rowCount / max(rows.textByteCount, 32 * rows.rowCount, 1))
        outputs = [engine.makeColumn()]
        outputs[0].prepare(rows: rows.rowCount)
        self.engine = engine
        self.rows = rows
    }

    func evaluate(rows part: Range<Int>) {
        for first in stride(from: part.lowerBound, to: part.upperBound, by: blockRowCount) {
            let block = first..<min(first + blockRowCount, part.upperBound)
            rows.withMatrix { matrix in
                _ = tokens.add(engine.encode(matrix, block, into: outputs[0], at: block), ordering: .relaxed)
            }
        }
    }

    var tokenCount: Int? { tokens.load(ordering: .relaxed) }
}
