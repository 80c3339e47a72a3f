// Leaf values added row by row, for instruction sets whose permutes cannot hold a table of leaves.
//
// Four trees are added in one pass over the sums: the additions of one row wait for each other, those of its
// neighbours overlap with them.
//
// What limits it: two loads and an addition for each row and tree.
import CVectorPrimitives

/// Adds the leaves of one to four trees to each row's sum, in tree order.
///
/// - Parameter number: where the leaf number of the sum at a position stands.
@inline(__always)
func addLeaves<Value>(
    _ block: borrowing rowan_block, _ group: rowan_plane_group, _ tables: UnsafePointer<Value>,
    number: (_ position: Int) -> Int, _ sums: UnsafeMutablePointer<Value>, _ add: (inout Value, Value) -> Void
) {
    let leafCount = max(1 << Int(group.depth), 16)
    let capacity = unsafe block.row_capacity
    // Leaf numbers are below the tree's leaf count, and there is one per row and tree; sums are as many as rows.
    let numbers = unsafe UnsafePointer(block.leaf_numbers)
    guard group.tree_count == 4 else {
        for tree in 0..<Int(group.tree_count) {
            let table = unsafe tables + tree &* leafCount
            let treeNumbers = unsafe numbers + tree &* capacity
            for position in 0..<capacity {
                unsafe add(&sums[position], table[Int(treeNumbers[number(position)])])
            }
        }
        return
    }
    let (second, third, fourth) = unsafe (numbers + capacity, numbers + 2 &* capacity, numbers + 3 &* capacity)
    for position in 0..<capacity {
        // As above.
        let place = number(position)
        var sum = unsafe sums[position]
        unsafe add(&sum, tables[Int(numbers[place])])
        unsafe add(&sum, tables[leafCount &+ Int(second[place])])
        unsafe add(&sum, tables[2 &* leafCount &+ Int(third[place])])
        unsafe add(&sum, tables[3 &* leafCount &+ Int(fourth[place])])
        unsafe sums[position] = sum
    }
}
