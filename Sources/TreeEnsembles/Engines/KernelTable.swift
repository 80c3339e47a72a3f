import CVectorPrimitives
import TreeKernels
import TreeKernelsAVX2
import TreeKernelsAVX512
import TreeKernelsAVX512VBMI

/// The kernels of one instruction set.
///
/// Engines pick theirs once, when a model is compiled. The functions read and write through addresses; the engines that
/// call them are the checked door in front.
@safe
struct KernelTable: Sendable {
    typealias FillColumns = @Sendable (rowan_columns, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    typealias EvaluateRankedRow = @Sendable (UnsafePointer<rowan_ranked_row>, UnsafePointer<Float>) -> Void
    typealias PackFloats = @Sendable (UnsafePointer<Float>, Int, UnsafeMutableRawPointer) -> Void
    typealias PackDoubles = @Sendable (UnsafePointer<Double>, Int, UnsafeMutableRawPointer) -> Void

    /// The kernels of ranked rows, and what their layout depends on.
    @safe
    struct RankedRowKernels: Sendable {
        let evaluateFloat: EvaluateRankedRow
        let evaluateDouble: EvaluateRankedRow
        /// Bytes of a vector of questions.
        let laneCount: Int
    }

    /// A kernel of Shapley values.
    @safe
    struct ShapleyKernel: Sendable {
        let compute: @Sendable (borrowing rowan_shapley_block) -> Void
        /// For one row, with nodes in the lanes.
        let computeRow: @Sendable (borrowing rowan_shapley_row) -> Void
        /// Rows in a vector.
        let rowCount: Int
        /// Bytes of such a vector's mask.
        let maskByteCount: Int
    }

    /// Rows that one block can hold: bits of the instruction set's vector.
    let blockRowCapacity: Int
    let fillColumns: FillColumns
    let evaluateBlockFloat: @Sendable (borrowing rowan_block) -> Void
    let evaluateBlockDouble: @Sendable (borrowing rowan_block) -> Void
    let evaluateRowFloat: @Sendable (borrowing rowan_row) -> Void
    let evaluateRowDouble: @Sendable (borrowing rowan_row) -> Void
    /// Nil where the instruction set has no kernels of ranked rows.
    let rankedRow: RankedRowKernels?
    let packFloats: PackFloats
    let packDoubles: PackDoubles
    /// Where a block leaves the sum of the row with a leaf number at some byte; below 64, repeated every 64.
    let floatSumPosition: @Sendable (Int) -> Int
    /// The same for float64 sums.
    let doubleSumPosition: @Sendable (Int) -> Int
    let shapleyDoubles: ShapleyKernel
    let shapleyFloats: ShapleyKernel

    /// The kernels compiled for an instruction set.
    ///
    /// - Precondition: this machine has the instruction set, which `InstructionSet.detect` says.
    static func forInstructionSet(_ instructionSet: InstructionSet) -> KernelTable {
        switch instructionSet {
        case .baseline:
            // A kernel touches what its arguments point to and nothing else; the engine that calls it owns all of that
            // and keeps it for the length of the call.
            unsafe KernelTable(
                blockRowCapacity: TreeKernels.blockRowCapacity,
                fillColumns: { unsafe TreeKernels.fillColumns($0, row: $1, into: $2) },
                evaluateBlockFloat: { unsafe TreeKernels.evaluateBlockFloat($0) },
                evaluateBlockDouble: { unsafe TreeKernels.evaluateBlockDouble($0) },
                evaluateRowFloat: { unsafe TreeKernels.evaluateRowFloat($0) },
                evaluateRowDouble: { unsafe TreeKernels.evaluateRowDouble($0) },
                rankedRow: nil,
                packFloats: { unsafe TreeKernels.packLeaves($0, count: $1, into: $2) },
                packDoubles: { unsafe TreeKernels.packLeaves($0, count: $1, into: $2) },
                floatSumPosition: { TreeKernels.floatSumPosition(ofByte: $0) },
                doubleSumPosition: { TreeKernels.doubleSumPosition(ofByte: $0) },
                shapleyDoubles: ShapleyKernel(
                    compute: { unsafe TreeKernels.computeShapleyDoubles($0) },
                    computeRow: { unsafe TreeKernels.computeShapleyRowDoubles($0) },
                    rowCount: TreeKernels.shapleyDoubleRowCount,
                    maskByteCount: TreeKernels.shapleyDoubleMaskByteCount),
                shapleyFloats: ShapleyKernel(
                    compute: { unsafe TreeKernels.computeShapleyFloats($0) },
                    computeRow: { unsafe TreeKernels.computeShapleyRowFloats($0) },
                    rowCount: TreeKernels.shapleyFloatRowCount,
                    maskByteCount: TreeKernels.shapleyFloatMaskByteCount))
        case .v3:
            // As above: the addresses come from the engines, which keep what they point to.
            unsafe KernelTable(
                blockRowCapacity: TreeKernelsAVX2.blockRowCapacity,
                fillColumns: { unsafe TreeKernelsAVX2.fillColumns($0, row: $1, into: $2) },
                evaluateBlockFloat: { unsafe TreeKernelsAVX2.evaluateBlockFloat($0) },
                evaluateBlockDouble: { unsafe TreeKernelsAVX2.evaluateBlockDouble($0) },
                evaluateRowFloat: { unsafe TreeKernelsAVX2.evaluateRowFloat($0) },
                evaluateRowDouble: { unsafe TreeKernelsAVX2.evaluateRowDouble($0) },
                rankedRow: RankedRowKernels(
                    evaluateFloat: { unsafe TreeKernelsAVX2.evaluateRankedRowFloat($0, row: $1) },
                    evaluateDouble: { unsafe TreeKernelsAVX2.evaluateRankedRowDouble($0, row: $1) },
                    laneCount: TreeKernelsAVX2.rankedLaneCount),
                packFloats: { unsafe TreeKernelsAVX2.packLeaves($0, count: $1, into: $2) },
                packDoubles: { unsafe TreeKernelsAVX2.packLeaves($0, count: $1, into: $2) },
                floatSumPosition: { TreeKernelsAVX2.floatSumPosition(ofByte: $0) },
                doubleSumPosition: { TreeKernelsAVX2.doubleSumPosition(ofByte: $0) },
                shapleyDoubles: ShapleyKernel(
                    compute: { unsafe TreeKernelsAVX2.computeShapleyDoubles($0) },
                    computeRow: { unsafe TreeKernelsAVX2.computeShapleyRowDoubles($0) },
                    rowCount: TreeKernelsAVX2.shapleyDoubleRowCount,
                    maskByteCount: TreeKernelsAVX2.shapleyDoubleMaskByteCount),
                shapleyFloats: ShapleyKernel(
                    compute: { unsafe TreeKernelsAVX2.computeShapleyFloats($0) },
                    computeRow: { unsafe TreeKernelsAVX2.computeShapleyRowFloats($0) },
                    rowCount: TreeKernelsAVX2.shapleyFloatRowCount,
                    maskByteCount: TreeKernelsAVX2.shapleyFloatMaskByteCount))
        case .v4:
            // As above: the addresses come from the engines, which keep what they point to.
            unsafe v4(
                RankedRowKernels(
                    evaluateFloat: { unsafe TreeKernelsAVX512.evaluateRankedRowFloat($0, row: $1) },
                    evaluateDouble: { unsafe TreeKernelsAVX512.evaluateRankedRowDouble($0, row: $1) },
                    laneCount: TreeKernelsAVX512.rankedLaneCount))
        case .vbmi:
            // As above.
            unsafe v4(
                RankedRowKernels(
                    evaluateFloat: { unsafe TreeKernelsAVX512VBMI.evaluateRankedRowFloat($0, row: $1) },
                    evaluateDouble: { unsafe TreeKernelsAVX512VBMI.evaluateRankedRowDouble($0, row: $1) },
                    laneCount: TreeKernelsAVX512VBMI.rankedLaneCount))
        }
    }

    /// The kernels of AVX-512, of which only those for single rows differ between its extensions.
    private static func v4(_ rankedRow: RankedRowKernels) -> KernelTable {
        // As above: the addresses come from the engines, which keep what they point to.
        unsafe KernelTable(
            blockRowCapacity: TreeKernelsAVX512.blockRowCapacity,
            fillColumns: { unsafe TreeKernelsAVX512.fillColumns($0, row: $1, into: $2) },
            evaluateBlockFloat: { unsafe TreeKernelsAVX512.evaluateBlockFloat($0) },
            evaluateBlockDouble: { unsafe TreeKernelsAVX512.evaluateBlockDouble($0) },
            evaluateRowFloat: { unsafe TreeKernelsAVX512.evaluateRowFloat($0) },
            evaluateRowDouble: { unsafe TreeKernelsAVX512.evaluateRowDouble($0) },
            rankedRow: rankedRow,
            packFloats: { unsafe TreeKernelsAVX512.packLeaves($0, count: $1, into: $2) },
            packDoubles: { unsafe TreeKernelsAVX512.packLeaves($0, count: $1, into: $2) },
            floatSumPosition: { TreeKernelsAVX512.floatSumPosition(ofByte: $0) },
            doubleSumPosition: { TreeKernelsAVX512.doubleSumPosition(ofByte: $0) },
            shapleyDoubles: ShapleyKernel(
                compute: { unsafe TreeKernelsAVX512.computeShapleyDoubles($0) },
                computeRow: { unsafe TreeKernelsAVX512.computeShapleyRowDoubles($0) },
                rowCount: TreeKernelsAVX512.shapleyDoubleRowCount,
                maskByteCount: TreeKernelsAVX512.shapleyDoubleMaskByteCount),
            shapleyFloats: ShapleyKernel(
                compute: { unsafe TreeKernelsAVX512.computeShapleyFloats($0) },
                computeRow: { unsafe TreeKernelsAVX512.computeShapleyRowFloats($0) },
                rowCount: TreeKernelsAVX512.shapleyFloatRowCount,
                maskByteCount: TreeKernelsAVX512.shapleyFloatMaskByteCount))
    }
}
