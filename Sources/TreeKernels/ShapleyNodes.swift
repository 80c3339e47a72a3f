// The nodes above the twigs: the products above them and the values below them stand in memory, level by level.
import CVectorPrimitives

/// Comes to a node: the products above it, for its subtrees.
@inline(__always)
func enter<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, _ points: ShapleyPoints<Lanes>,
    _ place: ShapleyPlace
) {
    // A level has room for a vector for each point, and for its masks; the node is one of the block's.
    let own = unsafe ShapleyLevel<Lanes>(block, place.level)
    unsafe points.writeFactors(of: node, own.factors)
    let asked = unsafe ShapleyNode<Lanes>(
        block, node, own.factors, difference: 1, isRepeated: node.pointee.earlier_level >= 0)
    if place.isRoot {
        for vector in unsafe 0..<block.vector_count {
            let products = unsafe own.values(part: 0, vector: vector)
            for point in 0..<points.count {
                unsafe Lanes.store(points.weight(point), products + point &* Lanes.rowCount)
            }
            own.store(asked.ask(vector: vector), vector: vector)
        }
        return
    }
    let edge = unsafe ShapleyEdge<Lanes>(block, place)
    for vector in unsafe 0..<block.vector_count {
        let products = unsafe own.values(part: 0, vector: vector)
        let (turn, above) = unsafe (edge.turn(vector: vector), edge.products(vector: vector))
        for point in 0..<points.count {
            unsafe Lanes.store(edge.product(above, turn, point), products + point &* Lanes.rowCount)
        }
        // The edge's mask comes first: the node may ask for its feature again.
        own.store(asked.ask(vector: vector), vector: vector)
    }
}

/// Has been in both subtrees of a node, of which one may be a leaf, a root's both: its value, and what its feature
/// adds.
@inline(__always)
func leave<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, _ points: ShapleyPoints<Lanes>,
    _ place: ShapleyPlace
) {
    // Each call is compiled for the node's kind, so that nothing is asked for at every point.
    switch unsafe (node.pointee.leaf_children, node.pointee.earlier_level >= 0) {
    case (1, false): unsafe sumUp(block, node, points, place, leftIsLeaf: true)
    case (2, false): unsafe sumUp(block, node, points, place, rightIsLeaf: true)
    case (3, false): unsafe sumUp(block, node, points, place, leftIsLeaf: true, rightIsLeaf: true)
    case (_, false): unsafe sumUp(block, node, points, place)
    case (1, true): unsafe sumUp(block, node, points, place, leftIsLeaf: true, isRepeated: true)
    case (2, true): unsafe sumUp(block, node, points, place, rightIsLeaf: true, isRepeated: true)
    case (_, true): unsafe sumUp(block, node, points, place, isRepeated: true)
    }
}

@inline(__always)
private func sumUp<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, _ points: ShapleyPoints<Lanes>,
    _ place: ShapleyPlace, leftIsLeaf: Bool = false, rightIsLeaf: Bool = false,
    isRepeated: Bool = false
) {
    // The levels of the node and of its children exist, and the walk has filled them.
    let own = unsafe ShapleyLevel<Lanes>(block, place.level)
    let below = unsafe ShapleyLevel<Lanes>(block, place.level &+ 1)
    let leftLeaf = unsafe Lanes.of(Lanes.Number(node.pointee.left_value))
    let rightLeaf = unsafe Lanes.of(Lanes.Number(node.pointee.right_value))
    let asked = unsafe ShapleyNode<Lanes>(block, node, own.factors, difference: 1, isRepeated: isRepeated)
    for vector in unsafe 0..<block.vector_count {
        let turn = own.turn(vector: vector)
        let products = unsafe own.values(part: 0, vector: vector)
        let values = unsafe own.values(part: place.isRight ? 2 : 1, vector: vector)
        let leftValues = unsafe below.values(part: 1, vector: vector)
        let rightValues = unsafe below.values(part: 2, vector: vector)
        var sum = Lanes.of(0)
        for point in 0..<points.count {
            let offset = point &* Lanes.rowCount
            let left = unsafe leftIsLeaf ? leftLeaf : Lanes.load(leftValues + offset)
            let right = unsafe rightIsLeaf ? rightLeaf : Lanes.load(rightValues + offset)
            let difference = Lanes.subtract(right, left)
            let value = Lanes.add(left, Lanes.multiply(difference, asked.factor(turn, right: true, point)))
            unsafe Lanes.store(value, values + offset)
            let product = unsafe asked.weighted(Lanes.load(products + offset), point)
            sum = Lanes.add(sum, Lanes.multiply(product, difference))
        }
        asked.add(sum, of: turn, vector: vector)
    }
}
