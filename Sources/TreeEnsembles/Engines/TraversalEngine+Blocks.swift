import CVectorPrimitives
import LinuxSystem
import TreeKernels

extension TraversalEngine {
    /// Rows that go side by side.
    private static let besideCount = 8

    /// Rows of a block: as many as keep their columns in the second cache, in whole eights.
    static func blockRowCapacity(columnCount: Int) -> Int {
        let rowCount = EngineLimits.walkedBlockByteCount / (4 * max(columnCount, 1))
        return min(max(rowCount, besideCount), 512) / besideCount * besideCount
    }

    /// Computes the margins of whole eights of rows.
    ///
    /// - Returns: the first row that is left.
    func evaluateBlocks(
        rows: Span<Float>, range: Range<Int>, scratch: TraversalScratch, margins: inout MutableSpan<Double>
    ) -> Int {
        var row = range.lowerBound
        while blockRowCapacity > 0 && range.upperBound - row >= Self.besideCount {
            let count = min(range.upperBound - row, blockRowCapacity) / Self.besideCount * Self.besideCount
            fillColumns(ofRows: row..<row + count, rows: rows, scratch: scratch)
            evaluateBlock(row..<row + count, scratch, &margins)
            row += count
        }
        return row
    }

    private func fillColumns(ofRows range: Range<Int>, rows: Span<Float>, scratch: TraversalScratch) {
        // The rows lie within the span and features within the row; the scratch has room for every column of a block.
        unsafe rows.withUnsafeBufferPointer { buffer in
            guard let first = buffer.baseAddress else { return }
            for row in range {
                let target = unsafe scratch.blockColumns.unsafeAddress + (row - range.lowerBound) * columnStride
                unsafe kernels.fillColumns(columns.kernelColumns, first + row * featureCount, target)
            }
        }
    }

    /// Columns of a row; a leaf tests column 0, also in a forest without any column.
    private var columnStride: Int { max(columns.count, 1) }

    private func evaluateBlock(
        _ range: Range<Int>, _ scratch: TraversalScratch, _ margins: inout MutableSpan<Double>
    ) {
        // The scratch has room for the sums of a block.
        switch rule.precision {
        case .float32:
            let sums = unsafe UnsafeMutableRawPointer(scratch.blockSums.unsafeAddress)
                .bindMemory(to: Float.self, capacity: scratch.blockSums.count)
            unsafe fill(sums, range.count) { Float(rule.starts[$0]) }
            unsafe addLeaves(range.count, scratch, floatValues.unsafeAddress, to: sums) { $0 += $1 }
            unsafe write(sums, range, &margins) { rule.margin(ofSum: $0, index: $1) }
        case .float64:
            let sums = unsafe scratch.blockSums.unsafeAddress
            unsafe fill(sums, range.count) { rule.starts[$0] }
            unsafe addLeaves(range.count, scratch, doubleValues.unsafeAddress, to: sums) { $0 += $1 }
            unsafe write(sums, range, &margins) { rule.margin(ofSum: $0, index: $1) }
        }
    }

    /// Adds the leaves of all trees to the rows' sums, in tree order.
    @inline(__always)
    private func addLeaves<Value>(
        _ rowCount: Int, _ scratch: TraversalScratch, _ values: UnsafePointer<Value>,
        to sums: UnsafeMutablePointer<Value>, _ add: (inout Value, Value) -> Void
    ) {
        // Nodes, leaves and values are those of the forest, rows those of the block that the scratch has room for.
        let columns = unsafe UnsafePointer(scratch.blockColumns.unsafeAddress)
        let leaves = unsafe scratch.blockLeaves.unsafeAddress
        forEachTree { tree, root, depth in
            unsafe walkRowsToLeaves(
                nodes: tables.nodes.unsafeAddress, root: root, depth: depth, columns: columns,
                columnCount: columnStride, rowCount: rowCount, leaves: leaves)
            for index in 0..<leafWidth {
                let target = unsafe sums + (Int(treeMargins[tree]) + index) * rowCount
                for row in 0..<rowCount {
                    unsafe add(&target[row], values[Int(leaves[row]) &* leafWidth &+ index])
                }
            }
        }
    }

    /// Calls `body` with every tree in order, the place of its root and steps that reach a leaf.
    @inline(__always)
    private func forEachTree(_ body: (_ tree: Int, _ root: UInt32, _ depth: UInt32) -> Void) {
        for index in 0..<tables.groups.count {
            let group = tables.groups[index]
            let roots = group.roots
            for tree in 0..<Int(group.tree_count) {
                let root =
                    switch tree {
                    case 0: roots.0
                    case 1: roots.1
                    case 2: roots.2
                    case 3: roots.3
                    case 4: roots.4
                    case 5: roots.5
                    case 6: roots.6
                    default: roots.7
                    }
                body(index * 8 + tree, root, group.depth)
            }
        }
    }

    @inline(__always)
    private func fill<Sum>(_ sums: UnsafeMutablePointer<Sum>, _ rowCount: Int, _ start: (Int) -> Sum) {
        for margin in 0..<marginCount {
            let value = start(margin)
            // The scratch has room for a block's sums.
            for row in 0..<rowCount { unsafe sums[margin &* rowCount &+ row] = value }
        }
    }

    @inline(__always)
    private func write<Sum>(
        _ sums: UnsafePointer<Sum>, _ range: Range<Int>, _ margins: inout MutableSpan<Double>,
        _ finish: (Sum, Int) -> Double
    ) {
        for row in 0..<range.count {
            for margin in 0..<marginCount {
                // As above.
                margins[(range.lowerBound + row) * marginCount + margin] = unsafe finish(
                    sums[margin &* range.count &+ row], margin)
            }
        }
    }
}
