// Leaves of trees of any shape and size, four levels at a time.
//
// Fifteen questions, their thresholds and what lies below them are one cache line. All questions of a block are
// answered at once, four shifts of the answers find one of sixteen exits, and counted bits find the block or the leaf
// behind it: a tree of depth 8 takes two cache lines, one of depth 12 three, where a walk reads a line for each level.
//
// Some trees are in work at a time. Each of the three steps is taken for all of them before the next one: the processor
// then overlaps many short chains instead of few long ones, which takes half the time, the exits of several blocks are
// found by one vector, and the cache lines of some arrive while others are answered. Trees that have come to a leaf
// leave the work, so that unequal depths cost nothing.
import CVectorPrimitives

/// Trees in work at a time.
var blockTreeCount: Int { Int(rowan_pending_count) }

/// Stores the leaf of each of some trees.
@inline(never)
func storeBlockLeaves(_ tables: UnsafePointer<rowan_ranked_row>, _ first: Int, _ end: Int, _ anyMissing: Bool) {
    // There are as many ranks as banks hold.
    switch unsafe bankCount(tables) {
    case 1: unsafe storeBlockLeaves(tables, RankBanks(wide: tables, count: 1), first, end, anyMissing)
    case 2: unsafe storeBlockLeaves(tables, RankBanks(wide: tables, count: 2), first, end, anyMissing)
    case 3: unsafe storeBlockLeaves(tables, RankBanks(wide: tables, count: 3), first, end, anyMissing)
    default: unsafe storeBlockLeaves(tables, RankBanks(wide: tables, count: 4), first, end, anyMissing)
    }
}

/// Adds the leaves of some trees.
@inline(__always)
func addBlockLeaves<Value: BinaryFloatingPoint>(
    _ tables: UnsafePointer<rowan_ranked_row>, _ first: Int, _ end: Int, _ leaves: UnsafePointer<Value>,
    to sums: UnsafeMutablePointer<Value>
) {
    // Every tree has a leaf; its margin and those of its leaf's values have sums.
    let numbers = unsafe tables.pointee.leaf_numbers.assumingMemoryBound(to: UInt32.self)
    var tree = first
    if unsafe tables.pointee.margin_count == 1 {
        var sum = unsafe sums[0]
        while tree < end {
            unsafe sum += leaves[Int(numbers[tree])]
            tree &+= 1
        }
        unsafe sums[0] = sum
        return
    }
    let leafWidth = unsafe Int(tables.pointee.leaf_width)
    while tree < end {
        let values = unsafe leaves + Int(numbers[tree]) &* leafWidth
        let target = unsafe sums + Int(tables.pointee.tree_margins[tree])
        var index = 0
        repeat {
            unsafe target[index] += values[index]
            index &+= 1
        } while index < leafWidth
        tree &+= 1
    }
}

@inline(__always)
private func storeBlockLeaves(
    _ tables: UnsafePointer<rowan_ranked_row>, _ banks: RankBanks, _ first: Int, _ end: Int, _ anyMissing: Bool
) {
    // Every tree has a root and a number; there is room for the trees in work, and a vector more.
    let anyBit: Int32 = anyMissing ? 1 : 0
    let blocks = unsafe tables.pointee.blocks
    let numbers = unsafe tables.pointee.leaf_numbers.assumingMemoryBound(to: UInt32.self)
    let trees = unsafe tables.pointee.pending_trees
    let places = unsafe tables.pointee.pending_blocks
    let answers = unsafe tables.pointee.pending_answers
    var count = end &- first
    var index = 0
    while index < count {
        unsafe trees[index] = UInt32(truncatingIfNeeded: first &+ index)
        unsafe places[index] = UInt32(truncatingIfNeeded: first &+ index)
        index &+= 1
    }
    var levels = unsafe Int(tables.pointee.depth)
    while count > 0 {
        index = 0
        while index < count {
            unsafe answers[index] = banks.answers(blocks + Int(places[index]), anyMissing: anyBit)
            index &+= 1
        }
        index = 0
        while index < count {
            unsafe rowan_block_exits(answers + index)
            index &+= Int(rowan_exit_count)
        }
        levels &-= 4
        index = 0
        // Behind the last level there are leaves only.
        if levels <= 0 {
            while index < count {
                let block = unsafe blocks + Int(places[index])
                unsafe numbers[Int(trees[index])] = leaf(block, answers[index])
                index &+= 1
            }
            return
        }
        var pending = 0
        while index < count {
            let block = unsafe blocks + Int(places[index])
            let tree = unsafe trees[index]
            let exit = unsafe answers[index]
            let children = unsafe UInt32(block.pointee.children)
            let child = unsafe block.pointee.first_child &+ rowan_count_below(children, exit)
            // What is behind the exit is written as a leaf and as a block, and one of both stays.
            unsafe numbers[Int(tree)] = leaf(block, exit)
            unsafe trees[pending] = tree
            unsafe places[pending] = child
            pending &+= Int((children &>> exit) & 1)
            unsafe rowan_prefetch(blocks + Int(child))
            index &+= 1
        }
        count = pending
    }
}

/// The leaf behind an exit of a block, if it is one.
@inline(__always)
private func leaf(_ block: UnsafePointer<rowan_tree_block>, _ exit: UInt32) -> UInt32 {
    // A block is whole.
    unsafe block.pointee.first_leaf &+ rowan_count_below(UInt32(block.pointee.leaf_starts), exit &+ 1)
}
