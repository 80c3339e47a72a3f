// Leaves of trees that stand side by side, one in each lane of a vector.
//
// Oblivious trees: level by level, the answers are the bits of the leaves' numbers. Free trees of up to 64 leaves are
// not walked: every question that is answered with yes takes away the leaves on its left, and the leftmost leaf that
// remains is the row's (QuickScorer, Lucchese et al. 2015). A tree's leaves are the bits of up to eight bytes, kept in as
// many vectors. Its questions are asked from left to right, the k-th between the leaves k and k + 1, so that the first
// eight reach into one byte only, the next eight into two: of 32 leaves, two and a half bytes for each question. From the
// 33rd on they reach into all eight.
import CVectorPrimitives

@inline(never)
func addObliviousLeavesFloat(_ tables: borrowing rowan_ranked_row, _ missingCount: Int) {
    // The sums and the leaves are floats.
    let sums = unsafe tables.sums.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe addObliviousLeaves(tables, RankBanks(tables, count: 1), missingCount, leaves, to: sums, +)
    case 2: unsafe addObliviousLeaves(tables, RankBanks(tables, count: 2), missingCount, leaves, to: sums, +)
    case 3: unsafe addObliviousLeaves(tables, RankBanks(tables, count: 3), missingCount, leaves, to: sums, +)
    default: unsafe addObliviousLeaves(tables, RankBanks(tables, count: 4), missingCount, leaves, to: sums, +)
    }
}

@inline(never)
func addObliviousLeavesDouble(_ tables: borrowing rowan_ranked_row, _ missingCount: Int) {
    // The sums and the leaves are doubles.
    let sums = unsafe tables.sums.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe addObliviousLeaves(tables, RankBanks(tables, count: 1), missingCount, leaves, to: sums, +)
    case 2: unsafe addObliviousLeaves(tables, RankBanks(tables, count: 2), missingCount, leaves, to: sums, +)
    case 3: unsafe addObliviousLeaves(tables, RankBanks(tables, count: 3), missingCount, leaves, to: sums, +)
    default: unsafe addObliviousLeaves(tables, RankBanks(tables, count: 4), missingCount, leaves, to: sums, +)
    }
}

@inline(never)
func addFreeLeavesFloat(_ tables: borrowing rowan_ranked_row, _ missingCount: Int) {
    // The sums and the leaves are floats.
    let sums = unsafe tables.sums.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe addFreeLeaves(tables, RankBanks(tables, count: 1), missingCount, leaves, to: sums, +)
    case 2: unsafe addFreeLeaves(tables, RankBanks(tables, count: 2), missingCount, leaves, to: sums, +)
    case 3: unsafe addFreeLeaves(tables, RankBanks(tables, count: 3), missingCount, leaves, to: sums, +)
    default: unsafe addFreeLeaves(tables, RankBanks(tables, count: 4), missingCount, leaves, to: sums, +)
    }
}

@inline(never)
func addFreeLeavesDouble(_ tables: borrowing rowan_ranked_row, _ missingCount: Int) {
    // The sums and the leaves are doubles.
    let sums = unsafe tables.sums.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe addFreeLeaves(tables, RankBanks(tables, count: 1), missingCount, leaves, to: sums, +)
    case 2: unsafe addFreeLeaves(tables, RankBanks(tables, count: 2), missingCount, leaves, to: sums, +)
    case 3: unsafe addFreeLeaves(tables, RankBanks(tables, count: 3), missingCount, leaves, to: sums, +)
    default: unsafe addFreeLeaves(tables, RankBanks(tables, count: 4), missingCount, leaves, to: sums, +)
    }
}

