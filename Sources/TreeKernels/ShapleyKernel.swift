// Shapley values of a few rows through the whole forest, one number per row in a vector: a float or a double.
//
// A leaf's value counts for a row by the product over the different features i of its path of r_i (1 - t) + o_i t: r_i
// is the share of the cover that takes the path's edges of i, o_i is 1 where the row takes them too, t runs from 0
// (the mean of all rows) to 1 (this row). The Shapley value of a feature is the integral of what it adds on the way;
// the integrand is a polynomial, so that a few Gauss-Legendre points give it exactly. With every point a number of its
// own, a walk through a tree needs per inner node and point:
//
// - coming to a node, the weighted product of the factors above it: the parent's times that of the edge;
// - leaving it, the value of its subtree: left + (right - left) x factor of the right edge;
// - for the node's feature: product above x (right - left) x share of the side that the row does not take.
//
// A feature that the path has asked for before stands as a factor in the product already. For a row that has followed
// its edges so far with the share r, the node is one like others in the variable u = t / (t + r (1 - t)), whose density
// is r / (t + r (1 - t))^2; to a row that has not, the node's edges are mere shares, and it adds nothing.
//
// Nodes on whose paths little is left, twigs, are come to and left at once (ShapleyTwigs.swift): up to three nodes
// whose products and values never leave the registers. They are two thirds of a balanced tree. ShapleyNodes.swift has
// the nodes above them.
//
// Products are never divided and subtrees never subtracted from sums, so nothing cancels but left against right; the
// evaluator, which takes leaves relative to their tree's mean, measures what is left of a float and decides.
// What limits it: about eleven vector instructions per node, point and vector of rows above the twigs, nine within.
package import CVectorPrimitives

/// Rows in one vector of doubles.
package var shapleyDoubleRowCount: Int { DoubleLanes.rowCount }

/// Rows in one vector of floats.
package var shapleyFloatRowCount: Int { FloatLanes.rowCount }

/// Bytes of the mask of one vector of doubles.
package var shapleyDoubleMaskByteCount: Int { DoubleLanes.maskByteCount }

/// Bytes of the mask of one vector of floats.
package var shapleyFloatMaskByteCount: Int { FloatLanes.maskByteCount }

/// Writes the Shapley values of a block of rows as doubles, before scale and without the mean.
@inline(never)
package func computeShapleyDoubles(_ block: borrowing rowan_shapley_block) {
    unsafe computeShapleyValues(block, DoubleLanes.self)
}

/// The same as floats.
@inline(never)
package func computeShapleyFloats(_ block: borrowing rowan_shapley_block) {
    unsafe computeShapleyValues(block, FloatLanes.self)
}

@inline(__always)
private func computeShapleyValues<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _ lanes: Lanes.Type
) {
    // There is a vector for every sum and every column.
    if unsafe block.fills_columns { unsafe fillColumns(block, lanes) }
    let zero = Lanes.of(0)
    let sums = unsafe block.sums.assumingMemoryBound(to: Lanes.Number.self)
    for index in unsafe 0..<block.sum_count &* block.vector_count {
        unsafe Lanes.store(zero, sums + index &* Lanes.rowCount)
    }
    for index in unsafe 0..<block.tree_count {
        // Steps and points are those of the tree, as the evaluator laid them out.
        let tree = unsafe block.trees[index]
        var (number, remaining) = (Int(tree.first_walk), Int(tree.point_count))
        while remaining > 0 {
            let points = unsafe block.points.assumingMemoryBound(to: Lanes.Number.self)
            unsafe walk(
                block, tree,
                ShapleyPoints<Lanes>(
                    numbers: points + number &* Int(rowan_walk_number_count),
                    count: min(remaining, Int(rowan_walk_point_count))))
            number &+= 1
            remaining &-= Int(rowan_walk_point_count)
        }
    }
}

@inline(__always)
private func walk<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _ tree: rowan_shapley_tree, _ points: ShapleyPoints<Lanes>
) {
    var level = 0
    let first = Int(tree.first_step)
    for index in first..<first &+ Int(tree.step_count) {
        // A step names a node of the tree, and levels follow from the steps; the evaluator counted them.
        let step = unsafe block.steps[index]
        let number = step &>> UInt32(rowan_step_node_shift)
        let node = unsafe block.nodes + Int(number)
        let place = ShapleyPlace(
            level: level, isRoot: step & UInt32(rowan_step_root) != 0, isRight: step & UInt32(rowan_step_right) != 0)
        switch step & UInt32(rowan_step_action) {
        case UInt32(rowan_step_enter):
            unsafe block.level_nodes[level] = number
            unsafe enter(block, node, points, place)
            level &+= 1
        case UInt32(rowan_step_leave):
            level &-= 1
            let own = ShapleyPlace(level: level, isRoot: place.isRoot, isRight: place.isRight)
            unsafe leave(block, node, points, own)
        default:
            let forks = step & UInt32(rowan_step_left_fork | rowan_step_right_fork)
            unsafe visit(block, node, points, place, forks: forks)
        }
    }
}

/// Writes what the trees compare, a vector of rows behind the other; vectors behind the last row repeat it.
@inline(__always)
private func fillColumns<Lanes: ShapleyLanes>(_ block: borrowing rowan_shapley_block, _: Lanes.Type) {
    let rowCapacity = unsafe block.vector_count &* Lanes.rowCount
    let columns = unsafe block.column_values.assumingMemoryBound(to: Lanes.Number.self)
    for column in unsafe 0..<block.column_count {
        // Features are those of the rows; there is a value for every row of every column.
        let feature = unsafe block.rows + Int(block.column_features[column])
        let values = unsafe columns + column &* rowCapacity
        for row in 0..<rowCapacity {
            let existing = unsafe min(row, block.row_count &- 1)
            var value = unsafe feature[existing &* block.feature_count]
            if unsafe column >= block.missing_high_end {
                value = value.isNaN ? .infinity : -.infinity
            } else if unsafe column >= block.kept_end && value.isNaN {
                value = .infinity
            }
            unsafe values[row] = Lanes.Number(value)
        }
    }
}
