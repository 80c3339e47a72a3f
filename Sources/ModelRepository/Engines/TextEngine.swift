package import LinuxSystem
package import OpenInferenceProtocol
import Synchronization
import TextEmbedding

/// A text encoder as a model: a text for each row, and its vector.
///
/// - Isolation: any thread; immutable but for the memory of threads that encode, which the lock guards.
package final class TextEngine: InferenceEngine {
    let encoder: TextEncoder
    package let outputs: [TensorMetadata]
    /// At most as many as threads have ever encoded at once.
    private let freeScratches = Mutex<[Scratch]>([])

    /// The memory of a thread, handed from one to the next under the lock.
    private struct Scratch: @unchecked Sendable {
        let encoding: EncoderScratch
    }

    /// Makes an engine.
    init(_ encoder: TextEncoder, output: TensorMetadata) {
        self.encoder = encoder
        outputs = [output]
    }

    /// All outputs are for the compute pool.
    var costlyOutputs: UInt64 { 1 }

    package func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace { TextWorkspace(of: self) }

    package func share(
        _ rows: consuming RequestRows, wanted: UInt64, observer: (any EvaluationObserver & Sendable)?
    ) -> any SharedEvaluation {
        TextEvaluation(of: self, rows: rows)
    }

    package func calibrate(clock: any MonotonicClock) {}

    func makeColumn() -> OutputColumn { OutputColumn(metadata: outputs[0], responseDims: [encoder.width]) }

    /// Encodes the texts of some rows.
    ///
    /// - Parameter column: has room for the rows at `target`.
    /// - Returns: tokens of the texts.
    @discardableResult
    func encode(
        _ matrix: borrowing FeatureMatrix, _ rows: Range<Int>, into column: OutputColumn, at target: Range<Int>
    ) -> Int {
        let scratch = freeScratches.withLock { $0.popLast() } ?? Scratch(encoding: EncoderScratch())
        defer { freeScratches.withLock { $0.append(scratch) } }
        return column.withFloats(rows: target) { vectors in
            encoder.encode(count: rows.count, scratch: scratch.encoding, into: &vectors) { number, lend in
                matrix.texts.withText(rows.lowerBound + number, lend)
            }
        }
    }
}
