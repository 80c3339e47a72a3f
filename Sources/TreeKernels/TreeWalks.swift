// One row, trees walked from root to leaf.
//
// Eight trees of nodes are walked side by side: the eight chains of dependent loads hide each other's latency, and no
// step branches on data, because a leaf leads to itself. The questions of an oblivious tree depend on nothing but the
// row, so that the processor overlaps trees by itself. Leaf values are added in tree order while later trees are being
// walked; the sum is the trainer's, bit for bit.
//
// What limits it: about eight instructions per level and tree; the loads of a level wait for those of the level above.
package import CVectorPrimitives

/// Leaves that eight trees lead to.
private typealias EightLeaves = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

/// The child that a row goes to; places count in units of eight bytes, of which a node takes two.
@inline(__always)
func child(_ nodes: UnsafeRawPointer, _ place: UInt, _ columns: UnsafePointer<Float>) -> UInt {
    // The engine checked that places are those of nodes, and columns those of the row.
    let node = unsafe nodes + Int(bitPattern: place &<< 3)
    let threshold = unsafe node.load(as: Float.self)
    let column = unsafe node.load(fromByteOffset: 4, as: UInt32.self)
    let left = unsafe node.load(fromByteOffset: 8, as: UInt32.self)
    let goesRight = unsafe columns[Int(column)] >= threshold
    return UInt(left) &+ (goesRight ? 2 : 0)
}

/// The leaf at the place where a walk ends.
@inline(__always)
func leaf(_ nodes: UnsafeRawPointer, _ place: UInt) -> UInt32 {
    // A walk ends at the place of a node.
    unsafe (nodes + Int(bitPattern: place &<< 3)).load(fromByteOffset: 12, as: UInt32.self)
}

@inline(__always)
private func walk(
    _ nodes: UnsafeRawPointer, _ group: borrowing rowan_walk_group, _ columns: UnsafePointer<Float>
) -> EightLeaves {
    let roots = group.roots
    var (a, b, c, d) = (UInt(roots.0), UInt(roots.1), UInt(roots.2), UInt(roots.3))
    var (e, f, g, h) = (UInt(roots.4), UInt(roots.5), UInt(roots.6), UInt(roots.7))
    var level: UInt32 = 0
    while level < group.depth {
        // The pointers are those this function was called with.
        unsafe a = child(nodes, a, columns)
        unsafe b = child(nodes, b, columns)
        unsafe c = child(nodes, c, columns)
        unsafe d = child(nodes, d, columns)
        unsafe e = child(nodes, e, columns)
        unsafe f = child(nodes, f, columns)
        unsafe g = child(nodes, g, columns)
        unsafe h = child(nodes, h, columns)
        level &+= 1
    }
    return unsafe (
        leaf(nodes, a), leaf(nodes, b), leaf(nodes, c), leaf(nodes, d),
        leaf(nodes, e), leaf(nodes, f), leaf(nodes, g), leaf(nodes, h)
    )
}

/// Calls `body` with the leaf of every tree, in tree order.
@inline(__always)
private func forEachLeaf(
    _ nodes: UnsafeRawPointer, _ groups: UnsafePointer<rowan_walk_group>, _ groupCount: Int,
    _ columns: UnsafePointer<Float>, _ body: (UInt32) -> Void
) {
    var index = 0
    while index < groupCount {
        // `index` is below the count of groups that the engine passed.
        let group = unsafe groups + index
        let leaves = unsafe walk(nodes, group.pointee, columns)
        let count = unsafe group.pointee.tree_count
        body(leaves.0)
        if count > 1 { body(leaves.1) }
        if count > 2 { body(leaves.2) }
        if count > 3 { body(leaves.3) }
        if count > 4 { body(leaves.4) }
        if count > 5 { body(leaves.5) }
        if count > 6 { body(leaves.6) }
        if count > 7 { body(leaves.7) }
        index &+= 1
    }
}