@inline(__always)
private func addObliviousLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ missingCount: Int, _ leaves: UnsafePointer<Value>,
    to sums: UnsafeMutablePointer<Value>, _ add: (Value, Value) -> Value
) {
    // Tables hold a vector of questions for each level of a vector of trees, with a bit of missing answers each.
    let laneCount = rankedLaneCount
    let treeCount = unsafe tables.tree_count
    let depth = unsafe Int(tables.depth)
    let valueCount = unsafe Int(tables.leaf_width) &<< depth
    let anyMissing: Int32 = missingCount > 0 ? 1 : 0
    var questions = unsafe tables.questions
    var missing = unsafe UnsafeRawPointer(tables.row_answers).assumingMemoryBound(to: UInt8.self)
    let numbers = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt8.self)
    var values = unsafe leaves
    var sum = unsafe sums[0]
    var first = 0
    while first < treeCount {
        var lanes = rowan_lanes_of(0)
        var level = 0
        while level < depth {
            unsafe lanes = rowan_lanes_append(lanes, banks.lanes(questions, missing, anyMissing: anyMissing))
            unsafe questions += 2 &* laneCount
            unsafe missing += laneCount / 8
            level &+= 1
        }
        unsafe rowan_lanes_store(numbers, lanes)
        let count = min(laneCount, treeCount &- first)
        unsafe addNumberedLeaves(tables, first, count, numbers, values, valueCount, &sum, sums, add)
        unsafe values += count &* valueCount
        first &+= laneCount
    }
    if unsafe tables.margin_count == 1 { unsafe sums[0] = sum }
}

/// Adds the leaves of neighbouring trees whose numbers are known; each has `valueCount` values.
@inline(__always)
private func addNumberedLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ first: Int, _ count: Int, _ numbers: UnsafePointer<UInt8>,
    _ leaves: UnsafePointer<Value>, _ valueCount: Int, _ sum: inout Value, _ sums: UnsafeMutablePointer<Value>,
    _ add: (Value, Value) -> Value
) {
    // Numbers are below the leaves of a tree, which has a margin, or as many as a leaf has values.
    var values = unsafe leaves
    var tree = 0
    if unsafe tables.margin_count == 1 {
        while tree < count {
            unsafe sum = add(sum, values[Int(numbers[tree])])
            unsafe values += valueCount
            tree &+= 1
        }
        return
    }
    let leafWidth = unsafe Int(tables.leaf_width)
    while tree < count {
        let target = unsafe sums + Int(tables.tree_margins[first &+ tree])
        let leaf = unsafe values + Int(numbers[tree]) &* leafWidth
        var index = 0
        while index < leafWidth {
            unsafe target[index] = add(target[index], leaf[index])
            index &+= 1
        }
        unsafe values += valueCount
        tree &+= 1
    }
}

/// Where the questions of free trees are read from; whoever makes one counts the vectors that are taken.
@safe
private struct FreeQuestions {
    var questions: UnsafePointer<UInt8>
    var missing: UnsafePointer<UInt8>
    var masks: UnsafePointer<UInt8>
    var anyMissing: Int32

    /// Answers the next vector of questions.
    @inline(__always)
    mutating func next(_ banks: RankBanks) -> rowan_lanes {
        // The caller counts the vectors.
        let answers = unsafe banks.lanes(questions, missing, anyMissing: anyMissing)
        unsafe questions += 2 &* rankedLaneCount
        unsafe missing += rankedLaneCount / 8
        return answers
    }

    /// Takes away the next vector of leaves.
    @inline(__always)
    mutating func remove(from leaves: inout rowan_lanes, _ answers: rowan_lanes) {
        // A vector of questions has as many vectors of leaves as its place says.
        unsafe leaves = rowan_lanes_without(leaves, answers, masks)
        unsafe masks += rankedLaneCount
    }
}

@inline(__always)
private func addFreeLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ missingCount: Int, _ leaves: UnsafePointer<Value>,
    to sums: UnsafeMutablePointer<Value>, _ add: (Value, Value) -> Value
) {
    // Tables hold the vectors that a group's count says.
    let laneCount = rankedLaneCount
    let treeCount = unsafe tables.tree_count
    let valueCount = unsafe Int(tables.leaf_width) &<< Int(tables.depth)
    let numbers = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt8.self)
    var source = unsafe FreeQuestions(
        questions: tables.questions, missing: UnsafeRawPointer(tables.row_answers).assumingMemoryBound(to: UInt8.self),
        masks: tables.leaf_masks, anyMissing: missingCount > 0 ? 1 : 0)
    var values = unsafe leaves
    var sum = unsafe sums[0]
    var first = 0
    var group = 0
    while first < treeCount {
        let found = unsafe firstLeaves(&source, banks, vectorCount: Int(tables.group_vector_counts[group]))
        unsafe rowan_lanes_store(numbers, found)
        let count = min(laneCount, treeCount &- first)
        unsafe addNumberedLeaves(tables, first, count, numbers, values, valueCount, &sum, sums, add)
        unsafe values += count &* valueCount
        first &+= laneCount
        group &+= 1
    }
    if unsafe tables.margin_count == 1 { unsafe sums[0] = sum }
}

