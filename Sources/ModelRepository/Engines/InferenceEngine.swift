package import LinuxSystem
package import OpenInferenceProtocol

/// What turns rows of features into outputs: a loaded model version without its name.
///
/// - Isolation: immutable; any thread. What changes during an evaluation lives in workspaces.
package protocol InferenceEngine: AnyObject, Sendable {
    /// The outputs of every workspace, in the order of responses.
    var outputs: [TensorMetadata] { get }

    /// Makes what one thread needs to evaluate this model.
    ///
    /// - Parameter rowCapacity: rows that the workspace takes without allocating.
    func makeWorkspace(rowCapacity: Int) -> any InferenceWorkspace

    /// Begins the evaluation of a large request's rows.
    ///
    /// - Complexity: allocates the wanted outputs.
    /// - Parameter wanted: bit `i` asks for output `i`.
    /// - Precondition: the rows have the model's features, in the precision of its `InputLayout`.
    func share(_ rows: consuming RequestRows, wanted: UInt64) -> any SharedEvaluation

    /// Measures what its ways of evaluating cost and chooses among them by that from now on, if it has several; answers
    /// do not change.
    ///
    /// - Isolation: any thread; other threads may evaluate meanwhile.
    /// - Complexity: about two milliseconds of the calling thread; more where a single block takes longer.
    /// - Parameter clock: the calling thread's processor time.
    func calibrate(clock: any MonotonicClock)
}

/// One thread's scratch memory for a model, and the outputs of its last batch.
///
/// - Isolation: one thread at a time.
package protocol InferenceWorkspace: AnyObject {
    /// One column per output of the engine, in its order.
    var outputs: [OutputColumn] { get }

    /// Evaluates a batch; afterwards every wanted column holds as many rows as the batch.
    ///
    /// - Shape: the matrix has the model's features, in the precision of its `InputLayout`.
    /// - Complexity: allocates only when the rows exceed every earlier batch and the capacity.
    /// - Parameter wanted: bit `i` asks for output `i`; other columns hold no rows afterwards.
    func evaluate(_ matrix: borrowing FeatureMatrix, wanted: UInt64)
}
