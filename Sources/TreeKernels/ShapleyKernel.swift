// Shapley values of a few rows through the whole forest, one double per row in a vector.
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
// Products are never divided and subtrees never subtracted from sums, so nothing cancels but left against right.
// What limits it: about ten vector instructions per inner node, point and vector of rows.
package import CVectorPrimitives

/// Rows in one vector.
package var shapleyVectorRowCount: Int { Int(rowan_double_count) }

/// Bytes of the mask of one vector.
package var shapleyMaskByteCount: Int { Int(rowan_mask_byte_count) }

/// Writes the Shapley values of a block of rows, before scale and without the mean.
@inline(never)
package func computeShapleyValues(_ block: borrowing rowan_shapley_block) {
    unsafe fillColumns(block)
    let zero = rowan_vector_of(0)
    for index in unsafe 0..<block.sum_count &* block.vector_count {
        // There is a vector for every sum.
        unsafe rowan_vector_store(block.sums + index &* Int(rowan_double_count), zero)
    }
    for index in unsafe 0..<block.tree_count {
        // Steps and points are those of the tree, as the evaluator laid them out.
        let tree = unsafe block.trees[index]
        var point = 0
        while point < Int(tree.point_count) {
            let count = min(Int(tree.point_count) &- point, Int(rowan_walk_point_count))
            let points = unsafe block.points + (Int(tree.first_point) &+ point)
            unsafe walk(block, tree, ShapleyPoints(first: points, count: count))
            point &+= count
        }
    }
}

/// The points that one walk carries.
@safe
private struct ShapleyPoints {
    let first: UnsafePointer<rowan_quadrature_point>
    let count: Int
}

/// Where the numbers of one level of the walk stand.
@safe
private struct ShapleyLevel {
    let factors: UnsafeMutablePointer<Double>
    let values: UnsafeMutablePointer<Double>
    let masks: UnsafeMutablePointer<UInt8>

    /// - Precondition: the block has the level.
    @inline(__always)
    init(_ block: borrowing rowan_shapley_block, _ level: Int) {
        let vectors = unsafe 3 &* block.vector_count &* level
        // The block has room for these of every level.
        unsafe factors = block.factors + level &* Int(rowan_level_factor_count)
        unsafe values =
            block.level_values + vectors &* block.walk_point_count &* Int(rowan_double_count)
        unsafe masks = block.masks + vectors &* Int(rowan_mask_byte_count)
    }
}

/// Offset of the numbers of one vector of rows among those of a level: `part` 0 is the product above, 1 and 2 are the
/// values of the left and the right node.
@inline(__always)
private func valueOffset(_ block: borrowing rowan_shapley_block, part: Int, vector: Int) -> Int {
    unsafe (part &* block.vector_count &+ vector) &* block.walk_point_count &* Int(rowan_double_count)
}

/// Offset of a mask: `part` 0 is who goes right, 1 who has followed, 2 who follows the edge taken.
@inline(__always)
private func maskOffset(_ block: borrowing rowan_shapley_block, part: Int, vector: Int) -> Int {
    unsafe (part &* block.vector_count &+ vector) &* Int(rowan_mask_byte_count)
}

@inline(__always)
private func walk(_ block: borrowing rowan_shapley_block, _ tree: rowan_shapley_tree, _ points: ShapleyPoints) {
    var level = 0
    let first = Int(tree.first_step)
    for index in first..<first &+ Int(tree.step_count) {
        // A step names a node of the tree, and levels follow from the steps; the evaluator counted them.
        let step = unsafe block.steps[index]
        let number = step &>> UInt32(rowan_step_node_shift)
        let node = unsafe block.nodes + Int(number)
        let isRoot = step & UInt32(rowan_step_root) != 0
        let isRight = step & UInt32(rowan_step_right) != 0
        switch step & UInt32(rowan_step_action) {
        case UInt32(rowan_step_enter):
            unsafe writeFactors(node, points, ShapleyLevel(block, level).factors)
            unsafe block.level_nodes[level] = number
            unsafe enter(block, node, points, level: level, isRoot: isRoot, isRight: isRight)
            level &+= 1
        case UInt32(rowan_step_leave):
            level &-= 1
            unsafe leave(block, node, points, level: level, isRight: isRight)
        default:
            unsafe writeFactors(node, points, ShapleyLevel(block, level).factors)
            unsafe visit(block, node, points, level: level, isRoot: isRoot, isRight: isRight)
        }
    }
}

