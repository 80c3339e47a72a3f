// One row through the whole forest, by ranks: where a value stands among the sorted thresholds of its column.
//
// A rank takes two compares, whatever the number of thresholds: one with sixteen pivots, one with the sixteen
// thresholds of the range found. A question is then a compare of two bytes, so that the 63 of a perfect tree of depth 6
// take one compare; their ranks are fetched by byte shuffles from up to four banks of sixteen. Eight trees are walked
// side by side by variable shifts of their answers. Oblivious trees need no walk: level by level, the answers are the
// bits of the leaf numbers of 64 trees side by side. Free trees of up to 64 leaves are not walked either: every node
// whose answer is yes takes away the leaves on its left, and the leftmost leaf that remains is the row's (QuickScorer,
// Lucchese et al. 2015); sixteen or eight trees share a vector.
//
// A missing value has the rank 0 and so answers no; questions that it answers with yes are put in word by word.
//
// What limits it: the additions in tree order, each of which waits for the one before; walks and answers of later trees
// go on meanwhile. Answers are written three rounds before a walk reads them, because a wide load stalls right behind
// the narrow stores of what it reads.
package import CVectorPrimitives

/// Adds every tree's leaf to the float32 sum of one row; false, with nothing done, if a value is missing and must not.
@inline(never)
package func evaluateRankedRowFloat(_ tables: borrowing rowan_ranked_row, row: UnsafePointer<Float>) -> Bool {
    // The engine checked that columns, questions, leaves and the sum belong together.
    let mayBeMissing = unsafe tables.may_be_missing != 0
    let isComplete = unsafe storeRanks(tables, row)
    guard isComplete || mayBeMissing else { return false }
    // Each shape is a function of its own: together they are too much for the compiler to inline.
    switch unsafe tables.shape {
    case rowan_ranked_oblivious: unsafe addObliviousLeavesFloat(tables)
    case rowan_ranked_free_32: unsafe addFreeLeaves32Float(tables)
    case rowan_ranked_free_64: unsafe addFreeLeaves64Float(tables)
    default: unsafe addPerfectLeavesFloat(tables)
    }
    return true
}

/// Adds every tree's leaf to the float64 sum of one row; false, with nothing done, if a value is missing and must not.
@inline(never)
package func evaluateRankedRowDouble(_ tables: borrowing rowan_ranked_row, row: UnsafePointer<Float>) -> Bool {
    // As above.
    let mayBeMissing = unsafe tables.may_be_missing != 0
    let isComplete = unsafe storeRanks(tables, row)
    guard isComplete || mayBeMissing else { return false }
    switch unsafe tables.shape {
    case rowan_ranked_oblivious: unsafe addObliviousLeavesDouble(tables)
    case rowan_ranked_free_32: unsafe addFreeLeaves32Double(tables)
    case rowan_ranked_free_64: unsafe addFreeLeaves64Double(tables)
    default: unsafe addPerfectLeavesDouble(tables)
    }
    return true
}

/// Stores the rank of every column's value; false if one is missing.
@inline(__always)
private func storeRanks(_ tables: borrowing rowan_ranked_row, _ row: UnsafePointer<Float>) -> Bool {
    var isComplete = true
    var column = 0
    // Features are those of the row, and every column has a table and a rank.
    while unsafe column < tables.column_count {
        let value = unsafe row[Int(tables.features[column])]
        isComplete = isComplete && value == value
        let rank = unsafe rowan_rank(tables.tables + Int(tables.table_starts[column]), value)
        unsafe tables.ranks[column] = UInt8(truncatingIfNeeded: rank)
        column &+= 1
    }
    return isComplete
}

/// The ranks of all columns in registers.
private struct RankBanks {
    let first: SIMD8<Int64>
    let second: SIMD8<Int64>
    let third: SIMD8<Int64>
    let fourth: SIMD8<Int64>
    let count: Int32

    @inline(__always)
    init(_ ranks: UnsafePointer<UInt8>, count: Int32) {
        // There are 64 ranks.
        unsafe first = rowan_bank_load(ranks)
        unsafe second = rowan_bank_load(ranks + 16)
        unsafe third = rowan_bank_load(ranks + 32)
        unsafe fourth = rowan_bank_load(ranks + 48)
        self.count = count
    }

