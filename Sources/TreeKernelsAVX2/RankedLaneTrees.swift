// Leaves of trees that stand side by side, one in each lane of a vector.
//
// Oblivious trees: level by level, the answers are the bits of the leaves' numbers.
//
// Free trees of up to 128 leaves are not walked: every question that is answered with yes takes away the leaves on its
// left, and the leftmost leaf that remains is the row's (QuickScorer, Lucchese et al. 2015). The questions are asked
// from left to right, the k-th between the leaves k and k + 1. Then no earlier one reaches leaf k + 1, and it takes one
// byte to know which leaf remains: if the answer is yes and that leaf is among those on the left, all up to k are gone,
// and k + 1 remains; else nothing changes. Two vectors of trees go side by side, because each of these steps waits for
// the one before.
import CVectorPrimitives

/// Stores the leaf numbers of a vector of oblivious trees.
@inline(never)
func storeObliviousLeaves(_ tables: UnsafePointer<rowan_ranked_row>, _ group: Int, _ anyMissing: Bool) {
    // There are as many ranks as banks hold.
    switch unsafe bankCount(tables) {
    case 1: unsafe storeObliviousLeaves(tables, RankBanks(tables, count: 1), group, anyMissing)
    case 2: unsafe storeObliviousLeaves(tables, RankBanks(tables, count: 2), group, anyMissing)
    case 3: unsafe storeObliviousLeaves(tables, RankBanks(tables, count: 3), group, anyMissing)
    default: unsafe storeObliviousLeaves(tables, RankBanks(tables, count: 4), group, anyMissing)
    }
}

/// Free trees of a group.
var freeTreeCount: Int { 2 &* rankedLaneCount }

/// Stores the leaf numbers of a group of free trees.
@inline(never)
func storeFreeLeaves(_ tables: UnsafePointer<rowan_ranked_row>, _ group: Int, _ anyMissing: Bool) {
    // As above.
    switch unsafe bankCount(tables) {
    case 1: unsafe storeFreeLeaves(tables, RankBanks(tables, count: 1), group, anyMissing)
    case 2: unsafe storeFreeLeaves(tables, RankBanks(tables, count: 2), group, anyMissing)
    case 3: unsafe storeFreeLeaves(tables, RankBanks(tables, count: 3), group, anyMissing)
    default: unsafe storeFreeLeaves(tables, RankBanks(tables, count: 4), group, anyMissing)
    }
}

/// Adds the leaves of neighbouring trees whose numbers are known.
@inline(__always)
func addNumberedLeaves<Value: BinaryFloatingPoint>(
    _ tables: UnsafePointer<rowan_ranked_row>, _ first: Int, _ count: Int, _ leaves: UnsafePointer<Value>,
    to sums: UnsafeMutablePointer<Value>
) {
    // Numbers are below the leaves of a tree, which has a margin, or as many as a leaf has values.
    let numbers = unsafe tables.pointee.leaf_numbers.assumingMemoryBound(to: UInt8.self)
    let leafWidth = unsafe Int(tables.pointee.leaf_width)
    let valueCount = unsafe leafWidth &<< Int(tables.pointee.depth)
    var values = unsafe leaves + first &* valueCount
    var tree = 0
    if unsafe tables.pointee.margin_count == 1 {
        var sum = unsafe sums[0]
        while tree < count {
            unsafe sum += values[Int(numbers[tree])]
            unsafe values += valueCount
            tree &+= 1
        }
        unsafe sums[0] = sum
        return
    }
    while tree < count {
        let target = unsafe sums + Int(tables.pointee.tree_margins[first &+ tree])
        let leaf = unsafe values + Int(numbers[tree]) &* leafWidth
        var index = 0
        repeat {
            unsafe target[index] += leaf[index]
            index &+= 1
        } while index < leafWidth
        unsafe values += valueCount
        tree &+= 1
    }
}

@inline(__always)
private func storeObliviousLeaves(
    _ tables: UnsafePointer<rowan_ranked_row>, _ banks: RankBanks, _ group: Int, _ anyMissing: Bool
) {
    // Tables hold a vector of questions for each level of a vector of trees, with a bit of missing answers each.
    let depth = unsafe Int(tables.pointee.depth)
    let anyBit: Int32 = anyMissing ? 1 : 0
    var questions = unsafe tables.pointee.questions + group &* depth &* 2 &* rankedLaneCount
    var missing = unsafe UnsafeRawPointer(tables.pointee.row_answers).assumingMemoryBound(to: UInt8.self)
    unsafe missing += group &* depth &* (rankedLaneCount / 8)
    var lanes = rowan_lanes_of(0)
    var level = 0
    while level < depth {
        unsafe lanes = rowan_lanes_append(lanes, banks.lanes(questions, missing, anyMissing: anyBit))
        unsafe questions += 2 &* rankedLaneCount
        unsafe missing += rankedLaneCount / 8
        level &+= 1
    }
    unsafe rowan_lanes_store(tables.pointee.leaf_numbers, lanes)
}

@inline(__always)
private func storeFreeLeaves(
    _ tables: UnsafePointer<rowan_ranked_row>, _ banks: RankBanks, _ group: Int, _ anyMissing: Bool
) {
    // Tables hold the vectors between a group's first and the next one's, with a bit of missing answers for each lane.
    let first = unsafe Int(tables.pointee.group_vectors[group])
    var rest = unsafe Int(tables.pointee.group_vectors[group &+ 1]) &- first
    let anyBit: Int32 = anyMissing ? 1 : 0
    let isPair = unsafe tables.pointee.tree_count &- group &* freeTreeCount > rankedLaneCount
    var questions = unsafe tables.pointee.questions + first &* 3 &* rankedLaneCount
    var missing = unsafe UnsafeRawPointer(tables.pointee.row_answers).assumingMemoryBound(to: UInt8.self)
    unsafe missing += first &* (rankedLaneCount / 8)
    let numbers = unsafe tables.pointee.leaf_numbers
    let one = rowan_lanes_of(1)
    var next = one
    var leaves = rowan_lanes_of(0)
    if isPair {
        var others = rowan_lanes_of(0)
        while rest > 0 {
            unsafe leaves = banks.nextLeaves(questions, missing, anyMissing: anyBit, leaves, next)
            unsafe others = banks.nextLeaves(
                questions + 3 &* rankedLaneCount, missing + rankedLaneCount / 8, anyMissing: anyBit, others, next)
            next = rowan_lanes_add(next, one)
            unsafe questions += 6 &* rankedLaneCount
            unsafe missing += rankedLaneCount / 4
            rest &-= 2
        }
        // There is room for the numbers of two vectors.
        unsafe rowan_lanes_store(numbers + rankedLaneCount, others)
    } else {
        while rest > 0 {
            unsafe leaves = banks.nextLeaves(questions, missing, anyMissing: anyBit, leaves, next)
            next = rowan_lanes_add(next, one)
            unsafe questions += 3 &* rankedLaneCount
            unsafe missing += rankedLaneCount / 8
            rest &-= 1
        }
    }
    unsafe rowan_lanes_store(numbers, leaves)
}