/// Writes the factors of a node's edges at the points, for rows that have followed the edges of its feature so far.
@inline(__always)
private func writeFactors(
    _ node: UnsafePointer<rowan_shapley_node>, _ points: ShapleyPoints, _ factors: UnsafeMutablePointer<Double>
) {
    // A level has five factors for each point.
    let width = Int(rowan_walk_point_count)
    let (left, right) = unsafe (node.pointee.left_share, node.pointee.right_share)
    let earlier = unsafe node.pointee.earlier_share
    let isFirst = unsafe node.pointee.earlier_level < 0
    for index in 0..<points.count {
        let point = unsafe points.first[index]
        var (variable, complement, density) = (point.position, point.complement, 1.0)
        if !isFirst {
            let total = variable + earlier * complement
            variable /= total
            complement = earlier * complement / total
            density = earlier / (total * total)
        }
        let (leftAlone, rightAlone) = (left * complement, right * complement)
        unsafe factors[index] = rightAlone + variable
        unsafe factors[width &+ index] = rightAlone
        unsafe factors[2 &* width &+ index] = leftAlone + variable
        unsafe factors[3 &* width &+ index] = leftAlone
        unsafe factors[4 &* width &+ index] = density
    }
}

/// Finds out which rows go right at a node and which have followed the edges of its feature so far.
@inline(__always)
private func ask(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, vector: Int
) -> (right: rowan_mask, followed: rowan_mask) {
    // The node's column is one of the block's, the earlier level one above the node's.
    let offset = unsafe (Int(node.pointee.column) &* block.vector_count &+ vector) &* Int(rowan_double_count)
    let right = unsafe rowan_mask_at_least(block.column_values + offset, node.pointee.threshold)
    let earlier = unsafe Int(node.pointee.earlier_level)
    guard earlier >= 0 else { return (right, rowan_mask_all()) }
    let masks = unsafe ShapleyLevel(block, earlier).masks + maskOffset(block, part: 2, vector: vector)
    return (right, unsafe rowan_mask_load(masks))
}

/// The edge above a node, for one vector of rows.
@safe
private struct ShapleyEdge {
    /// The weighted products above the parent.
    let products: UnsafePointer<Double>
    /// Factors of rows that follow the edge; those of rows that do not stand behind them.
    let factors: UnsafePointer<Double>
    let share: rowan_doubles
    let follows: rowan_mask
    let followed: rowan_mask
    let isRepeated: Bool

    /// - Precondition: the level is not the root's.
    @inline(__always)
    init(
        _ block: borrowing rowan_shapley_block, level: Int, vector: Int, isRight: Bool
    ) {
        // The block has the level above, and the walk has come to its node.
        let parent = unsafe block.nodes + Int(block.level_nodes[level &- 1])
        let above = unsafe ShapleyLevel(block, level &- 1)
        let right = unsafe rowan_mask_load(above.masks + maskOffset(block, part: 0, vector: vector))
        unsafe followed = rowan_mask_load(above.masks + maskOffset(block, part: 1, vector: vector))
        follows = isRight ? rowan_mask_and(followed, right) : rowan_mask_without(followed, right)
        unsafe rowan_mask_store(above.masks + maskOffset(block, part: 2, vector: vector), follows)
        unsafe products = UnsafePointer(above.values + valueOffset(block, part: 0, vector: vector))
        unsafe factors = UnsafePointer(above.factors + (isRight ? 0 : 2 &* Int(rowan_walk_point_count)))
        unsafe share = rowan_vector_of(isRight ? parent.pointee.right_share : parent.pointee.left_share)
        unsafe isRepeated = parent.pointee.earlier_level >= 0
    }

    /// The weighted product above the edge's node at a point.
    @inline(__always)
    func product(_ point: Int) -> rowan_doubles {
        // Points are below the count of the walk.
        let (yes, no) = unsafe (factors[point], factors[Int(rowan_walk_point_count) &+ point])
        var factor = rowan_vector_choose(follows, rowan_vector_of(yes), rowan_vector_of(no))
        if isRepeated { factor = rowan_vector_choose(followed, factor, share) }
        return unsafe rowan_vector_multiply(
            rowan_vector_load(products + point &* Int(rowan_double_count)), factor)
    }
}

