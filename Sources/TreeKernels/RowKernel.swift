// One row through the whole forest: every different question once, then trees over the answers.
//
// The questions of a column are its sorted thresholds; sixteen of them are answered by one compare (AVX-512), one byte
// each. A step down a tree is then two loads from small tables and an addition: the place of the node's answer, the
// answer, child = 2 × node + answer. Four trees go side by side, and the processor overlaps further ones by itself, as
// nothing branches on data. Questions of an oblivious tree do not even wait for each other.
//
// What limits it: three instructions per level and tree and about five per sixteen questions; the tables (two bytes per
// node of a perfect tree) should fit the first-level cache. Sums are the trainer's, in tree order.
package import CVectorPrimitives

/// Adds every tree's leaf to the float32 sums of one row.
@inline(never)
package func evaluateRowFloat(_ row: borrowing rowan_row) {
    unsafe storeAnswers(row)
    // The engine checked that groups, leaves and sums belong together.
    let leaves = unsafe row.leaves.assumingMemoryBound(to: Float.self)
    let sums = unsafe row.sums.assumingMemoryBound(to: Float.self)
    unsafe addLeaves(row, leaves, to: sums) { $0 += $1 }
}

/// Adds every tree's leaf to the float64 sums of one row.
@inline(never)
package func evaluateRowDouble(_ row: borrowing rowan_row) {
    unsafe storeAnswers(row)
    // The engine checked that groups, leaves and sums belong together.
    let leaves = unsafe row.leaves.assumingMemoryBound(to: Double.self)
    let sums = unsafe row.sums.assumingMemoryBound(to: Double.self)
    unsafe addLeaves(row, leaves, to: sums) { $0 += $1 }
}

@inline(__always)
private func storeAnswers(_ row: borrowing rowan_row) {
    // There are sixteen thresholds and sixteen answers for every vector, and one value for every column.
    var thresholds = unsafe row.thresholds
    var answers = unsafe row.answers
    var vector = 0
    while unsafe vector < row.vector_count {
        let value = unsafe row.column_values[Int(row.vector_columns[vector])]
        unsafe rowan_store_answers(answers, thresholds, value)
        unsafe thresholds += 16
        unsafe answers += 16
        vector &+= 1
    }
}

/// The numbers of the leaves that four neighbouring trees lead to.
private typealias FourLeaves = (Int, Int, Int, Int)

@inline(__always)
private func addLeaves<Value>(
    _ row: borrowing rowan_row, _ leaves: UnsafePointer<Value>, to sums: UnsafeMutablePointer<Value>,
    _ add: (inout Value, Value) -> Void
) {
    let isOblivious = unsafe row.trees_are_oblivious != 0
    var margin = 0
    var sum = unsafe sums[0]
    var index = 0
    while unsafe index < row.group_count {
        // The index is below the count; margins, places and leaves are those of the forest.
        let group = unsafe row.groups[index]
        if Int(group.margin) != margin {
            unsafe sums[margin] = sum
            margin = Int(group.margin)
            unsafe sum = sums[margin]
        }
        let places = unsafe row.answer_places + Int(group.first_place)
        let count = Int(group.tree_count)
        let numbers =
            unsafe isOblivious
            ? answerSplits(row.answers, places, group.depth, count) : descend(row.answers, places, group.depth, count)
        let leafCount = max(1 &<< Int(group.depth), 16)
        let first = unsafe leaves + Int(group.first_leaf)
        unsafe add(&sum, first[numbers.0])
        if count > 1 { unsafe add(&sum, first[leafCount &+ numbers.1]) }
        if count > 2 { unsafe add(&sum, first[2 &* leafCount &+ numbers.2]) }
        if count > 3 { unsafe add(&sum, first[3 &* leafCount &+ numbers.3]) }
        index &+= 1
    }
    unsafe sums[margin] = sum
}

/// Walks one to four perfect trees; absent ones repeat the first.
@inline(__always)
private func descend(
    _ answers: UnsafePointer<UInt8>, _ places: UnsafePointer<UInt16>, _ depth: UInt32, _ count: Int
) -> FourLeaves {
    let nodeCount = 1 &<< Int(depth)
    // Each tree has `nodeCount` places, and every place is that of an answer.
    let (first, second) = unsafe (places, places + (count > 1 ? nodeCount : 0))
    let (third, fourth) = unsafe (places + (count > 2 ? 2 &* nodeCount : 0), places + (count > 3 ? 3 &* nodeCount : 0))
    var (a, b, c, d) = (1, 1, 1, 1)
    var level: UInt32 = 0
    while level < depth {
        unsafe a = 2 &* a &+ Int(answers[Int(first[a])])
        unsafe b = 2 &* b &+ Int(answers[Int(second[b])])
        unsafe c = 2 &* c &+ Int(answers[Int(third[c])])
        unsafe d = 2 &* d &+ Int(answers[Int(fourth[d])])
        level &+= 1
    }
    return (a &- nodeCount, b &- nodeCount, c &- nodeCount, d &- nodeCount)
}

/// Answers the splits of one to four oblivious trees, from the highest bit of the leaf's number down.
@inline(__always)
private func answerSplits(
    _ answers: UnsafePointer<UInt8>, _ places: UnsafePointer<UInt16>, _ depth: UInt32, _ count: Int
) -> FourLeaves {
    let splitCount = Int(depth)
    // Each tree has `splitCount` places, and every place is that of an answer.
    let (first, second) = unsafe (places, places + (count > 1 ? splitCount : 0))
    let (third, fourth) = unsafe (
        places + (count > 2 ? 2 &* splitCount : 0), places + (count > 3 ? 3 &* splitCount : 0)
    )
    var (a, b, c, d) = (0, 0, 0, 0)
    var split = splitCount &- 1
    while split >= 0 {
        unsafe a = 2 &* a &+ Int(answers[Int(first[split])])
        unsafe b = 2 &* b &+ Int(answers[Int(second[split])])
        unsafe c = 2 &* c &+ Int(answers[Int(third[split])])
        unsafe d = 2 &* d &+ Int(answers[Int(fourth[split])])
        split &-= 1
    }
    return (a, b, c, d)
}
