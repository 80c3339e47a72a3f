// Leaf values looked up in registers: a permute of two vectors holds 32 values of four bytes, and a double is looked up
// as a low and a high word that an unpack joins. 64 leaf numbers are 16 lanes of four bytes; shifting the lanes brings
// each byte in turn to the low end, where a permute reads it and ignores the rest.
import CVectorPrimitives

/// Position of byte `number` of a block's leaf numbers among its float32 sums; below 64, and repeated every 64.
package func floatSumPosition(ofByte number: Int) -> Int {
    let (lane, byte) = (number / 4, number % 4)
    return 16 * byte + lane
}

/// Position of byte `number` of a block's leaf numbers among its float64 sums.
package func doubleSumPosition(ofByte number: Int) -> Int {
    let (lane, byte) = (number / 4, number % 4)
    // Unpacks work within quarters of four lanes: the first two lanes go to the low half, the others to the high one.
    return 16 * byte + 8 * (lane / 2 % 2) + lane / 4 * 2 + lane % 2
}

/// Arranges the leaf values of one tree for `addLeaves`.
package func packLeaves(_ values: UnsafePointer<Float>, count: Int, into packed: UnsafeMutableRawPointer) {
    // The caller has room for `count` values.
    unsafe packed.copyMemory(from: values, byteCount: count &* 4)
}

/// Arranges the leaf values of one tree for `addLeaves`: all low words, then all high words.
package func packLeaves(_ values: UnsafePointer<Double>, count: Int, into packed: UnsafeMutableRawPointer) {
    for index in 0..<count {
        // The caller has room for `count` values.
        let bits = unsafe values[index].bitPattern
        unsafe packed.storeBytes(of: UInt32(truncatingIfNeeded: bits), toByteOffset: 4 * index, as: UInt32.self)
        unsafe packed.storeBytes(
            of: UInt32(truncatingIfNeeded: bits >> 32), toByteOffset: 4 * (count + index), as: UInt32.self)
    }
}

private typealias Lanes = SIMD8<Int64>

/// Looks up sixteen words in a table of `max(2^depth, 16)`.
@inline(__always)
private func words(_ index: Lanes, _ table: UnsafePointer<UInt32>, depth: UInt32) -> Lanes {
    // The table has as many words as the depth says.
    if depth <= 4 { return unsafe rowan_look_up_16(index, table) }
    if depth == 5 { return unsafe rowan_look_up_32(index, table) }
    let half = depth &- 1
    return unsafe rowan_lanes_choose(
        index, 1 &<< half, halfOfWords(index, table, depth: half),
        halfOfWords(index, table + 1 &<< Int(half), depth: half))
}

/// As `words`, for depths from five to seven.
@inline(__always)
private func halfOfWords(_ index: Lanes, _ table: UnsafePointer<UInt32>, depth: UInt32) -> Lanes {
    if depth == 5 { return unsafe rowan_look_up_32(index, table) }
    let half = depth &- 1
    return unsafe rowan_lanes_choose(
        index, 1 &<< half, quarterOfWords(index, table, depth: half),
        quarterOfWords(index, table + 1 &<< Int(half), depth: half))
}

/// As `words`, for depths five and six.
@inline(__always)
private func quarterOfWords(_ index: Lanes, _ table: UnsafePointer<UInt32>, depth: UInt32) -> Lanes {
    if depth == 5 { return unsafe rowan_look_up_32(index, table) }
    return unsafe rowan_lanes_choose(
        index, 32, rowan_look_up_32(index, table), rowan_look_up_32(index, table + 32))
}

/// Adds the leaves of one to four trees to each row's float32 sum, in tree order.
@inline(__always)
func addLeaves(_ block: borrowing rowan_block, _ group: rowan_plane_group, to sums: UnsafeMutablePointer<Float>) {
    // Inlined with a constant depth, a lookup is a straight line of permutes.
    switch group.depth {
    case 5: unsafe addLeaves(block, group, depth: 5, to: sums)
    case 6: unsafe addLeaves(block, group, depth: 6, to: sums)
    case 7: unsafe addLeaves(block, group, depth: 7, to: sums)
    case 8: unsafe addLeaves(block, group, depth: 8, to: sums)
    default: unsafe addLeaves(block, group, depth: 4, to: sums)
    }
}

