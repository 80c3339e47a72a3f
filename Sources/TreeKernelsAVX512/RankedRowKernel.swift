// One row through the whole forest, by ranks: where a value stands among the sorted thresholds of its column.
//
// A rank takes two compares, whatever the number of thresholds: one with sixteen pivots, one with the sixteen
// thresholds of the range found. A question is then a compare of two bytes, so that the 63 of a perfect tree of depth 6
// take one compare; their ranks are fetched by byte shuffles from up to four banks of sixteen. Eight trees are walked
// side by side by variable shifts of their answers. Oblivious trees need no walk: level by level, the answers are the
// bits of the leaf numbers of 64 trees side by side.
//
// What limits it: the additions in tree order, each of which waits for the one before; walks and answers of later trees
// go on meanwhile. Answers are written three rounds before a walk reads them, because a wide load stalls right behind
// the narrow stores of what it reads.
package import CVectorPrimitives

/// Adds every tree's leaf to the float32 sum of one row; false, with nothing done, if a value is missing.
@inline(never)
package func evaluateRankedRowFloat(_ tables: borrowing rowan_ranked_row, row: UnsafePointer<Float>) -> Bool {
    // The engine checked that columns, questions, leaves and the sum belong together.
    guard unsafe storeRanks(tables, row) else { return false }
    let sum = unsafe tables.sum.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    unsafe sum.pointee = unsafe addLeaves(tables, leaves, to: sum.pointee) { $0 + $1 }
    return true
}

/// Adds every tree's leaf to the float64 sum of one row; false, with nothing done, if a value is missing.
@inline(never)
package func evaluateRankedRowDouble(_ tables: borrowing rowan_ranked_row, row: UnsafePointer<Float>) -> Bool {
    // The engine checked that columns, questions, leaves and the sum belong together.
    guard unsafe storeRanks(tables, row) else { return false }
    let sum = unsafe tables.sum.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    unsafe sum.pointee = unsafe addLeaves(tables, leaves, to: sum.pointee) { $0 + $1 }
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

    /// Answers 64 questions.
    @inline(__always)
    func answers(_ questions: UnsafePointer<UInt8>) -> UInt64 {
        // 64 questions are 128 bytes.
        unsafe rowan_answers(first, second, third, fourth, count, questions)
    }
}

@inline(__always)
private func addLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ leaves: UnsafePointer<Value>, to start: Value,
    _ add: (Value, Value) -> Value
) -> Value {
    // Inlined with a constant number of banks, answers are a straight line of shuffles. The ranks are 64.
    switch unsafe (tables.column_count &+ 15) / 16 {
    case 0, 1: unsafe addLeaves(tables, RankBanks(tables.ranks, count: 1), leaves, to: start, add)
    case 2: unsafe addLeaves(tables, RankBanks(tables.ranks, count: 2), leaves, to: start, add)
    case 3: unsafe addLeaves(tables, RankBanks(tables.ranks, count: 3), leaves, to: start, add)
    default: unsafe addLeaves(tables, RankBanks(tables.ranks, count: 4), leaves, to: start, add)
    }
}

@inline(__always)
private func addLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ leaves: UnsafePointer<Value>, to start: Value,
    _ add: (Value, Value) -> Value
) -> Value {
    // Only hands on what it was called with.
    unsafe tables.trees_are_oblivious != 0
        ? addObliviousLeaves(tables, banks, leaves, to: start, add)
        : addPerfectLeaves(tables, banks, leaves, to: start, add)
}

@inline(__always)
private func addPerfectLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ leaves: UnsafePointer<Value>, to start: Value,
    _ add: (Value, Value) -> Value
) -> Value {
    /// Trees whose answers are known before the walk of a tree begins.
    let lead = 24
    // Places are below 128; checking that would cost a tenth of the whole.
    // Tables hold whole rounds of eight trees: 64 questions, 64 leaves and an answer word each, eight numbers for all.
    let treeCount = unsafe tables.tree_count
    let places = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt64.self)
    var sum = start
    var tree = 0
    while tree < treeCount &+ lead {
        if tree < treeCount {
            var questions = unsafe tables.questions + tree &* 128
            for next in tree..<tree &+ 8 {
                unsafe tables.answers[next] = banks.answers(questions)
                unsafe questions += 128
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
    var questions = unsafe tables.questions
    var first = 0
    while first < treeCount {
        var bytes = rowan_bytes_zero()
        for _ in 0..<depth {
            unsafe bytes = rowan_bytes_append(bytes, banks.answers(questions))
            unsafe questions += 128
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
