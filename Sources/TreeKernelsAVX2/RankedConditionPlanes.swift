// Conditions of the whole forest for a block of rows, one bit per row, by ranks.
//
// The rank of a value is the number of its column's sorted thresholds that it reaches; the condition of threshold `v`
// is rank > v. A rank is found by binary search, a vector of rows at a time: one compare per level, whose mask *is* a
// piece of the plane of one of the rank's bits, the highest first. `RankSearch.swift`, which each instruction set has
// of its own, explains how the next level's thresholds are picked from registers.
//
// Conditions are then made of the rank's planes, a vector of rows per instruction: with v = 16 h + l, rank > v is
// (high > h) or (high ≥ h and low > l), high and low being the rank's upper and lower four bits.
//
// What limits it: the search; a condition costs one instruction (AVX2: two) and one store per vector of rows.
import CVectorPrimitives

/// Stores the plane of every condition, and a plane of zeros behind them.
@inline(__always)
func storeConditions(_ block: borrowing rowan_block) {
    let stride = unsafe columnStride(block.row_capacity)
    // All searches go first: a wide load right behind the narrow stores of what it reads would stall.
    for index in unsafe 0..<block.search_count {
        // The engine checked that searches belong to the block's columns, tables and planes.
        let search = unsafe block.searches[index]
        let values = unsafe UnsafePointer(block.column_values) + Int(search.column) &* stride
        let tables = unsafe block.search_tables + Int(search.first_table)
        let ranks = unsafe RankPlanes(
            bytes: block.rank_planes + index &* RankPlanes.byteCount, levelCount: Int(search.level_count))
        unsafe storeRanks(tables, values, block.row_capacity, into: ranks)
    }
    // Inlined with a constant number of rows, planes are read without branches.
    switch unsafe block.row_capacity {
    case 64: unsafe storePlanes(block, rowCapacity: 64)
    case 128: unsafe storePlanes(block, rowCapacity: 128)
    case 256: unsafe storePlanes(block, rowCapacity: 256)
    default: unsafe storePlanes(block, rowCapacity: 512)
    }
}

/// Makes the planes of all conditions from those of the ranks.
@inline(__always)
private func storePlanes(_ block: borrowing rowan_block, rowCapacity: Int) {
    let parts = unsafe block.rank_planes + Int(block.search_count) &* RankPlanes.byteCount
    for index in unsafe 0..<block.search_count {
        // As above; searches stand in the order of their conditions.
        let search = unsafe block.searches[index]
        let ranks = unsafe RankPlanes(
            bytes: block.rank_planes + index &* RankPlanes.byteCount, levelCount: Int(search.level_count))
        let planes = unsafe block.planes + Int(search.first_condition) &* (rowCapacity / 8)
        unsafe ranks.storeConditions(
            count: Int(search.condition_count), rowCapacity: rowCapacity, parts: parts, into: planes)
    }
    unsafe rowan_plane_store(block.planes + Int(block.condition_count) &* (rowCapacity / 8), rowan_plane_bytes(0))
}

/// The bits of the ranks of one column, plane by plane, highest bit first, and what is made of them.
@safe
struct RankPlanes {
    static let planeByteCount = Int(rowan_plane_bit_count) / 8
    /// A rank has eight bits at most.
    static let byteCount = 8 * planeByteCount

    let bytes: UnsafeMutablePointer<UInt8>
    let levelCount: Int

    /// Where the decisions of a level on the rows from `row` on stand.
    @inline(__always)
    func place(level: Int, row: Int) -> UnsafeMutableRawPointer {
        // There is room for eight planes.
        unsafe UnsafeMutableRawPointer(bytes + (level &* Self.planeByteCount &+ row / 8))
    }

