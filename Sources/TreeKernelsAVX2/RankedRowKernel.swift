// One row through the whole forest, by ranks: where a value stands among the sorted thresholds of its column.
//
// A rank takes two compares for up to 255 thresholds, one with sixteen pivots and one with the sixteen thresholds of
// the range found, and a third and fourth for more. A question is then a compare of two bytes, 32 or 64 at a time;
// their ranks are fetched by byte shuffles from up to four banks of sixteen. What follows depends on the shape of the
// trees and has a file each:
// - `RankedPerfectTrees.swift`: depth 6 after padding; eight trees are walked side by side by shifts of their answers.
// - `RankedLaneTrees.swift`: oblivious trees, and free ones of up to 128 leaves, one tree in each lane of a vector.
// - `RankedTreeBlocks.swift`: everything else, four levels of a tree at a time.
//
// A missing value has the rank 0 and so answers no; where values of the row are missing, the questions that they answer
// with yes are put in word by word. Blocks have a rank of their own for missing values instead.
//
// What limits it: the additions in tree order, each of which waits for the one before; answers of later trees go on
// meanwhile.
package import CVectorPrimitives

/// Bytes of a vector of questions' columns, and as many of thresholds.
package var rankedLaneCount: Int { Int(rowan_ranked_lane_count) }

/// Adds every tree's leaf to the float32 sums of one row.
@inline(never)
package func evaluateRankedRowFloat(_ tables: UnsafePointer<rowan_ranked_row>, row: UnsafePointer<Float>) {
    // The engine checked that columns, questions, leaves and the sums belong together; these are floats.
    let anyMissing = unsafe storeRanks(tables, row)
    let leaves = unsafe tables.pointee.leaves.assumingMemoryBound(to: Float.self)
    let sums = unsafe tables.pointee.sums.assumingMemoryBound(to: Float.self)
    unsafe addLeaves(tables, anyMissing, leaves, to: sums)
}

/// Adds every tree's leaf to the float64 sums of one row.
@inline(never)
package func evaluateRankedRowDouble(_ tables: UnsafePointer<rowan_ranked_row>, row: UnsafePointer<Float>) {
    // As above; these are doubles.
    let anyMissing = unsafe storeRanks(tables, row)
    let leaves = unsafe tables.pointee.leaves.assumingMemoryBound(to: Double.self)
    let sums = unsafe tables.pointee.sums.assumingMemoryBound(to: Double.self)
    unsafe addLeaves(tables, anyMissing, leaves, to: sums)
}

/// Adds every tree's leaf, some trees at a time: while their leaves wait for one another to be added, the processor
/// goes on with the answers of the next trees.
///
/// What finds the leaves does not depend on their precision and is not inlined: together the shapes, numbers of banks
/// and precisions are too much for the compiler.
@inline(__always)
private func addLeaves<Value: BinaryFloatingPoint>(
    _ tables: UnsafePointer<rowan_ranked_row>, _ anyMissing: Bool, _ leaves: UnsafePointer<Value>,
    to sums: UnsafeMutablePointer<Value>
) {
    // Each shape's tables hold what its function reads, and each function leaves as many numbers as are read.
    let treeCount = unsafe tables.pointee.tree_count
    switch unsafe tables.pointee.shape.rawValue {
    case rowan_ranked_oblivious.rawValue:
        for first in stride(from: 0, to: treeCount, by: rankedLaneCount) {
            unsafe storeObliviousLeaves(tables, first / rankedLaneCount, anyMissing)
            unsafe addNumberedLeaves(tables, first, min(rankedLaneCount, treeCount &- first), leaves, to: sums)
        }
    case rowan_ranked_free.rawValue:
        for first in stride(from: 0, to: treeCount, by: freeTreeCount) {
            unsafe storeFreeLeaves(tables, first / freeTreeCount, anyMissing)
            unsafe addNumberedLeaves(tables, first, min(freeTreeCount, treeCount &- first), leaves, to: sums)
        }
    case rowan_ranked_blocks.rawValue:
        for first in stride(from: 0, to: treeCount, by: blockTreeCount) {
            let end = min(first &+ blockTreeCount, treeCount)
            unsafe storeBlockLeaves(tables, first, end, anyMissing)
            unsafe addBlockLeaves(tables, first, end, leaves, to: sums)
        }
    default:
        // Answers are known before the walks begin.
        for first in stride(from: 0, to: treeCount &+ perfectTreeCount, by: perfectTreeCount) {
            unsafe storePerfectAnswers(tables, first, min(first &+ perfectTreeCount, treeCount), anyMissing)
            let walked = first &- perfectTreeCount
            if walked >= 0 { unsafe addPerfectLeaves(tables, walked, min(first, treeCount), leaves, to: sums) }
        }
    }
}