@inline(__always)
private func addLeaves(
    _ block: borrowing rowan_block, _ group: rowan_plane_group, depth: UInt32, to sums: UnsafeMutablePointer<Float>
) {
    let tables = unsafe block.leaves.assumingMemoryBound(to: UInt32.self) + Int(group.first_leaf)
    var position = 0
    while unsafe position < block.row_capacity {
        // Sums, numbers and tables are as long as the engine checked.
        let out = unsafe sums + position
        var s0 = unsafe rowan_floats_load(out)
        var s1 = unsafe rowan_floats_load(out + 16)
        var s2 = unsafe rowan_floats_load(out + 32)
        var s3 = unsafe rowan_floats_load(out + 48)
        for tree in 0..<Int(group.tree_count) {
            let index = unsafe rowan_lanes_load(block.leaf_numbers + (tree &* block.row_capacity &+ position))
            let table = unsafe tables + tree &<< Int(depth)
            unsafe s0 = rowan_floats_add(s0, words(index, table, depth: depth))
            unsafe s1 = rowan_floats_add(s1, words(rowan_lanes_shift_down(index, 8), table, depth: depth))
            unsafe s2 = rowan_floats_add(s2, words(rowan_lanes_shift_down(index, 16), table, depth: depth))
            unsafe s3 = rowan_floats_add(s3, words(rowan_lanes_shift_down(index, 24), table, depth: depth))
        }
        unsafe rowan_floats_store(out, s0)
        unsafe rowan_floats_store(out + 16, s1)
        unsafe rowan_floats_store(out + 32, s2)
        unsafe rowan_floats_store(out + 48, s3)
        position &+= 64
    }
}

/// Adds the leaves of one to four trees to each row's float64 sum, in tree order.
@inline(__always)
func addLeaves(_ block: borrowing rowan_block, _ group: rowan_plane_group, to sums: UnsafeMutablePointer<Double>) {
    // Inlined with a constant depth, a lookup is a straight line of permutes.
    switch group.depth {
    case 5: unsafe addLeaves(block, group, depth: 5, to: sums)
    case 6: unsafe addLeaves(block, group, depth: 6, to: sums)
    case 7: unsafe addLeaves(block, group, depth: 7, to: sums)
    case 8: unsafe addLeaves(block, group, depth: 8, to: sums)
    default: unsafe addLeaves(block, group, depth: 4, to: sums)
    }
}

@inline(__always)
private func addLeaves(
    _ block: borrowing rowan_block, _ group: rowan_plane_group, depth: UInt32, to sums: UnsafeMutablePointer<Double>
) {
    let leafCount = 1 &<< Int(depth)
    let tables = unsafe block.leaves.assumingMemoryBound(to: UInt32.self) + 2 &* Int(group.first_leaf)
    var position = 0
    while unsafe position < block.row_capacity {
        // Each byte of the lanes in turn, so that few sums are held at a time; sums, numbers and tables are as long as
        // the engine checked.
        var byte: UInt32 = 0
        while byte < 4 {
            let out = unsafe sums + (position &+ 16 &* Int(byte))
            var low = unsafe rowan_doubles_load(out)
            var high = unsafe rowan_doubles_load(out + 8)
            for tree in 0..<Int(group.tree_count) {
                let numbers = unsafe rowan_lanes_load(block.leaf_numbers + (tree &* block.row_capacity &+ position))
                let index = rowan_lanes_shift_down(numbers, 8 &* byte)
                let table = unsafe tables + 2 &* tree &* leafCount
                let lowWords = unsafe words(index, table, depth: depth)
                let highWords = unsafe words(index, table + leafCount, depth: depth)
                low = rowan_doubles_add_low(low, lowWords, highWords)
                high = rowan_doubles_add_high(high, lowWords, highWords)
            }
            unsafe rowan_doubles_store(out, low)
            unsafe rowan_doubles_store(out + 8, high)
            byte &+= 1
        }
        position &+= 64
    }
}
