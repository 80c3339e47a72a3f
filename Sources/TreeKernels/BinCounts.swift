// How many values of each column are at least as great as each of the column's edges: counts per bin are differences.
package import CVectorPrimitives

/// Adds the rows of a block to its counts: floats, with counts of 32 bits.
@inline(never)
package func countSingles(_ block: borrowing rowan_bin_block) { unsafe count(block, SingleBins.self) }

/// Adds the rows of a block to its counts: doubles, with counts of 64 bits.
@inline(never)
package func countDoubles(_ block: borrowing rowan_bin_block) { unsafe count(block, DoubleBins.self) }

/// Columns side by side in a vector, with the edges that four at a time are compared with: their counts stay in
/// registers while the rows pass.
@inline(__always)
private func count<Bins: BinLanes>(_ block: borrowing rowan_bin_block, _: Bins.Type) {
    // Whoever made the block has checked its sizes.
    let edges = unsafe block.edges.assumingMemoryBound(to: Bins.Number.self)
    let counts = unsafe block.counts.assumingMemoryBound(to: Bins.Count.self)
    var lane = 0
    while unsafe lane < block.lane_count {
        var edge = 0
        while unsafe edge < block.edge_count {
            let place = edge &* Int(rowan_bin_lane_count) &+ lane
            let (first, second) = unsafe (Bins.load(edges + place), Bins.load(edges + place + 16))
            let (third, fourth) = unsafe (Bins.load(edges + place + 32), Bins.load(edges + place + 48))
            var (one, two) = unsafe (Bins.loadCounts(counts + place), Bins.loadCounts(counts + place + 16))
            var (three, four) = unsafe (Bins.loadCounts(counts + place + 32), Bins.loadCounts(counts + place + 48))
            var row = unsafe block.rows.assumingMemoryBound(to: Bins.Number.self) + lane
            var left = unsafe block.row_count
            while left > 0 {
                let values = unsafe Bins.load(row)
                one = Bins.count(one, values, atLeast: first)
                two = Bins.count(two, values, atLeast: second)
                three = Bins.count(three, values, atLeast: third)
                four = Bins.count(four, values, atLeast: fourth)
                unsafe row += block.row_stride
                left &-= 1
            }
            // As above.
            unsafe Bins.store(one, counts + place)
            unsafe Bins.store(two, counts + place + 16)
            unsafe Bins.store(three, counts + place + 32)
            unsafe Bins.store(four, counts + place + 48)
            edge &+= Int(rowan_bin_edge_step)
        }
        lane &+= Bins.laneCount
    }
}

/// A number of each of a few columns in a vector, and a count of each.
private protocol BinLanes {
    associatedtype Number: BitwiseCopyable
    associatedtype Count: BitwiseCopyable
    associatedtype Values: BitwiseCopyable
    associatedtype Counts: BitwiseCopyable

    static var laneCount: Int { get }
    static func load(_ numbers: UnsafePointer<Number>) -> Values
    static func loadCounts(_ counts: UnsafeMutablePointer<Count>) -> Counts
    static func store(_ vector: Counts, _ counts: UnsafeMutablePointer<Count>)
    /// Adds one in the lanes whose value is at least the edge; NaN is at least nothing.
    static func count(_ counts: Counts, _ values: Values, atLeast edges: Values) -> Counts
}

private enum SingleBins: BinLanes {
    static var laneCount: Int {
        @inline(__always) get { Int(rowan_bin_single_count) }
    }
    // Callers own what the addresses below point to; each function touches one vector.
    @inline(__always)
    static func load(_ numbers: UnsafePointer<Float>) -> rowan_bin_singles { unsafe rowan_bin_load_singles(numbers) }
    @inline(__always)
    static func loadCounts(_ counts: UnsafeMutablePointer<UInt32>) -> rowan_bin_single_counts {
        unsafe rowan_bin_load_single_counts(counts)
    }
    @inline(__always)
    static func store(_ vector: rowan_bin_single_counts, _ counts: UnsafeMutablePointer<UInt32>) {
        unsafe rowan_bin_store_single_counts(counts, vector)
    }
    @inline(__always)
    static func count(
        _ counts: rowan_bin_single_counts, _ values: rowan_bin_singles, atLeast edges: rowan_bin_singles
    ) -> rowan_bin_single_counts {
        rowan_bin_count_singles(counts, values, edges)
    }
}

private enum DoubleBins: BinLanes {
    static var laneCount: Int {
        @inline(__always) get { Int(rowan_bin_double_count) }
    }
    // As above.
    @inline(__always)
    static func load(_ numbers: UnsafePointer<Double>) -> rowan_bin_doubles { unsafe rowan_bin_load_doubles(numbers) }
    @inline(__always)
    static func loadCounts(_ counts: UnsafeMutablePointer<UInt64>) -> rowan_bin_double_counts {
        unsafe rowan_bin_load_double_counts(counts)
    }
    @inline(__always)
    static func store(_ vector: rowan_bin_double_counts, _ counts: UnsafeMutablePointer<UInt64>) {
        unsafe rowan_bin_store_double_counts(counts, vector)
    }
    @inline(__always)
    static func count(
        _ counts: rowan_bin_double_counts, _ values: rowan_bin_doubles, atLeast edges: rowan_bin_doubles
    ) -> rowan_bin_double_counts {
        rowan_bin_count_doubles(counts, values, edges)
    }
}