/// Comes to a node: the products above it, for its subtrees.
@inline(__always)
private func enter(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, _ points: ShapleyPoints,
    level: Int, isRoot: Bool, isRight: Bool
) {
    let own = unsafe ShapleyLevel(block, level)
    for vector in unsafe 0..<block.vector_count {
        // A level has room for a vector for each point, and for its masks.
        let products = unsafe own.values + valueOffset(block, part: 0, vector: vector)
        if isRoot {
            for point in 0..<points.count {
                unsafe rowan_vector_store(
                    products + point &* Int(rowan_double_count), rowan_vector_of(points.first[point].weight))
            }
        } else {
            let edge = unsafe ShapleyEdge(block, level: level, vector: vector, isRight: isRight)
            for point in 0..<points.count {
                unsafe rowan_vector_store(products + point &* Int(rowan_double_count), edge.product(point))
            }
        }
        let (right, followed) = unsafe ask(block, node, vector: vector)
        unsafe rowan_mask_store(own.masks + maskOffset(block, part: 0, vector: vector), right)
        unsafe rowan_mask_store(own.masks + maskOffset(block, part: 1, vector: vector), followed)
    }
}

/// Has been in both subtrees of a node, of which one may be a leaf: its value, and what its feature adds.
@inline(__always)
private func leave(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, _ points: ShapleyPoints,
    level: Int, isRight: Bool
) {
    // The levels of the node and of its children exist, and the walk has filled them.
    let own = unsafe ShapleyLevel(block, level)
    let leafChildren = unsafe node.pointee.leaf_children
    let leftLeaf = unsafe rowan_vector_of(node.pointee.left_value)
    let rightLeaf = unsafe rowan_vector_of(node.pointee.right_value)
    let below = unsafe ShapleyLevel(block, level &+ 1)
    for vector in unsafe 0..<block.vector_count {
        let turn = unsafe ShapleyTurn(
            node, own.factors,
            right: rowan_mask_load(own.masks + maskOffset(block, part: 0, vector: vector)),
            followed: rowan_mask_load(own.masks + maskOffset(block, part: 1, vector: vector)))
        let products = unsafe own.values + valueOffset(block, part: 0, vector: vector)
        let values = unsafe own.values + valueOffset(block, part: isRight ? 2 : 1, vector: vector)
        let leftValues = unsafe below.values + valueOffset(block, part: 1, vector: vector)
        let rightValues = unsafe below.values + valueOffset(block, part: 2, vector: vector)
        var sum = rowan_vector_of(0)
        for point in 0..<points.count {
            let offset = point &* Int(rowan_double_count)
            let left = unsafe leafChildren & 1 != 0 ? leftLeaf : rowan_vector_load(leftValues + offset)
            let right = unsafe leafChildren & 2 != 0 ? rightLeaf : rowan_vector_load(rightValues + offset)
            let difference = rowan_vector_subtract(right, left)
            unsafe rowan_vector_store(values + offset, turn.value(left, difference, point))
            let product = unsafe turn.weighted(rowan_vector_load(products + offset), point)
            sum = rowan_vector_add(sum, rowan_vector_multiply(product, difference))
        }
        unsafe turn.add(sum, to: block, vector: vector)
    }
}

/// Comes to a node with two leaves and leaves it.
@inline(__always)
private func visit(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, _ points: ShapleyPoints,
    level: Int, isRoot: Bool, isRight: Bool
) {
    // The node's level exists, the walk has filled the one above.
    let own = unsafe ShapleyLevel(block, level)
    let left = unsafe rowan_vector_of(node.pointee.left_value)
    let difference = unsafe rowan_vector_of(node.pointee.right_value - node.pointee.left_value)
    for vector in unsafe 0..<block.vector_count {
        // The edge's mask comes first: the node may ask for its feature again.
        var sum = rowan_vector_of(0)
        if isRoot {
            let (right, followed) = unsafe ask(block, node, vector: vector)
            let turn = unsafe ShapleyTurn(node, own.factors, right: right, followed: followed)
            for point in 0..<points.count {
                sum = unsafe rowan_vector_add(sum, rowan_vector_of(points.first[point].weight))
            }
            unsafe turn.add(rowan_vector_multiply(sum, difference), to: block, vector: vector)
            continue
        }
        let edge = unsafe ShapleyEdge(block, level: level, vector: vector, isRight: isRight)
        let (right, followed) = unsafe ask(block, node, vector: vector)
        let turn = unsafe ShapleyTurn(node, own.factors, right: right, followed: followed)
        let values = unsafe own.values + valueOffset(block, part: isRight ? 2 : 1, vector: vector)
        for point in 0..<points.count {
            unsafe rowan_vector_store(
                values + point &* Int(rowan_double_count), turn.value(left, difference, point))
            sum = rowan_vector_add(sum, turn.weighted(edge.product(point), point))
        }
        unsafe turn.add(rowan_vector_multiply(sum, difference), to: block, vector: vector)
    }
}

