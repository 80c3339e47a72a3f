import CVectorPrimitives
import LinuxSystem
import TreeKernels
import TreeKernelsAVX2
import TreeKernelsAVX512

/// Counts of comparisons, and the kernel that adds rows to them.
///
/// - Isolation: one thread at a time.
final class BinCounter {
    private let instructions: CountingInstructions
    private let isWide: Bool
    // Only the arrays of the counter's own precision have elements.
    private let edges: AlignedArray<Float>
    private var counts: AlignedArray<UInt32>
    private let wideEdges: AlignedArray<Double>
    private var wideCounts: AlignedArray<UInt64>

    /// Makes counts of nothing.
    ///
    /// - Parameter edges: as a layout places them.
    init(_ edges: [Double], isWide: Bool, _ instructions: CountingInstructions) {
        self.instructions = instructions
        self.isWide = isWide
        self.edges = AlignedArray(copying: (isWide ? [] : edges.map { Float($0) }).span, filler: 0)
        counts = AlignedArray(count: isWide ? 0 : edges.count, repeating: 0)
        wideEdges = AlignedArray(copying: (isWide ? edges : []).span, filler: 0)
        wideCounts = AlignedArray(count: isWide ? edges.count : 0, repeating: 0)
    }

    /// Adds rows.
    ///
    /// - Shape: row `r` of the group begins at element `first + r × stride`.
    /// - Precondition: the counter is not wide; the values lie in an `AlignedArray`, whose end may be read over.
    func count(_ values: Span<Float>, from first: Int, stride: Int, rowCount: Int, of group: BinLayout.Group) {
        precondition(!isWide && group.firstCell + group.edgeCount * BinLayout.laneCount <= counts.count, "its group")
        check(values.count, first, stride, rowCount, group)
        unsafe values.withUnsafeBufferPointer { all in
            guard let base = all.baseAddress else { return }
            // Rows and cells were compared with what there is; a vector that begins at a value ends at most 60 bytes
            // behind it, which an aligned array has. The counts are this object's.
            let block = unsafe rowan_bin_block(
                rows: UnsafeRawPointer(base + first), row_count: rowCount, row_stride: stride,
                lane_count: group.columnCount, edges: UnsafeRawPointer(edges.unsafeAddress + group.firstCell),
                edge_count: group.edgeCount, counts: UnsafeMutableRawPointer(counts.unsafeAddress + group.firstCell))
            switch instructions {
            case .baseline: unsafe TreeKernels.countSingles(block)
            case .avx2: unsafe TreeKernelsAVX2.countSingles(block)
            case .avx512: unsafe TreeKernelsAVX512.countSingles(block)
            }
        }
    }

    /// Adds rows of float64.
    ///
    /// - Shape: as above.
    /// - Precondition: the counter is wide; otherwise as above.
    func count(_ values: Span<Double>, from first: Int, stride: Int, rowCount: Int, of group: BinLayout.Group) {
        precondition(isWide && group.firstCell + group.edgeCount * BinLayout.laneCount <= wideCounts.count, "its group")
        check(values.count, first, stride, rowCount, group)
        unsafe values.withUnsafeBufferPointer { all in
            guard let base = all.baseAddress else { return }
            // As above.
            let block = unsafe rowan_bin_block(
                rows: UnsafeRawPointer(base + first), row_count: rowCount, row_stride: stride,
                lane_count: group.columnCount, edges: UnsafeRawPointer(wideEdges.unsafeAddress + group.firstCell),
                edge_count: group.edgeCount,
                counts: UnsafeMutableRawPointer(wideCounts.unsafeAddress + group.firstCell))
            switch instructions {
            case .baseline: unsafe TreeKernels.countDoubles(block)
            case .avx2: unsafe TreeKernelsAVX2.countDoubles(block)
            case .avx512: unsafe TreeKernelsAVX512.countDoubles(block)
            }
        }
    }

    private func check(_ valueCount: Int, _ first: Int, _ stride: Int, _ rowCount: Int, _ group: BinLayout.Group) {
        precondition(rowCount > 0 && first >= 0 && stride > 0, "there are rows")
        let end = first + (rowCount - 1) * stride + group.columnCount
        precondition(end <= valueCount, "the rows lie within the values")
    }

    /// Adds all counts to others and begins anew.
    ///
    /// - Parameter target: as many cells, in the same places.
    func move(to target: inout [UInt64]) {
        if isWide {
            precondition(target.count == wideCounts.count, "cells of the same layout")
            for cell in target.indices {
                target[cell] &+= wideCounts[cell]
                wideCounts[cell] = 0
            }
        } else {
            precondition(target.count == counts.count, "cells of the same layout")
            for cell in target.indices {
                target[cell] &+= UInt64(counts[cell])
                counts[cell] = 0
            }
        }
    }
}