/// Stores the rank of every column's value, and what missing ones answer; returns whether any is missing.
@inline(never)
func storeRanks(_ tables: UnsafePointer<rowan_ranked_row>, _ row: UnsafePointer<Float>) -> Bool {
    // Features are those of the row, and every column has a table and a rank. Addresses are read once: the compiler
    // cannot know that ranks do not overwrite them.
    if unsafe tables.pointee.shape.rawValue == rowan_ranked_blocks.rawValue {
        return unsafe storeWideRanks(tables, row)
    }
    let columnCount = unsafe tables.pointee.column_count
    let features = unsafe tables.pointee.features
    let starts = unsafe tables.pointee.table_starts
    let thresholds = unsafe tables.pointee.tables
    let ranks = unsafe tables.pointee.ranks
    // A bit for each column, of which there are at most 64.
    var missing: UInt64 = 0
    var column = 0
    while column < columnCount {
        let value = unsafe row[Int(features[column])]
        let table = unsafe thresholds + Int(starts[column])
        let full = unsafe Int(rowan_count_reached(table, value))
        let rank = unsafe 16 &* full &+ Int(rowan_count_reached(table + 16 &* (full &+ 1), value))
        unsafe ranks[column] = UInt8(truncatingIfNeeded: rank) ^ 0x80
        missing |= (value == value ? 0 : 1) &<< UInt64(truncatingIfNeeded: column)
        column &+= 1
    }
    if missing != 0 { unsafe addMissingAnswers(tables, missing) }
    return missing != 0
}

/// Stores ranks of two bytes, the highest of them for missing values.
@inline(__always)
private func storeWideRanks(_ tables: UnsafePointer<rowan_ranked_row>, _ row: UnsafePointer<Float>) -> Bool {
    // As above.
    let columnCount = unsafe tables.pointee.column_count
    let features = unsafe tables.pointee.features
    let starts = unsafe tables.pointee.table_starts
    let levelCounts = unsafe tables.pointee.level_counts
    let thresholds = unsafe tables.pointee.tables
    let ranks = unsafe tables.pointee.ranks
    var anyMissing = false
    var column = 0
    while column < columnCount {
        let value = unsafe row[Int(features[column])]
        var level = unsafe thresholds + Int(starts[column])
        var rank = unsafe Int(rowan_count_reached(level, value))
        var size = 16
        var rest = unsafe levelCounts[column] &- 1
        while rest > 0 {
            // The sixteen that a count leads to lie in the level behind.
            unsafe level += size
            unsafe rank = 16 &* rank &+ Int(rowan_count_reached(level + 16 &* rank, value))
            size &*= 16
            rest &-= 1
        }
        let isPresent = value == value
        unsafe rowan_wide_rank_store(ranks, column, isPresent ? UInt32(truncatingIfNeeded: rank) : 0xFFFF)
        anyMissing = anyMissing || !isPresent
        column &+= 1
    }
    return anyMissing
}

