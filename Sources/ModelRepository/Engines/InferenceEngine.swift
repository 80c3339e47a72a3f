package import LinuxSystem
package import OpenInferenceProtocol

/// What turns rows of features into outputs: a loaded model version without its name.
///
/// - Isolation: immutable; any thread. What changes during an evaluation lives in workspaces.
package protocol InferenceEngine: AnyObject, Sendable {
    /// The outputs of every workspace, in the order of responses.
    var outputs: [TensorMetadata] { get }

    /// Bits of the outputs that tell what was predicted: for such a request rows are counted by their result.
    var predictedOutputs: UInt64 { get }

    /// Makes what one thread needs to evaluate this model.
    ///
    /// - Parameter rowCapacity: rows that the workspace takes without allocating.
    func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace

    /// Begins the evaluation of a large request's rows.
    ///
    /// - Complexity: allocates the wanted outputs.
    /// - Parameter wanted: bit `i` asks for output `i`.
    /// - Parameter observer: is shown each block of rows when it has been evaluated, by the thread that has done so.
    /// - Precondition: the rows have the model's features, in the precision of its `InputLayout`.
    func share(
        _ rows: consuming RequestRows, wanted: UInt64, observer: (any EvaluationObserver & Sendable)?
    ) -> any SharedEvaluation

    /// Measures what its ways of evaluating cost and chooses among them by that from now on, if it has several; answers
    /// do not change.
    ///
    /// - Isolation: any thread; other threads may evaluate meanwhile.
    /// - Complexity: about two milliseconds of the calling thread; more where a single block takes longer.
    /// - Parameter clock: the calling thread's processor time.
    func calibrate(clock: any MonotonicClock)
}

extension InferenceEngine {
    package var predictedOutputs: UInt64 { 0 }

    /// Begins the evaluation of a large request's rows, at which nobody looks.
    package func share(_ rows: consuming RequestRows, wanted: UInt64) -> any SharedEvaluation {
        share(rows, wanted: wanted, observer: nil)
    }
}

/// One thread's scratch memory for a model, and the outputs of its last batch.
///
/// - Isolation: one thread at a time.
package protocol InferenceWorkspace: AnyObject {
    /// One column per output of the engine, in its order.
    var outputs: [OutputColumn] { get }

    /// What the steps of an ensemble have cost in the last evaluation; empty for any other model.
    var stepTimes: [StepTime] { get }

    /// Evaluates a batch; afterwards every wanted column holds as many rows as the batch.
    ///
    /// - Shape: the matrix has the model's features, in the precision of its `InputLayout`.
    /// - Complexity: allocates only when the rows exceed every earlier batch and the capacity.
    /// - Parameter wanted: bit `i` asks for output `i`; other columns hold no rows afterwards.
    func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64)

    /// Counts the rows of the last batch whose result is 1, for metrics: those whose label is not 0.
    ///
    /// - Complexity: about a nanosecond per row; no allocation.
    /// - Parameter rows: of the batch.
    /// - Parameter wanted: what the request of these rows asks for, all of it evaluated.
    /// - Returns: nil if that needed no prediction.
    func positiveRowCount(of rows: Range<Int>, wanted: UInt64) -> Int?
}

extension InferenceWorkspace {
    /// A model that predicts nothing has no rows to count.
    package func positiveRowCount(of rows: Range<Int>, wanted: UInt64) -> Int? { nil }
}

extension InferenceWorkspace {
    package var stepTimes: [StepTime] { [] }
}