    /// Stores the planes of the conditions rank > 0, rank > 1, ….
    ///
    /// Vectors are stored whole in ascending order, each over the unused end of the one before; what runs over the last
    /// condition is the place of what follows.
    ///
    /// - Parameter parts: room for 18 planes of the rank's low part and as many of its high part.
    @inline(__always)
    func storeConditions(
        count: Int, rowCapacity: Int, parts: UnsafeMutablePointer<UInt8>, into planes: UnsafeMutablePointer<UInt8>
    ) {
        let stride = rowCapacity / 8
        let low = unsafe parts
        let high = unsafe parts + 18 &* Self.planeByteCount
        // As the parameter says.
        unsafe storeAbove(first: 0, rowCapacity: rowCapacity, stride: stride, into: low)
        if levelCount > 4 {
            unsafe storeAbove(first: 4, rowCapacity: rowCapacity, stride: Self.planeByteCount, into: high)
        } else {
            unsafe rowan_plane_store(high, rowan_plane_bytes(0))
        }
        var first = 0
        var atLeast = rowan_plane_bytes(0xFF)
        while first < count {
            // The high part is above `first / 16`; there are planes for all conditions and a vector more.
            let above = unsafe rowan_plane_load(high + first / 16 &* Self.planeByteCount)
            let target = unsafe planes + first &* stride
            let byteCount = min(16, count &- first) &* stride
            var byte = 0
            while byte < byteCount {
                let lowAbove = unsafe rowan_plane_load(low + byte)
                unsafe rowan_plane_store(target + byte, rowan_plane_or_and(above, atLeast, lowAbove))
                byte &+= Self.planeByteCount
            }
            atLeast = above
            first &+= 16
        }
    }

    /// The plane of a bit of the rank; zeros for bits that the search did not decide.
    @inline(__always)
    private func bit(_ index: Int, _ rowCapacity: Int) -> rowan_plane {
        index < levelCount
            ? unsafe rowan_plane_repeat(bytes + (levelCount &- 1 &- index) &* Self.planeByteCount, rowCapacity)
            : rowan_plane_bytes(0)
    }

    /// Stores sixteen planes: where the four bits of the rank from `first` on are, as a number, above 0, 1, …, 15.
    @inline(__always)
    private func storeAbove(first: Int, rowCapacity: Int, stride: Int, into planes: UnsafeMutablePointer<UInt8>) {
        let (b0, b1) = (bit(first, rowCapacity), bit(first &+ 1, rowCapacity))
        let (b2, b3) = (bit(first &+ 2, rowCapacity), bit(first &+ 3, rowCapacity))
        let ones = rowan_plane_bytes(0xFF)
        let low = (rowan_plane_or_and(b1, ones, b0), b1, rowan_plane_and(b1, b0))
        let high = (rowan_plane_or_and(b3, ones, b2), b3, rowan_plane_and(b3, b2), rowan_plane_bytes(0))
        // The caller has room for sixteen planes and a vector.
        unsafe storeFour(low, above: high.0, atLeast: ones, stride, into: planes)
        unsafe storeFour(low, above: high.1, atLeast: high.0, stride, into: planes + 4 &* stride)
        unsafe storeFour(low, above: high.2, atLeast: high.1, stride, into: planes + 8 &* stride)
        unsafe storeFour(low, above: high.3, atLeast: high.2, stride, into: planes + 12 &* stride)
    }

    @inline(__always)
    private func storeFour(
        _ low: (rowan_plane, rowan_plane, rowan_plane), above: rowan_plane, atLeast: rowan_plane, _ stride: Int,
        into planes: UnsafeMutablePointer<UInt8>
    ) {
        // As above.
        unsafe rowan_plane_store(planes, rowan_plane_or_and(above, atLeast, low.0))
        unsafe rowan_plane_store(planes + stride, rowan_plane_or_and(above, atLeast, low.1))
        unsafe rowan_plane_store(planes + 2 &* stride, rowan_plane_or_and(above, atLeast, low.2))
        unsafe rowan_plane_store(planes + 3 &* stride, above)
    }
}