/// Puts together the questions that the missing values of a row answer with yes.
@inline(__always)
private func addMissingAnswers(_ tables: UnsafePointer<rowan_ranked_row>, _ missing: UInt64) {
    // Every column has as many words of answers as the row has.
    let wordCount = unsafe tables.pointee.answer_word_count
    let answers = unsafe tables.pointee.row_answers
    let columns = unsafe tables.pointee.column_answers
    unsafe answers.update(from: columns + missing.trailingZeroBitCount &* wordCount, count: wordCount)
    var rest = missing & (missing &- 1)
    while rest != 0 {
        let more = unsafe columns + rest.trailingZeroBitCount &* wordCount
        var word = 0
        while word < wordCount {
            unsafe answers[word] |= more[word]
            word &+= 1
        }
        rest &= rest &- 1
    }
}

/// The ranks of all columns in registers.
struct RankBanks {
    let first: rowan_rank_bank
    let second: rowan_rank_bank
    let third: rowan_rank_bank
    let fourth: rowan_rank_bank
    /// Banks that are used; inlined with a constant number, answers are a straight line.
    let count: Int32

    /// Loads ranks of one byte.
    @inline(__always)
    init(_ tables: UnsafePointer<rowan_ranked_row>, count: Int32) {
        // The engine keeps room for 64 ranks and a vector.
        unsafe first = rowan_bank_load(tables.pointee.ranks, 0)
        unsafe second = rowan_bank_load(tables.pointee.ranks, 1)
        unsafe third = rowan_bank_load(tables.pointee.ranks, 2)
        unsafe fourth = rowan_bank_load(tables.pointee.ranks, 3)
        self.count = count
    }

    /// Loads ranks of two bytes.
    @inline(__always)
    init(wide tables: UnsafePointer<rowan_ranked_row>, count: Int32) {
        // There are 64 ranks.
        unsafe first = rowan_wide_bank_load(tables.pointee.ranks, 0)
        unsafe second = rowan_wide_bank_load(tables.pointee.ranks, 1)
        unsafe third = rowan_wide_bank_load(tables.pointee.ranks, 2)
        unsafe fourth = rowan_wide_bank_load(tables.pointee.ranks, 3)
        self.count = count
    }

    /// Answers 64 questions of 128 bytes.
    @inline(__always)
    func answers64(_ questions: UnsafePointer<UInt8>) -> UInt64 {
        // The caller's questions are whole.
        unsafe rowan_answers_64(first, second, third, fourth, count, questions)
    }

    /// Answers a question in every lane; missing values answer with yes where they have a bit.
    @inline(__always)
    func lanes(
        _ questions: UnsafePointer<UInt8>, _ missing: UnsafePointer<UInt8>, anyMissing: Int32
    ) -> rowan_lanes {
        // The caller's questions are whole and have a bit of missing answers each.
        unsafe rowan_lane_answers(first, second, third, fourth, count, questions, missing, anyMissing)
    }

    /// The leaves that remain leftmost after one more question in every lane; see `rowan_lanes_next_leaf`.
    @inline(__always)
    func nextLeaves(
        _ questions: UnsafePointer<UInt8>, _ missing: UnsafePointer<UInt8>, anyMissing: Int32, _ leaves: rowan_lanes,
        _ next: rowan_lanes
    ) -> rowan_lanes {
        // As above, and leaves stand behind the questions.
        unsafe rowan_lanes_next_leaf(
            first, second, third, fourth, count, questions, missing, anyMissing, leaves, next)
    }

    /// Answers the questions of a block.
    @inline(__always)
    func answers(_ block: UnsafePointer<rowan_tree_block>, anyMissing: Int32) -> UInt32 {
        // A block is whole.
        unsafe rowan_block_answers(first, second, third, fourth, count, block, anyMissing)
    }
}

/// Banks of sixteen ranks that the columns take.
@inline(__always)
func bankCount(_ tables: UnsafePointer<rowan_ranked_row>) -> Int {
    unsafe max(1, (Int(tables.pointee.column_count) &+ 15) / 16)
}
