import CVectorPrimitives
import LinuxSystem

/// The columns of a forest in the form that kernels read.
struct ColumnTables: ~Copyable, Sendable {
    private let features: AlignedArray<UInt32>
    private let keptEnd: Int
    private let missingHighEnd: Int

    var count: Int { features.count }
    var byteCount: Int { features.byteCount }

    init(_ columns: EngineColumns) {
        features = AlignedArray(copying: columns.features.span, filler: 0)
        keptEnd = columns.keptEnd
        missingHighEnd = columns.missingHighEnd
    }

    /// The feature that a column holds.
    func feature(of column: Int) -> UInt32 { features[column] }

    /// The kernels' description of the columns.
    ///
    /// - Ownership: valid as long as these tables live.
    @unsafe
    var kernelColumns: rowan_columns {
        unsafe rowan_columns(
            features: features.unsafeAddress, kept_end: keptEnd, missing_high_end: missingHighEnd, count: count)
    }
}