    /// Answers the 64 questions of a word.
    @inline(__always)
    func answers(_ tables: borrowing rowan_ranked_row, word: Int) -> UInt64 {
        // 64 questions are 128 bytes, and each has its word of answers of missing values.
        unsafe rowan_answers(first, second, third, fourth, count, tables.questions + word &* 128)
            | tables.missing_answers[word]
    }
}

/// Registers of sixteen ranks that the columns take; inlined with a constant number, answers are a straight line.
@inline(__always)
private func bankCount(_ tables: borrowing rowan_ranked_row) -> Int {
    unsafe max(1, (Int(tables.column_count) &+ 15) / 16)
}

@inline(never)
func addPerfectLeavesFloat(_ tables: borrowing rowan_ranked_row) {
    // The sum and the leaves are floats.
    let sum = unsafe tables.sum.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe sum.pointee = addPerfectLeaves(tables, RankBanks(tables.ranks, count: 1), leaves, to: sum.pointee, +)
    case 2: unsafe sum.pointee = addPerfectLeaves(tables, RankBanks(tables.ranks, count: 2), leaves, to: sum.pointee, +)
    case 3: unsafe sum.pointee = addPerfectLeaves(tables, RankBanks(tables.ranks, count: 3), leaves, to: sum.pointee, +)
    default:
        unsafe sum.pointee = addPerfectLeaves(tables, RankBanks(tables.ranks, count: 4), leaves, to: sum.pointee, +)
    }
}

@inline(never)
func addPerfectLeavesDouble(_ tables: borrowing rowan_ranked_row) {
    // The sum and the leaves are doubles.
    let sum = unsafe tables.sum.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe sum.pointee = addPerfectLeaves(tables, RankBanks(tables.ranks, count: 1), leaves, to: sum.pointee, +)
    case 2: unsafe sum.pointee = addPerfectLeaves(tables, RankBanks(tables.ranks, count: 2), leaves, to: sum.pointee, +)
    case 3: unsafe sum.pointee = addPerfectLeaves(tables, RankBanks(tables.ranks, count: 3), leaves, to: sum.pointee, +)
    default:
        unsafe sum.pointee = addPerfectLeaves(tables, RankBanks(tables.ranks, count: 4), leaves, to: sum.pointee, +)
    }
}

@inline(never)
func addObliviousLeavesFloat(_ tables: borrowing rowan_ranked_row) {
    // The sum and the leaves are floats.
    let sum = unsafe tables.sum.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    switch unsafe bankCount(tables) {
    case 1:
        unsafe sum.pointee = addObliviousLeaves(tables, RankBanks(tables.ranks, count: 1), leaves, to: sum.pointee, +)
    case 2:
        unsafe sum.pointee = addObliviousLeaves(tables, RankBanks(tables.ranks, count: 2), leaves, to: sum.pointee, +)
    case 3:
        unsafe sum.pointee = addObliviousLeaves(tables, RankBanks(tables.ranks, count: 3), leaves, to: sum.pointee, +)
    default:
        unsafe sum.pointee = addObliviousLeaves(tables, RankBanks(tables.ranks, count: 4), leaves, to: sum.pointee, +)
    }
}

@inline(never)
func addObliviousLeavesDouble(_ tables: borrowing rowan_ranked_row) {
    // The sum and the leaves are doubles.
    let sum = unsafe tables.sum.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    switch unsafe bankCount(tables) {
    case 1:
        unsafe sum.pointee = addObliviousLeaves(tables, RankBanks(tables.ranks, count: 1), leaves, to: sum.pointee, +)
    case 2:
        unsafe sum.pointee = addObliviousLeaves(tables, RankBanks(tables.ranks, count: 2), leaves, to: sum.pointee, +)
    case 3:
        unsafe sum.pointee = addObliviousLeaves(tables, RankBanks(tables.ranks, count: 3), leaves, to: sum.pointee, +)
    default:
        unsafe sum.pointee = addObliviousLeaves(tables, RankBanks(tables.ranks, count: 4), leaves, to: sum.pointee, +)
    }
}

@inline(never)
func addFreeLeaves32Float(_ tables: borrowing rowan_ranked_row) {
    // The sum and the leaves are floats.
    let sum = unsafe tables.sum.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe sum.pointee = addFreeLeaves32(tables, RankBanks(tables.ranks, count: 1), leaves, to: sum.pointee, +)
    case 2: unsafe sum.pointee = addFreeLeaves32(tables, RankBanks(tables.ranks, count: 2), leaves, to: sum.pointee, +)
    case 3: unsafe sum.pointee = addFreeLeaves32(tables, RankBanks(tables.ranks, count: 3), leaves, to: sum.pointee, +)
    default: unsafe sum.pointee = addFreeLeaves32(tables, RankBanks(tables.ranks, count: 4), leaves, to: sum.pointee, +)
    }
}