/// The number of the leftmost leaf that the answers leave in each lane.
@inline(__always)
private func firstLeaves(_ source: inout FreeQuestions, _ banks: RankBanks, vectorCount: Int) -> rowan_lanes {
    var bytes0 = rowan_lanes_of(255)
    var vector = 0
    while vector < min(vectorCount, 8) {
        source.remove(from: &bytes0, source.next(banks))
        vector &+= 1
    }
    var (bytes1, bytes2, bytes3) = (rowan_lanes_of(255), rowan_lanes_of(255), rowan_lanes_of(255))
    while vector < min(vectorCount, 16) {
        let answers = source.next(banks)
        source.remove(from: &bytes0, answers)
        source.remove(from: &bytes1, answers)
        vector &+= 1
    }
    while vector < min(vectorCount, 24) {
        let answers = source.next(banks)
        source.remove(from: &bytes0, answers)
        source.remove(from: &bytes1, answers)
        source.remove(from: &bytes2, answers)
        vector &+= 1
    }
    while vector < min(vectorCount, 32) {
        let answers = source.next(banks)
        source.remove(from: &bytes0, answers)
        source.remove(from: &bytes1, answers)
        source.remove(from: &bytes2, answers)
        source.remove(from: &bytes3, answers)
        vector &+= 1
    }
    var bytes = bytes3
    var number = rowan_lanes_of(24)
    if vectorCount > 32 {
        var (bytes4, bytes5) = (rowan_lanes_of(255), rowan_lanes_of(255))
        var (bytes6, bytes7) = (rowan_lanes_of(255), rowan_lanes_of(255))
        while vector < vectorCount {
            let answers = source.next(banks)
            source.remove(from: &bytes0, answers)
            source.remove(from: &bytes1, answers)
            source.remove(from: &bytes2, answers)
            source.remove(from: &bytes3, answers)
            source.remove(from: &bytes4, answers)
            source.remove(from: &bytes5, answers)
            source.remove(from: &bytes6, answers)
            source.remove(from: &bytes7, answers)
            vector &+= 1
        }
        bytes = rowan_lanes_if_zero(bytes6, bytes7, bytes6)
        number = rowan_lanes_if_zero(bytes6, rowan_lanes_of(56), rowan_lanes_of(48))
        bytes = rowan_lanes_if_zero(bytes5, bytes, bytes5)
        number = rowan_lanes_if_zero(bytes5, number, rowan_lanes_of(40))
        bytes = rowan_lanes_if_zero(bytes4, bytes, bytes4)
        number = rowan_lanes_if_zero(bytes4, number, rowan_lanes_of(32))
        bytes = rowan_lanes_if_zero(bytes3, bytes, bytes3)
        number = rowan_lanes_if_zero(bytes3, number, rowan_lanes_of(24))
    }
    bytes = rowan_lanes_if_zero(bytes2, bytes, bytes2)
    number = rowan_lanes_if_zero(bytes2, number, rowan_lanes_of(16))
    bytes = rowan_lanes_if_zero(bytes1, bytes, bytes1)
    number = rowan_lanes_if_zero(bytes1, number, rowan_lanes_of(8))
    bytes = rowan_lanes_if_zero(bytes0, bytes, bytes0)
    number = rowan_lanes_if_zero(bytes0, number, rowan_lanes_of(0))
    return rowan_lanes_add(number, rowan_lanes_lowest_bit(bytes))
}
