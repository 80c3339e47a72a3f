// Leaves of trees of any shape and size, four levels at a time.
//
// Fifteen questions, their thresholds and what lies below them are one cache line. All questions of a block are answered
// at once, four shifts of the answers find one of sixteen exits, and counted bits find the block or the leaf behind it:
// a tree of depth 8 takes two cache lines, one of depth 12 three, where a walk reads a line for each level. Blocks of 64
// trees are in work at a time, so that the lines of some arrive while others are answered; trees that have come to a leaf
// leave the work, so that unequal depths cost nothing.
import CVectorPrimitives

@inline(never)
func addBlockLeavesFloat(_ tables: borrowing rowan_ranked_row, _ missingCount: Int) {
    // The sums and the leaves are floats.
    let sums = unsafe tables.sums.assumingMemoryBound(to: Float.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Float.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe addBlockLeaves(tables, RankBanks(wide: tables, count: 1), missingCount, leaves, to: sums, +)
    case 2: unsafe addBlockLeaves(tables, RankBanks(wide: tables, count: 2), missingCount, leaves, to: sums, +)
    case 3: unsafe addBlockLeaves(tables, RankBanks(wide: tables, count: 3), missingCount, leaves, to: sums, +)
    default: unsafe addBlockLeaves(tables, RankBanks(wide: tables, count: 4), missingCount, leaves, to: sums, +)
    }
}

@inline(never)
func addBlockLeavesDouble(_ tables: borrowing rowan_ranked_row, _ missingCount: Int) {
    // The sums and the leaves are doubles.
    let sums = unsafe tables.sums.assumingMemoryBound(to: Double.self)
    let leaves = unsafe tables.leaves.assumingMemoryBound(to: Double.self)
    switch unsafe bankCount(tables) {
    case 1: unsafe addBlockLeaves(tables, RankBanks(wide: tables, count: 1), missingCount, leaves, to: sums, +)
    case 2: unsafe addBlockLeaves(tables, RankBanks(wide: tables, count: 2), missingCount, leaves, to: sums, +)
    case 3: unsafe addBlockLeaves(tables, RankBanks(wide: tables, count: 3), missingCount, leaves, to: sums, +)
    default: unsafe addBlockLeaves(tables, RankBanks(wide: tables, count: 4), missingCount, leaves, to: sums, +)
    }
}

/// Where trees are on their way down; whoever makes one gives trees and blocks of the forest.
@safe
private struct PendingTrees {
    let blocks: UnsafePointer<rowan_tree_block>
    let leafSize: Int
    let leafValues: UnsafeRawPointer
    let numbers: UnsafeMutablePointer<UInt32>
    let trees: UnsafeMutablePointer<UInt32>
    let places: UnsafeMutablePointer<UInt32>
    let anyMissing: Int32

    /// Takes a tree through a block, to its leaf or to the end of the pending ones.
    @inline(__always)
    func step(_ tree: Int, _ place: Int, _ banks: RankBanks, _ pending: inout Int) {
        // The tree has a number and a place, its block stands in the table, and so do the blocks and leaves behind it.
        let block = unsafe blocks + place
        let exit = unsafe rowan_block_exit(banks.answers(block, anyMissing: anyMissing))
        let children = unsafe UInt32(block.pointee.children)
        let starts = unsafe UInt32(block.pointee.leaf_starts)
        let leaf = unsafe block.pointee.first_leaf &+ rowan_count_below(starts, exit &+ 1)
        let child = unsafe block.pointee.first_child &+ rowan_count_below(children, exit)
        let isInner = (children &>> exit) & 1
        unsafe numbers[tree] = leaf
        unsafe trees[pending] = UInt32(truncatingIfNeeded: tree)
        unsafe places[pending] = child
        pending &+= Int(isInner)
        // Either is read in a later round.
        let below = unsafe UnsafeRawPointer(blocks + Int(child))
        let value = unsafe leafValues + Int(leaf) &* leafSize
        unsafe rowan_prefetch(isInner != 0 ? below : value)
    }
}

@inline(__always)
private func addBlockLeaves<Value>(
    _ tables: borrowing rowan_ranked_row, _ banks: RankBanks, _ missingCount: Int, _ leaves: UnsafePointer<Value>,
    to sums: UnsafeMutablePointer<Value>, _ add: (Value, Value) -> Value
) {
    /// Trees in work at a time.
    let chunkTreeCount = 64
    // Every tree has a root, a number and a place among the pending ones; its margin and those of its leaf have sums.
    let treeCount = unsafe tables.tree_count
    let margins = unsafe tables.tree_margins
    let leafWidth = unsafe Int(tables.leaf_width)
    let isOneSum = unsafe tables.margin_count == 1
    let numbers = unsafe tables.leaf_numbers.assumingMemoryBound(to: UInt32.self)
    let state = unsafe PendingTrees(
        blocks: tables.blocks, leafSize: leafWidth &* MemoryLayout<Value>.size,
        leafValues: UnsafeRawPointer(leaves), numbers: numbers, trees: tables.pending_trees,
        places: tables.pending_blocks, anyMissing: missingCount > 0 ? 1 : 0)
    var sum = unsafe sums[0]
    var first = 0
    while first < treeCount {
        let end = min(first &+ chunkTreeCount, treeCount)
        var pending = 0
        var tree = first
        while tree < end {
            state.step(tree, tree, banks, &pending)
            tree &+= 1
        }
        while pending > 0 {
            let count = pending
            pending = 0
            var index = 0
            while index < count {
                // A tree's place is read before one is written there.
                unsafe state.step(Int(state.trees[index]), Int(state.places[index]), banks, &pending)
                index &+= 1
            }
        }
        tree = first
        if isOneSum {
            while tree < end {
                unsafe sum = add(sum, leaves[Int(numbers[tree])])
                tree &+= 1
            }
        } else {
            while tree < end {
                let values = unsafe leaves + Int(numbers[tree]) &* leafWidth
                let target = unsafe sums + Int(margins[tree])
                var index = 0
                while index < leafWidth {
                    unsafe target[index] = add(target[index], values[index])
                    index &+= 1
                }
                tree &+= 1
            }
        }
        first = end
    }
    if isOneSum { unsafe sums[0] = sum }
}
