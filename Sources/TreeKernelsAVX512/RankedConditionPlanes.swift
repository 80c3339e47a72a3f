// Conditions of the whole forest for a block of rows, one bit per row, by ranks.
//
// The rank of a value is the number of its column's sorted thresholds that it reaches; the condition of threshold `v`
// is rank > v. A rank is found by binary search, sixteen rows at a time: one compare per level, whose mask of sixteen
// bits *is* a piece of the plane of one of the rank's bits, the highest first. The next level's thresholds are picked
// from registers by the decisions so far. These are kept in reversed order, so that one masked OR adds a decision; the
// tables stand in that order. Registers hold 32 thresholds; for deeper levels earlier masks choose between registers.
//
// Conditions are then made of the rank's planes, 512 rows per instruction: with v = 16 h + l, rank > v is
// (high > h) or (high ≥ h and low > l), high and low being the rank's upper and lower four bits.
//
// What limits it: the search, some 24 instructions for sixteen rows and sixty thresholds; a condition costs one
// instruction and one store of 64 bytes per block, whatever its rows.
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
        // Inlined with a constant number of levels, a search is a straight line over registers.
        switch search.level_count {
        case 1: unsafe storeRanks(levels: 1, tables, values, block.row_capacity, into: ranks)
        case 2: unsafe storeRanks(levels: 2, tables, values, block.row_capacity, into: ranks)
        case 3: unsafe storeRanks(levels: 3, tables, values, block.row_capacity, into: ranks)
        case 4: unsafe storeRanks(levels: 4, tables, values, block.row_capacity, into: ranks)
        case 5: unsafe storeRanks(levels: 5, tables, values, block.row_capacity, into: ranks)
        case 6: unsafe storeRanks(levels: 6, tables, values, block.row_capacity, into: ranks)
        case 7: unsafe storeRanks(levels: 7, tables, values, block.row_capacity, into: ranks)
        default: unsafe storeRanks(levels: 8, tables, values, block.row_capacity, into: ranks)
        }
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

/// The thresholds of one level of a search, picked by the decisions so far.
@inline(__always)
private func storeRanks(
    levels: Int, _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    into ranks: RankPlanes
) {
    // A level has a table of sixteen thresholds, the sixth of 32, the seventh of 64, the eighth of 128; what a search
    // of fewer levels does not have is not loaded, since `levels` is a constant here.
    @inline(__always)
    func table(_ index: Int) -> SIMD16<Float> {
        // As above.
        unsafe rowan_floats_load(tables + 16 &* index)
    }
    let none = SIMD16<Float>(repeating: 0)
    let t0 = table(0)
    let t1 = levels > 1 ? table(1) : none
    let t2 = levels > 2 ? table(2) : none
    let t3 = levels > 3 ? table(3) : none
    let t4 = levels > 4 ? table(4) : none
    let (t5a, t5b) = levels > 5 ? (table(5), table(6)) : (none, none)
    let (t6a, t6b) = levels > 6 ? (table(7), table(8)) : (none, none)
    let (t6c, t6d) = levels > 6 ? (table(9), table(10)) : (none, none)
    let (t7a, t7b) = levels > 7 ? (table(11), table(12)) : (none, none)
    let (t7c, t7d) = levels > 7 ? (table(13), table(14)) : (none, none)
    let (t7e, t7f) = levels > 7 ? (table(15), table(16)) : (none, none)
    let (t7g, t7h) = levels > 7 ? (table(17), table(18)) : (none, none)
    var row = 0
    while row < rowCapacity {
        // A block's columns have values for all of its rows.
        let value = unsafe rowan_floats_load(values + row)
        let m0 = rowan_reaches(value, t0)
        ranks.store(m0, level: 0, row: row)
        if levels > 1 {
            var path = rowan_path_start(m0)
            let m1 = rowan_reaches(value, rowan_pick_16(path, t1))
            ranks.store(m1, level: 1, row: row)
            if levels > 2 {
                path = rowan_path_append(path, m1, 2)
                let m2 = rowan_reaches(value, rowan_pick_16(path, t2))
                ranks.store(m2, level: 2, row: row)
                if levels > 3 {
                    path = rowan_path_append(path, m2, 4)
                    let m3 = rowan_reaches(value, rowan_pick_16(path, t3))
                    ranks.store(m3, level: 3, row: row)
                    if levels > 4 {
                        path = rowan_path_append(path, m3, 8)
                        let m4 = rowan_reaches(value, rowan_pick_16(path, t4))
                        ranks.store(m4, level: 4, row: row)
                        if levels > 5 {
                            path = rowan_path_append(path, m4, 16)
                            let m5 = rowan_reaches(value, rowan_pick_32(path, t5a, t5b))
                            ranks.store(m5, level: 5, row: row)
                            if levels > 6 {
                                let low = rowan_pick_32(path, t6a, t6b)
                                let high = rowan_pick_32(path, t6c, t6d)
                                let m6 = rowan_reaches(value, rowan_floats_choose(m5, low, high))
                                ranks.store(m6, level: 6, row: row)
                                if levels > 7 {
                                    let low = rowan_floats_choose(
                                        m5, rowan_pick_32(path, t7a, t7b), rowan_pick_32(path, t7c, t7d))
                                    let high = rowan_floats_choose(
                                        m5, rowan_pick_32(path, t7e, t7f), rowan_pick_32(path, t7g, t7h))
                                    let m7 = rowan_reaches(value, rowan_floats_choose(m6, low, high))
                                    ranks.store(m7, level: 7, row: row)
                                }
                            }
                        }
                    }
                }
            }
        }
        row &+= 16
    }
}

/// The bits of the ranks of one column, plane by plane, highest bit first, and what is made of them.
@safe
private struct RankPlanes {
    static let planeByteCount = Int(rowan_plane_bit_count) / 8
    /// A rank has eight bits at most.
    static let byteCount = 8 * planeByteCount

    let bytes: UnsafeMutablePointer<UInt8>
    let levelCount: Int

    @inline(__always)
    func store(_ mask: UInt16, level: Int, row: Int) {
        // There is room for eight planes.
        unsafe UnsafeMutableRawPointer(bytes + (level &* Self.planeByteCount &+ row / 8))
            .storeBytes(of: mask, as: UInt16.self)
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
