// Ranks by binary search, sixteen rows at a time.
//
// The next level's thresholds are picked from registers by the decisions so far. These are kept in reversed order, so
// that one masked OR adds a decision; the tables stand in that order. A permute reads 32 thresholds; for deeper levels
// earlier masks choose between permutes.
//
// What limits it: some 24 instructions for sixteen rows and sixty thresholds.
import CVectorPrimitives

/// Stores the planes of the ranks of one column.
@inline(__always)
func storeRanks(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int, into ranks: RankPlanes
) {
    // Inlined with a constant number of levels, a search is a straight line over registers. The tables and values are
    // those of the search.
    switch ranks.levelCount {
    case 1: unsafe storeRanks(levels: 1, tables, values, rowCapacity, into: ranks)
    case 2: unsafe storeRanks(levels: 2, tables, values, rowCapacity, into: ranks)
    case 3: unsafe storeRanks(levels: 3, tables, values, rowCapacity, into: ranks)
    case 4: unsafe storeRanks(levels: 4, tables, values, rowCapacity, into: ranks)
    case 5: unsafe storeRanks(levels: 5, tables, values, rowCapacity, into: ranks)
    case 6: unsafe storeRanks(levels: 6, tables, values, rowCapacity, into: ranks)
    case 7: unsafe storeRanks(levels: 7, tables, values, rowCapacity, into: ranks)
    default: unsafe storeRanks(levels: 8, tables, values, rowCapacity, into: ranks)
    }
}

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
        unsafe ranks.place(level: 0, row: row).storeBytes(of: m0, as: UInt16.self)
        if levels > 1 {
            var path = rowan_path_start(m0)
            let m1 = rowan_reaches(value, rowan_pick_16(path, t1))
            unsafe ranks.place(level: 1, row: row).storeBytes(of: m1, as: UInt16.self)
            if levels > 2 {
                path = rowan_path_append(path, m1, 2)
                let m2 = rowan_reaches(value, rowan_pick_16(path, t2))
                unsafe ranks.place(level: 2, row: row).storeBytes(of: m2, as: UInt16.self)
                if levels > 3 {
                    path = rowan_path_append(path, m2, 4)
                    let m3 = rowan_reaches(value, rowan_pick_16(path, t3))
                    unsafe ranks.place(level: 3, row: row).storeBytes(of: m3, as: UInt16.self)
                    if levels > 4 {
                        path = rowan_path_append(path, m3, 8)
                        let m4 = rowan_reaches(value, rowan_pick_16(path, t4))
                        unsafe ranks.place(level: 4, row: row).storeBytes(of: m4, as: UInt16.self)
                        if levels > 5 {
                            path = rowan_path_append(path, m4, 16)
                            let m5 = rowan_reaches(value, rowan_pick_32(path, t5a, t5b))
                            unsafe ranks.place(level: 5, row: row).storeBytes(of: m5, as: UInt16.self)
                            if levels > 6 {
                                // As above.
                                let low = rowan_pick_32(path, t6a, t6b)
                                let high = rowan_pick_32(path, t6c, t6d)
                                let m6 = rowan_reaches(value, rowan_floats_choose(m5, low, high))
                                unsafe ranks.place(level: 6, row: row).storeBytes(of: m6, as: UInt16.self)
                                if levels > 7 {
                                    // As above.
                                    let low = rowan_floats_choose(
                                        m5, rowan_pick_32(path, t7a, t7b), rowan_pick_32(path, t7c, t7d))
                                    let high = rowan_floats_choose(
                                        m5, rowan_pick_32(path, t7e, t7f), rowan_pick_32(path, t7g, t7h))
                                    let m7 = rowan_reaches(value, rowan_floats_choose(m6, low, high))
                                    unsafe ranks.place(level: 7, row: row).storeBytes(of: m7, as: UInt16.self)
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