/// Adds the leaf values of all trees to a float32 sum, in tree order.
@inline(never)
package func walkTreesFloat(
    nodes: UnsafeRawPointer, groups: UnsafePointer<rowan_walk_group>, groupCount: Int, columns: UnsafePointer<Float>,
    values: UnsafePointer<Float>, start: Float
) -> Float {
    var sum = start
    // Leaves are indices into `values`.
    unsafe forEachLeaf(nodes, groups, groupCount, columns) { leaf in unsafe sum += values[Int(leaf)] }
    return sum
}

/// Adds the leaf values of all trees to a float64 sum, in tree order.
@inline(never)
package func walkTreesDouble(
    nodes: UnsafeRawPointer, groups: UnsafePointer<rowan_walk_group>, groupCount: Int, columns: UnsafePointer<Float>,
    values: UnsafePointer<Double>, start: Double
) -> Double {
    var sum = start
    // Leaves are indices into `values`.
    unsafe forEachLeaf(nodes, groups, groupCount, columns) { leaf in unsafe sum += values[Int(leaf)] }
    return sum
}

/// Writes the leaf of every tree, as an index into the forest's leaves.
@inline(never)
package func walkTreesToLeaves(
    nodes: UnsafeRawPointer, groups: UnsafePointer<rowan_walk_group>, groupCount: Int, columns: UnsafePointer<Float>,
    leaves: UnsafeMutablePointer<UInt32>
) {
    var tree = 0
    unsafe forEachLeaf(nodes, groups, groupCount, columns) { leaf in
        // There is room for one leaf per tree.
        unsafe leaves[tree] = leaf
        tree &+= 1
    }
}

/// The leaf that an oblivious tree leads to: bit `i` of its number answers split `i`.
@inline(__always)
private func leaf(
    of tree: rowan_oblivious_tree, _ splits: UnsafePointer<rowan_split>, _ columns: UnsafePointer<Float>
) -> UInt32 {
    var leaf: UInt32 = 0
    var level: UInt32 = 0
    // The engine checked that splits are those of the tree, and columns those of the row.
    let first = unsafe splits + Int(tree.first_split)
    while level < tree.depth {
        let split = unsafe first[Int(level)]
        let goesRight: UInt32 = unsafe columns[Int(split.column)] >= split.threshold ? 1 : 0
        leaf |= goesRight &<< level
        level &+= 1
    }
    return tree.first_leaf &+ leaf
}

/// Adds the leaf values of all oblivious trees to a float32 sum, in tree order.
@inline(never)
package func answerSplitsFloat(
    trees: UnsafePointer<rowan_oblivious_tree>, treeCount: Int, splits: UnsafePointer<rowan_split>,
    columns: UnsafePointer<Float>, values: UnsafePointer<Float>, start: Float
) -> Float {
    var sum = start
    var tree = 0
    while tree < treeCount {
        // Leaves are indices into `values`.
        unsafe sum += values[Int(leaf(of: trees[tree], splits, columns))]
        tree &+= 1
    }
    return sum
}

/// Adds the leaf values of all oblivious trees to a float64 sum, in tree order.
@inline(never)
package func answerSplitsDouble(
    trees: UnsafePointer<rowan_oblivious_tree>, treeCount: Int, splits: UnsafePointer<rowan_split>,
    columns: UnsafePointer<Float>, values: UnsafePointer<Double>, start: Double
) -> Double {
    var sum = start
    var tree = 0
    while tree < treeCount {
        // Leaves are indices into `values`.
        unsafe sum += values[Int(leaf(of: trees[tree], splits, columns))]
        tree &+= 1
    }
    return sum
}

/// Writes the leaf of every oblivious tree, as an index into the forest's leaves.
@inline(never)
package func answerSplitsToLeaves(
    trees: UnsafePointer<rowan_oblivious_tree>, treeCount: Int, splits: UnsafePointer<rowan_split>,
    columns: UnsafePointer<Float>, leaves: UnsafeMutablePointer<UInt32>
) {
    var tree = 0
    while tree < treeCount {
        // There is room for one leaf per tree.
        unsafe leaves[tree] = leaf(of: trees[tree], splits, columns)
        tree &+= 1
    }
}