@inline(never)
func addFreeLeaves32Double(_ tables: borrowing rowan_ranked_row) {
    // The sum and the leaves are doubles.
    let sum = unsafe tables.sum.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe sum.pointee = addFreeLeaves32(tables, RankBanks(tables.ranks, count: 1), leaves, to: sum.pointee, +)
    case 2: unsafe sum.pointee = addFreeLeaves32(tables, RankBanks(tables.ranks, count: 2), leaves, to: sum.pointee, +)
    case 3: unsafe sum.pointee = addFreeLeaves32(tables, RankBanks(tables.ranks, count: 3), leaves, to: sum.pointee, +)
    default: unsafe sum.pointee = addFreeLeaves32(tables, RankBanks(tables.ranks, count: 4), leaves, to: sum.pointee, +)
    }
}

@inline(never)
func addFreeLeaves64Float(_ tables: borrowing rowan_ranked_row) {
    // The sum and the leaves are floats.
    let sum = unsafe tables.sum.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe sum.pointee = addFreeLeaves64(tables, RankBanks(tables.ranks, count: 1), leaves, to: sum.pointee, +)
    case 2: unsafe sum.pointee = addFreeLeaves64(tables, RankBanks(tables.ranks, count: 2), leaves, to: sum.pointee, +)
    case 3: unsafe sum.pointee = addFreeLeaves64(tables, RankBanks(tables.ranks, count: 3), leaves, to: sum.pointee, +)
    default: unsafe sum.pointee = addFreeLeaves64(tables, RankBanks(tables.ranks, count: 4), leaves, to: sum.pointee, +)
    }
}

@inline(never)
func addFreeLeaves64Double(_ tables: borrowing rowan_ranked_row) {
    // The sum and the leaves are doubles.
    let sum = unsafe tables.sum.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe sum.pointee = addFreeLeaves64(tables, RankBanks(tables.ranks, count: 1), leaves, to: sum.pointee, +)
    case 2: unsafe sum.pointee = addFreeLeaves64(tables, RankBanks(tables.ranks, count: 2), leaves, to: sum.pointee, +)
    case 3: unsafe sum.pointee = addFreeLeaves64(tables, RankBanks(tables.ranks, count: 3), leaves, to: sum.pointee, +)
    default: unsafe sum.pointee = addFreeLeaves64(tables, RankBanks(tables.ranks, count: 4), leaves, to: sum.pointee, +)
    }
}

@inline(__always)
private func addPerfectLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ leaves: UnsafePointer<Value>, to start: Value,
    _ add: (Value, Value) -> Value
) -> Value {
    /// Trees whose answers are known before the walk of a tree begins.
    let lead = 24
    // Places are below 128, so that their conversions need no check.
    // Tables hold whole rounds of eight trees: 64 questions, 64 leaves and an answer word each, eight numbers for all.
    let treeCount = unsafe tables.tree_count
    let places = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt64.self)
    var sum = start
    var tree = 0
    while tree < treeCount &+ lead {
        if tree < treeCount {
            for next in tree..<tree &+ 8 {
                unsafe tables.answers[next] = banks.answers(tables, word: next)
            }
        }
        if tree >= lead {
            let first = tree &- lead
            unsafe rowan_walk_eight(places, tables.answers + first)
            // The last place of a walk is 64 or above.
            let values = unsafe leaves + (first &* 64 &- 64)
            let count = min(8, treeCount &- first)
            if count == 8 {
                unsafe sum = add(sum, values[Int(truncatingIfNeeded: places[0])])
                unsafe sum = add(sum, values[64 &+ Int(truncatingIfNeeded: places[1])])
                unsafe sum = add(sum, values[128 &+ Int(truncatingIfNeeded: places[2])])
                unsafe sum = add(sum, values[192 &+ Int(truncatingIfNeeded: places[3])])
                unsafe sum = add(sum, values[256 &+ Int(truncatingIfNeeded: places[4])])
                unsafe sum = add(sum, values[320 &+ Int(truncatingIfNeeded: places[5])])
                unsafe sum = add(sum, values[384 &+ Int(truncatingIfNeeded: places[6])])
                unsafe sum = add(sum, values[448 &+ Int(truncatingIfNeeded: places[7])])
            } else {
                var index = 0
                while index < count {
                    unsafe sum = add(sum, values[index &* 64 &+ Int(truncatingIfNeeded: places[index])])
                    index &+= 1
                }
            }
        }
        tree &+= 8
    }
    return sum
}

