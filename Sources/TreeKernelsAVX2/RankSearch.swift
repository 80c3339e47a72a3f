// Ranks by binary search, eight rows at a time.
//
// The next level's thresholds are picked by a permute of eight; of a level with more, each eight give a candidate and
// the masks of earlier decisions choose among the candidates, the earliest first. A level's table stands in the order
// of its decisions read as a number whose lowest bit is the first decision: the lowest three bits are the permute's
// index, the fourth decision chooses between neighbouring eights, and so on. The decisions of 32 rows are packed into
// bytes, whose bits are the planes.
//
// What limits it: permutes, about one per cycle: for sixty thresholds nine of them among some thirty instructions for
// eight rows. From the fifth level on permutes double with each level.
import CVectorPrimitives

/// Stores the planes of the ranks of one column.
@inline(__always)
func storeRanks(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int, into ranks: RankPlanes
) {
    // The tables, values and planes are those of the search.
    switch ranks.levelCount {
    case 1: unsafe storeRanks1(tables, values, rowCapacity, ranks.bytes)
    case 2: unsafe storeRanks2(tables, values, rowCapacity, ranks.bytes)
    case 3: unsafe storeRanks3(tables, values, rowCapacity, ranks.bytes)
    case 4: unsafe storeRanks4(tables, values, rowCapacity, ranks.bytes)
    case 5: unsafe storeRanks5(tables, values, rowCapacity, ranks.bytes)
    case 6: unsafe storeRanks6(tables, values, rowCapacity, ranks.bytes)
    case 7: unsafe storeRanks7(tables, values, rowCapacity, ranks.bytes)
    default: unsafe storeRanks8(tables, values, rowCapacity, ranks.bytes)
    }
}

// With a constant number of levels a search is a straight line. Each has a function of its own, because the compiler
// inlines eight of them into one function no more and passes the number instead. They are not private and take nothing
// but addresses and numbers: otherwise the compiler gives the linker leave to merge them.

@inline(never)
func storeRanks1(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    _ planes: UnsafeMutablePointer<UInt8>
) {
    // As above.
    let ranks = unsafe RankPlanes(bytes: planes, levelCount: 1)
    unsafe storeRanks(levels: 1, tables, values, rowCapacity, into: ranks)
}

@inline(never)
func storeRanks2(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    _ planes: UnsafeMutablePointer<UInt8>
) {
    // As above.
    let ranks = unsafe RankPlanes(bytes: planes, levelCount: 2)
    unsafe storeRanks(levels: 2, tables, values, rowCapacity, into: ranks)
}

@inline(never)
func storeRanks3(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    _ planes: UnsafeMutablePointer<UInt8>
) {
    // As above.
    let ranks = unsafe RankPlanes(bytes: planes, levelCount: 3)
    unsafe storeRanks(levels: 3, tables, values, rowCapacity, into: ranks)
}

@inline(never)
func storeRanks4(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    _ planes: UnsafeMutablePointer<UInt8>
) {
    // As above.
    let ranks = unsafe RankPlanes(bytes: planes, levelCount: 4)
    unsafe storeRanks(levels: 4, tables, values, rowCapacity, into: ranks)
}

@inline(never)
func storeRanks5(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    _ planes: UnsafeMutablePointer<UInt8>
) {
    // As above.
    let ranks = unsafe RankPlanes(bytes: planes, levelCount: 5)
    unsafe storeRanks(levels: 5, tables, values, rowCapacity, into: ranks)
}

@inline(never)
func storeRanks6(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    _ planes: UnsafeMutablePointer<UInt8>
) {
    // As above.
    let ranks = unsafe RankPlanes(bytes: planes, levelCount: 6)
    unsafe storeRanks(levels: 6, tables, values, rowCapacity, into: ranks)
}

@inline(never)
func storeRanks7(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    _ planes: UnsafeMutablePointer<UInt8>
) {
    // As above.
    let ranks = unsafe RankPlanes(bytes: planes, levelCount: 7)
    unsafe storeRanks(levels: 7, tables, values, rowCapacity, into: ranks)
}

@inline(never)
func storeRanks8(
    _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    _ planes: UnsafeMutablePointer<UInt8>
) {
    // As above.
    let ranks = unsafe RankPlanes(bytes: planes, levelCount: 8)
    unsafe storeRanks(levels: 8, tables, values, rowCapacity, into: ranks)
}

