/// A forest made ready to be evaluated.
///
/// Engines are alternatives for the same forest: all give the same bits. An engine is immutable, but for the number of
/// rows from which it evaluates blocks; what changes during an evaluation lives in the `TreeScratch` that each thread
/// makes for itself.
///
/// - Isolation: any thread, with a scratch of its own.
package protocol TreeEngine: AnyObject, Sendable {
    /// Name in reports and in the model's configuration.
    var name: String { get }
    /// Values per row.
    var featureCount: Int { get }
    /// Margins per row.
    var marginCount: Int { get }
    /// Trees, which is also the number of leaf indices per row.
    var treeCount: Int { get }
    /// What the kernels were compiled for.
    var instructionSet: InstructionSet { get }

    /// What the engine would do faster if the forest allowed.
    var refusals: [EngineRefusal] { get }

    /// Bytes of the tables that the engine keeps, what stands in front of it included; the scratch of threads is not.
    var tableByteCount: Int { get }

    /// Makes the memory that one thread needs to call this engine.
    func makeScratch() -> TreeScratch

    /// Computes the margins of rows.
    ///
    /// A row's margins do not depend on the rows beside it nor on their number.
    ///
    /// - Shape: `rows` holds at least rowCount × featureCount values, row-major; `margins` at least rowCount ×
    ///   marginCount, row-major.
    /// - Units: raw scores before the link; a float32 trainer's margins are float32 values.
    /// - Ownership: both spans are borrowed for the call.
    /// - Complexity: rows × trees × depth at most; no allocation.
    /// - Precondition: the spans are long enough and the scratch was made by this engine.
    func evaluate(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, margins: inout MutableSpan<Double>)

    /// Computes the leaf that each tree sends each row to, in the trainer's own numbering.
    ///
    /// - Shape: `rows` as above; `leaves` holds at least rowCount × treeCount numbers, row-major.
    /// - Complexity: rows × trees × depth; no allocation.
    /// - Precondition: as above.
    func leafIndices(rows: Span<Float>, rowCount: Int, scratch: TreeScratch, leaves: inout MutableSpan<Int32>)

    /// Measures what blocks and single rows cost on this machine, and begins blocks where they pay from now on; an
    /// engine without blocks does nothing.
    ///
    /// - Isolation: any thread; other threads may evaluate meanwhile. Results do not depend on it.
    /// - Parameter clock: counts nanoseconds that the calling thread works.
    func calibrate(clock: () -> Int64)
}

extension TreeEngine {
    package var refusals: [EngineRefusal] { [] }
}