/// What one vector of rows does at a node.
@safe
private struct ShapleyTurn {
    let node: UnsafePointer<rowan_shapley_node>
    let factors: UnsafePointer<Double>
    let right: rowan_mask
    let followed: rowan_mask
    let rightShare: rowan_doubles
    let isRepeated: Bool

    @inline(__always)
    init(
        _ node: UnsafePointer<rowan_shapley_node>, _ factors: UnsafePointer<Double>, right: rowan_mask,
        followed: rowan_mask
    ) {
        unsafe self.node = node
        unsafe self.factors = factors
        self.right = right
        self.followed = followed
        // The node is one of the block's.
        unsafe rightShare = rowan_vector_of(node.pointee.right_share)
        unsafe isRepeated = node.pointee.earlier_level >= 0
    }

    /// The value of the node's subtree at a point.
    @inline(__always)
    func value(_ left: rowan_doubles, _ difference: rowan_doubles, _ point: Int) -> rowan_doubles {
        // Points are below the count of the walk.
        let (yes, no) = unsafe (factors[point], factors[Int(rowan_walk_point_count) &+ point])
        var factor = rowan_vector_choose(right, rowan_vector_of(yes), rowan_vector_of(no))
        if isRepeated { factor = rowan_vector_choose(followed, factor, rightShare) }
        return rowan_vector_add(left, rowan_vector_multiply(difference, factor))
    }

    /// A product in the node's own variable.
    @inline(__always)
    func weighted(_ product: rowan_doubles, _ point: Int) -> rowan_doubles {
        guard isRepeated else { return product }
        // Points are below the count of the walk.
        return unsafe rowan_vector_multiply(
            product, rowan_vector_of(factors[4 &* Int(rowan_walk_point_count) &+ point]))
    }

    /// Adds what the feature adds: to rows that go right the left share of right - left, to others the right share of
    /// left - right.
    @inline(__always)
    func add(_ integral: rowan_doubles, to block: borrowing rowan_shapley_block, vector: Int) {
        // The node's sum is one of the block's.
        let sums =
            unsafe block.sums + (Int(node.pointee.sum) &* block.vector_count &+ vector) &* Int(rowan_double_count)
        var share = unsafe rowan_vector_choose(
            right, rowan_vector_of(node.pointee.left_share), rowan_vector_of(-node.pointee.right_share))
        if isRepeated { share = rowan_vector_choose(followed, share, rowan_vector_of(0)) }
        unsafe rowan_vector_store(
            sums, rowan_vector_add(rowan_vector_load(sums), rowan_vector_multiply(integral, share)))
    }
}

/// Writes what the trees compare, a vector of rows behind the other; vectors behind the last row repeat it.
@inline(__always)
private func fillColumns(_ block: borrowing rowan_shapley_block) {
    let rowCapacity = unsafe block.vector_count &* Int(rowan_double_count)
    for column in unsafe 0..<block.column_count {
        // Features are those of the rows; there is a value for every row of every column.
        let feature = unsafe block.rows + Int(block.column_features[column])
        let values = unsafe block.column_values + column &* rowCapacity
        for row in 0..<rowCapacity {
            let existing = unsafe min(row, block.row_count &- 1)
            var value = unsafe Double(feature[existing &* block.feature_count])
            if unsafe column >= block.missing_high_end {
                value = value.isNaN ? .infinity : -.infinity
            } else if unsafe column >= block.kept_end && value.isNaN {
                value = .infinity
            }
            unsafe values[row] = value
        }
    }
}