@inline(__always)
private func storeRanks(
    levels: Int, _ tables: UnsafePointer<Float>, _ values: UnsafePointer<Float>, _ rowCapacity: Int,
    into ranks: RankPlanes
) {
    var row = 0
    while row < rowCapacity {
        // A block's columns have values for all of its rows. Packing interleaves halves of vectors: rows 0 to 3 and 16
        // to 19 go together, and so on.
        let first = unsafe values + row
        let p0 = unsafe path(levels: levels, tables, rowan_floats_load_halves(first, first + 16))
        let p1 = unsafe path(levels: levels, tables, rowan_floats_load_halves(first + 4, first + 20))
        let p2 = unsafe path(levels: levels, tables, rowan_floats_load_halves(first + 8, first + 24))
        let p3 = unsafe path(levels: levels, tables, rowan_floats_load_halves(first + 12, first + 28))
        var bytes = rowan_plane_shift_up(rowan_path_bytes(p0, p1, p2, p3), UInt32(8 &- levels))
        var level = levels &- 1
        while level >= 0 {
            unsafe ranks.place(level: level, row: row).storeBytes(of: rowan_top_bits(bytes), as: UInt32.self)
            bytes = rowan_plane_shift_up(bytes, 1)
            level &-= 1
        }
        row &+= 32
    }
}

/// First threshold of each level's table.
private let t1 = 16
private let t2 = 32
private let t3 = 48
private let t4 = 64
private let t5 = 80
private let t6 = 112
private let t7 = 176

/// The decisions of eight rows, the first as the lowest bit.
@inline(__always)
private func path(levels: Int, _ tables: UnsafePointer<Float>, _ value: SIMD8<Float>) -> SIMD4<Int64> {
    // A level's table has all of its thresholds, here as in every line.
    let m0 = unsafe rowan_reaches(value, rowan_floats_load(tables))
    var path = rowan_path_start(m0)
    if levels == 1 { return path }
    let m1 = unsafe rowan_reaches(value, rowan_pick_8(path, tables + t1))
    path = rowan_path_append(path, m1, 2)
    if levels == 2 { return path }
    let m2 = unsafe rowan_reaches(value, rowan_pick_8(path, tables + t2))
    path = rowan_path_append(path, m2, 4)
    if levels == 3 { return path }
    let m3 = unsafe rowan_reaches(value, rowan_pick_8(path, tables + t3))
    path = rowan_path_append(path, m3, 8)
    if levels == 4 { return path }
    let m4 = unsafe rowan_reaches(value, pick16(path, m3, tables + t4))
    path = rowan_path_append(path, m4, 16)
    if levels == 5 { return path }
    let m5 = unsafe rowan_reaches(value, pick32(path, m3, m4, tables + t5))
    path = rowan_path_append(path, m5, 32)
    if levels == 6 { return path }
    let m6 = unsafe rowan_reaches(value, pick64(path, m3, m4, m5, tables + t6))
    path = rowan_path_append(path, m6, 64)
    if levels == 7 { return path }
    let low = unsafe pick64(path, m3, m4, m5, tables + t7)
    let high = unsafe pick64(path, m3, m4, m5, tables + t7 + 64)
    return rowan_path_append(path, rowan_reaches(value, rowan_floats_choose(m6, low, high)), 128)
}

@inline(__always)
private func pick16(_ path: SIMD4<Int64>, _ m3: SIMD8<Float>, _ table: UnsafePointer<Float>) -> SIMD8<Float> {
    // The table has sixteen thresholds.
    unsafe rowan_floats_choose(m3, rowan_pick_8(path, table), rowan_pick_8(path, table + 8))
}

@inline(__always)
private func pick32(
    _ path: SIMD4<Int64>, _ m3: SIMD8<Float>, _ m4: SIMD8<Float>, _ table: UnsafePointer<Float>
) -> SIMD8<Float> {
    // The table has 32 thresholds.
    unsafe rowan_floats_choose(m4, pick16(path, m3, table), pick16(path, m3, table + 16))
}

@inline(__always)
private func pick64(
    _ path: SIMD4<Int64>, _ m3: SIMD8<Float>, _ m4: SIMD8<Float>, _ m5: SIMD8<Float>, _ table: UnsafePointer<Float>
) -> SIMD8<Float> {
    // The table has 64 thresholds.
    unsafe rowan_floats_choose(m5, pick32(path, m3, m4, table), pick32(path, m3, m4, table + 32))
}
