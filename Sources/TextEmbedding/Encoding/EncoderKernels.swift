import CVectorPrimitives
import TextKernels
import TextKernelsAVX2
import TextKernelsAVX512

/// The kernels of one instruction set.
///
/// The functions read and write through addresses; the encoder that calls them is the checked door in front.
@safe
struct EncoderKernels: Sendable {
    typealias Numbers = UnsafeMutablePointer<Float>
    typealias Constants = UnsafePointer<Float>

    /// Columns of a panel.
    let panelWidth: Int
    let addProducts: @Sendable (rowan_encoder_product) -> Void
    let fillRows: @Sendable (Numbers, _ rowCount: Int, _ width: Int, _ numbers: Constants) -> Void
    let addToRows: @Sendable (Numbers, _ rowCount: Int, _ width: Int, _ numbers: Constants) -> Void
    let addNumbers: @Sendable (Constants, _ count: Int, _ sums: Numbers) -> Void
    let applyGELU: @Sendable (Numbers, _ count: Int) -> Void
    let normalizeRows:
        @Sendable (Numbers, _ rowCount: Int, _ width: Int, _ scale: Constants, _ shift: Constants, Float) -> Void
    let applyExponential:
        @Sendable (Numbers, _ rowCount: Int, _ count: Int, _ rowStride: Int, _ factor: Float, _ shares: Numbers) -> Void
    let scaleRows: @Sendable (Numbers, _ rowCount: Int, _ width: Int, _ rowStride: Int, _ factors: Constants) -> Void
    let packTransposed: @Sendable (Constants, _ count: Int, _ stride: Int, _ depth: Int, _ panels: Numbers) -> Void
    let packColumns: @Sendable (Constants, _ depth: Int, _ stride: Int, _ columnCount: Int, _ panels: Numbers) -> Void

    /// The kernels compiled for an instruction set.
    ///
    /// - Precondition: this machine has it.
    static func forInstructions(_ instructions: EncoderInstructions) -> EncoderKernels {
        // A kernel touches what its arguments point to and nothing else; the encoder owns all of that and keeps it for
        // the length of the call.
        switch instructions {
        case .baseline:
            unsafe EncoderKernels(
                panelWidth: TextKernels.panelWidth,
                addProducts: { unsafe TextKernels.addProducts($0) },
                fillRows: { unsafe TextKernels.fillRows($0, rowCount: $1, width: $2, with: $3) },
                addToRows: { unsafe TextKernels.addToRows($0, rowCount: $1, width: $2, $3) },
                addNumbers: { unsafe TextKernels.addNumbers($0, count: $1, to: $2) },
                applyGELU: { unsafe TextKernels.applyGELU($0, count: $1) },
                normalizeRows: {
                    unsafe TextKernels.normalizeRows($0, rowCount: $1, width: $2, scale: $3, shift: $4, epsilon: $5)
                },
                applyExponential: {
                    unsafe TextKernels.applyExponential(
                        $0, rowCount: $1, count: $2, rowStride: $3, factor: $4, shares: $5)
                },
                scaleRows: {
                    unsafe TextKernels.scaleRows($0, rowCount: $1, width: $2, rowStride: $3, factors: $4)
                },
                packTransposed: {
                    unsafe TextKernels.packTransposed($0, count: $1, stride: $2, depth: $3, into: $4)
                },
                packColumns: {
                    unsafe TextKernels.packColumns($0, depth: $1, stride: $2, columnCount: $3, into: $4)
                })
        case .avx2:
            // As above.
            unsafe EncoderKernels(
                panelWidth: TextKernelsAVX2.panelWidth,
                addProducts: { unsafe TextKernelsAVX2.addProducts($0) },
                fillRows: { unsafe TextKernelsAVX2.fillRows($0, rowCount: $1, width: $2, with: $3) },
                addToRows: { unsafe TextKernelsAVX2.addToRows($0, rowCount: $1, width: $2, $3) },
                addNumbers: { unsafe TextKernelsAVX2.addNumbers($0, count: $1, to: $2) },
                applyGELU: { unsafe TextKernelsAVX2.applyGELU($0, count: $1) },
                normalizeRows: {
                    unsafe TextKernelsAVX2.normalizeRows($0, rowCount: $1, width: $2, scale: $3, shift: $4, epsilon: $5)
                },
                applyExponential: {
                    unsafe TextKernelsAVX2.applyExponential(
                        $0, rowCount: $1, count: $2, rowStride: $3, factor: $4, shares: $5)
                },
                scaleRows: {
                    unsafe TextKernelsAVX2.scaleRows($0, rowCount: $1, width: $2, rowStride: $3, factors: $4)
                },
                packTransposed: {
                    unsafe TextKernelsAVX2.packTransposed($0, count: $1, stride: $2, depth: $3, into: $4)
                },
                packColumns: {
                    unsafe TextKernelsAVX2.packColumns($0, depth: $1, stride: $2, columnCount: $3, into: $4)
                })
        case .avx512:
            // As above.
            unsafe EncoderKernels(
                panelWidth: TextKernelsAVX512.panelWidth,
                addProducts: { unsafe TextKernelsAVX512.addProducts($0) },
                fillRows: { unsafe TextKernelsAVX512.fillRows($0, rowCount: $1, width: $2, with: $3) },
                addToRows: { unsafe TextKernelsAVX512.addToRows($0, rowCount: $1, width: $2, $3) },
                addNumbers: { unsafe TextKernelsAVX512.addNumbers($0, count: $1, to: $2) },
                applyGELU: { unsafe TextKernelsAVX512.applyGELU($0, count: $1) },
                normalizeRows: {
                    unsafe TextKernelsAVX512.normalizeRows(
                        $0, rowCount: $1, width: $2, scale: $3, shift: $4, epsilon: $5)
                },
                applyExponential: {
                    unsafe TextKernelsAVX512.applyExponential(
                        $0, rowCount: $1, count: $2, rowStride: $3, factor: $4, shares: $5)
                },
                scaleRows: {
                    unsafe TextKernelsAVX512.scaleRows($0, rowCount: $1, width: $2, rowStride: $3, factors: $4)
                },
                packTransposed: {
                    unsafe TextKernelsAVX512.packTransposed($0, count: $1, stride: $2, depth: $3, into: $4)
                },
                packColumns: {
                    unsafe TextKernelsAVX512.packColumns($0, depth: $1, stride: $2, columnCount: $3, into: $4)
                })
        }
    }
}
