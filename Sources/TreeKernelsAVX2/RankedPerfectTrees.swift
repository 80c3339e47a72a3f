// Leaves of trees of depth 6, padded where they are smaller: the 63 questions of a tree are answered at once, then
// eight trees are walked side by side by variable shifts of their answers.
//
// Answers are written three rounds before a walk reads them, because a wide load stalls right behind the narrow stores
// of what it reads.
import CVectorPrimitives

@inline(never)
func addPerfectLeavesFloat(_ tables: borrowing rowan_ranked_row, _ missingCount: Int) {
    // The sums and the leaves are floats.
    let sums = unsafe tables.sums.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe addPerfectLeaves(tables, RankBanks(tables, count: 1), missingCount, leaves, to: sums, +)
    case 2: unsafe addPerfectLeaves(tables, RankBanks(tables, count: 2), missingCount, leaves, to: sums, +)
    case 3: unsafe addPerfectLeaves(tables, RankBanks(tables, count: 3), missingCount, leaves, to: sums, +)
    default: unsafe addPerfectLeaves(tables, RankBanks(tables, count: 4), missingCount, leaves, to: sums, +)
    }
}

@inline(never)
func addPerfectLeavesDouble(_ tables: borrowing rowan_ranked_row, _ missingCount: Int) {
    // The sums and the leaves are doubles.
    let sums = unsafe tables.sums.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe addPerfectLeaves(tables, RankBanks(tables, count: 1), missingCount, leaves, to: sums, +)
    case 2: unsafe addPerfectLeaves(tables, RankBanks(tables, count: 2), missingCount, leaves, to: sums, +)
    case 3: unsafe addPerfectLeaves(tables, RankBanks(tables, count: 3), missingCount, leaves, to: sums, +)
    default: unsafe addPerfectLeaves(tables, RankBanks(tables, count: 4), missingCount, leaves, to: sums, +)
    }
}

@inline(__always)
private func addPerfectLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ missingCount: Int, _ leaves: UnsafePointer<Value>,
    to sums: UnsafeMutablePointer<Value>, _ add: (Value, Value) -> Value
) {
    /// Trees whose answers are known before the walk of a tree begins.
    let lead = 24
    // Places are below 128, so that their conversions need no check.
    // Tables hold whole rounds of eight trees: 64 questions, 64 leaves and an answer word each, eight numbers for all.
    let treeCount = unsafe tables.tree_count
    let questions = unsafe tables.questions
    let answers = unsafe tables.answers
    let missing = unsafe missingCount > 0 ? UnsafePointer(tables.row_answers) : tables.no_answers
    let places = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt64.self)
    let margins = unsafe tables.tree_margins
    let isOneSum = unsafe tables.margin_count == 1
    var sum = unsafe sums[0]
    var tree = 0
    while tree < treeCount &+ lead {
        if tree < treeCount {
            for next in tree..<tree &+ 8 {
                unsafe answers[next] = banks.answers64(questions + next &* 128) | missing[next]
            }
        }
        if tree >= lead {
            let first = tree &- lead
            unsafe rowan_walk_eight(places, answers + first)
            // The last place of a walk is 64 or above.
            let values = unsafe leaves + (first &* 64 &- 64)
            let count = min(8, treeCount &- first)
            if isOneSum && count == 8 {
                unsafe sum = add(sum, values[Int(truncatingIfNeeded: places[0])])
                unsafe sum = add(sum, values[64 &+ Int(truncatingIfNeeded: places[1])])
                unsafe sum = add(sum, values[128 &+ Int(truncatingIfNeeded: places[2])])
                unsafe sum = add(sum, values[192 &+ Int(truncatingIfNeeded: places[3])])
                unsafe sum = add(sum, values[256 &+ Int(truncatingIfNeeded: places[4])])
                unsafe sum = add(sum, values[320 &+ Int(truncatingIfNeeded: places[5])])
                unsafe sum = add(sum, values[384 &+ Int(truncatingIfNeeded: places[6])])
                unsafe sum = add(sum, values[448 &+ Int(truncatingIfNeeded: places[7])])
            } else if isOneSum {
                var index = 0
                while index < count {
                    unsafe sum = add(sum, values[index &* 64 &+ Int(truncatingIfNeeded: places[index])])
                    index &+= 1
                }
            } else {
                var index = 0
                while index < count {
                    let margin = unsafe Int(margins[first &+ index])
                    let value = unsafe values[index &* 64 &+ Int(truncatingIfNeeded: places[index])]
                    unsafe sums[margin] = add(sums[margin], value)
                    index &+= 1
                }
            }
        }
        tree &+= 8
    }
    if isOneSum { unsafe sums[0] = sum }
}