@inline(__always)
private func addObliviousLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ leaves: UnsafePointer<Value>, to start: Value,
    _ add: (Value, Value) -> Value
) -> Value {
    // Tables hold 64 questions for each level of every 64 trees, from the highest bit of the leaf's number down, and a
    // leaf number for each of the 64.
    let treeCount = unsafe tables.tree_count
    let depth = unsafe Int(tables.depth)
    let numbers = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt8.self)
    var word = 0
    var first = 0
    while first < treeCount {
        var bytes = rowan_bytes_zero()
        for _ in 0..<depth {
            unsafe bytes = rowan_bytes_append(bytes, banks.answers(tables, word: word))
            word &+= 1
        }
        unsafe rowan_bytes_store(numbers + first, bytes)
        first &+= 64
    }
    var sum = start
    var values = unsafe leaves
    var tree = 0
    while tree < treeCount {
        unsafe sum = add(sum, values[Int(numbers[tree])])
        unsafe values += 1 &<< depth
        tree &+= 1
    }
    return sum
}

@inline(__always)
private func addFreeLeaves32<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ leaves: UnsafePointer<Value>, to start: Value,
    _ add: (Value, Value) -> Value
) -> Value {
    // Tables hold whole words for each group of sixteen trees, four vectors of masks for each word, and a number for
    // each tree of every group.
    let numbers = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt32.self)
    let treeCount = unsafe tables.tree_count
    var masks = unsafe UnsafeRawPointer(tables.leaf_masks)
    var word = 0
    var group = 0
    while group &* 16 < treeCount {
        var remaining = rowan_all_leaves()
        let end = unsafe word &+ Int(tables.group_word_counts[group])
        while word < end {
            let answers = unsafe banks.answers(tables, word: word)
            unsafe remaining = rowan_leaves_and_32(remaining, UInt16(truncatingIfNeeded: answers), masks)
            unsafe remaining = rowan_leaves_and_32(
                remaining, UInt16(truncatingIfNeeded: answers &>> 16), masks + 64)
            unsafe remaining = rowan_leaves_and_32(
                remaining, UInt16(truncatingIfNeeded: answers &>> 32), masks + 128)
            unsafe remaining = rowan_leaves_and_32(
                remaining, UInt16(truncatingIfNeeded: answers &>> 48), masks + 192)
            unsafe masks += 256
            word &+= 1
        }
        unsafe rowan_store_first_leaf_32(numbers + group &* 16, remaining)
        group &+= 1
    }
    var sum = start
    var tree = 0
    while tree < treeCount {
        // A group's tree has a leaf left, so that the number is below 32.
        unsafe sum = add(sum, leaves[tree &* 32 &+ Int(truncatingIfNeeded: numbers[tree])])
        tree &+= 1
    }
    return sum
}

@inline(__always)
private func addFreeLeaves64<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ leaves: UnsafePointer<Value>, to start: Value,
    _ add: (Value, Value) -> Value
) -> Value {
    // As above, with groups of eight trees and eight vectors of masks for each word.
    let numbers = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt64.self)
    let treeCount = unsafe tables.tree_count
    var masks = unsafe UnsafeRawPointer(tables.leaf_masks)
    var word = 0
    var group = 0
    while group &* 8 < treeCount {
        var remaining = rowan_all_leaves()
        let end = unsafe word &+ Int(tables.group_word_counts[group])
        while word < end {
            var answers = unsafe banks.answers(tables, word: word)
            for _ in 0..<8 {
                unsafe remaining = rowan_leaves_and_64(remaining, UInt8(truncatingIfNeeded: answers), masks)
                answers &>>= 8
                unsafe masks += 64
            }
            word &+= 1
        }
        unsafe rowan_store_first_leaf_64(numbers + group &* 8, remaining)
        group &+= 1
    }
    var sum = start
    var tree = 0
    while tree < treeCount {
        // A group's tree has a leaf left, so that the number is below 64.
        unsafe sum = add(sum, leaves[tree &* 64 &+ Int(truncatingIfNeeded: numbers[tree])])
        tree &+= 1
    }
    return sum
}
