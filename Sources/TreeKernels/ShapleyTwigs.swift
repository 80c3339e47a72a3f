// Twigs: a node whose children are leaves or forks, nodes of two leaves. It and its forks are come to and left at once,
// and of all that is computed for them at a point only the value goes to memory.
import CVectorPrimitives

/// Comes to a twig and leaves it.
///
/// A root is none, so that there is an edge above.
@inline(__always)
func visit<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, _ points: ShapleyPoints<Lanes>,
    _ place: ShapleyPlace, forks: UInt32
) {
    // The nodes of a twig stand one behind the other.
    var isRepeated = false
    for index in 0...(forks & (forks &- 1) != 0 ? 2 : forks != 0 ? 1 : 0) {
        unsafe points.writeFactors(of: node + index, twigFactors(block, Lanes.self, index))
        if unsafe node[index].earlier_level >= 0 { isRepeated = true }
    }
    // There is a function for each shape, so that nothing is asked for at every point.
    let (left, right) = (UInt32(rowan_step_left_fork), UInt32(rowan_step_right_fork))
    switch (forks, isRepeated) {
    case (0, false): unsafe Twig<Lanes, No, No, No>.visit(block, node, points, place)
    case (left, false): unsafe Twig<Lanes, Yes, No, No>.visit(block, node, points, place)
    case (right, false): unsafe Twig<Lanes, No, Yes, No>.visit(block, node, points, place)
    case (_, false): unsafe Twig<Lanes, Yes, Yes, No>.visit(block, node, points, place)
    case (0, true): unsafe Twig<Lanes, No, No, Yes>.visit(block, node, points, place)
    case (left, true): unsafe Twig<Lanes, Yes, No, Yes>.visit(block, node, points, place)
    case (right, true): unsafe Twig<Lanes, No, Yes, Yes>.visit(block, node, points, place)
    case (_, true): unsafe Twig<Lanes, Yes, Yes, Yes>.visit(block, node, points, place)
    }
}

/// What a function is compiled for.
private protocol Answer {
    static var isYes: Bool { get }
}

private enum Yes: Answer {
    static var isYes: Bool { true }
}

private enum No: Answer {
    static var isYes: Bool { false }
}

/// The factors of a node of a twig.
@inline(__always)
private func twigFactors<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _: Lanes.Type, _ index: Int
) -> UnsafeMutablePointer<Lanes.Number> {
    // They stand behind those of the levels.
    unsafe shapleyFactors(block, Lanes.self, block.level_count &+ index)
}

/// A node of a twig.
@inline(__always)
private func twigNode<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>, _ index: Int,
    difference: Double, _ isRepeated: Bool
) -> ShapleyNode<Lanes> {
    // Of a twig with repeated features not every node has one.
    unsafe ShapleyNode(
        block, node, twigFactors(block, Lanes.self, index), difference: difference,
        isRepeated: isRepeated && node.pointee.earlier_level >= 0)
}

/// The leaves of a node, for every row.
private struct TwigLeaves<Lanes: ShapleyLanes> {
    let left: Lanes.Vector
    let right: Lanes.Vector
    let difference: Lanes.Vector
    let exactDifference: Double

    @inline(__always)
    init(of node: UnsafePointer<rowan_shapley_node>) {
        // The node is one of the block's.
        let (left, right) = unsafe (node.pointee.left_value, node.pointee.right_value)
        exactDifference = right - left
        self.left = Lanes.of(Lanes.Number(left))
        self.right = Lanes.of(Lanes.Number(right))
        difference = Lanes.of(Lanes.Number(exactDifference))
    }

    /// The value of the node at a point.
    @inline(__always)
    func value(_ factor: Lanes.Vector) -> Lanes.Vector {
        Lanes.add(left, Lanes.multiply(difference, factor))
    }
}

/// Twigs of one shape: which children are forks, and whether a node asks for a feature that its path has asked for.
private enum Twig<Lanes: ShapleyLanes, Left: Answer, Right: Answer, Repeated: Answer> {
    @inline(never)
    static func visit(
        _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>,
        _ points: ShapleyPoints<Lanes>, _ place: ShapleyPlace
    ) {
        let (leftForks, rightForks, isRepeated) = (Left.isYes, Right.isYes, Repeated.isYes)
        // The node's level exists, the walk has filled the one above.
        let own = unsafe ShapleyLevel<Lanes>(block, place.level)
        let leaf = unsafe TwigLeaves<Lanes>(of: node)
        let leftFork = unsafe leftForks ? node + 1 : node
        let rightFork = unsafe rightForks ? node + (leftForks ? 2 : 1) : node
        let (leftLeaves, rightLeaves) = unsafe (TwigLeaves<Lanes>(of: leftFork), TwigLeaves<Lanes>(of: rightFork))
        let hasForks = leftForks || rightForks
        let top: ShapleyNode<Lanes> = unsafe twigNode(
            block, node, 0, difference: hasForks ? 1 : leaf.exactDifference, isRepeated)
        // Without forks these are not used.
        let leftNode: ShapleyNode<Lanes> =
            unsafe leftForks
            ? twigNode(block, leftFork, 1, difference: leftLeaves.exactDifference, isRepeated) : top
        let rightNode: ShapleyNode<Lanes> =
            unsafe rightForks
            ? twigNode(block, rightFork, leftForks ? 2 : 1, difference: rightLeaves.exactDifference, isRepeated) : top
        let edge = unsafe ShapleyEdge<Lanes>(block, place)
        for vector in unsafe 0..<block.vector_count {
            let values = unsafe own.values(part: place.isRight ? 2 : 1, vector: vector)
            let (above, products) = unsafe (edge.turn(vector: vector), edge.products(vector: vector))
            let turn = top.ask(vector: vector)
            // A fork may ask for the node's feature again.
            var (leftTurn, rightTurn) = (turn, turn)
            if leftForks {
                unsafe Lanes.storeMask(turn.follows(right: false), own.mask(part: 2, vector: vector))
                leftTurn = leftNode.ask(vector: vector)
            }
            if rightForks {
                unsafe Lanes.storeMask(turn.follows(right: true), own.mask(part: 2, vector: vector))
                rightTurn = rightNode.ask(vector: vector)
            }
            var (sum, leftSum, rightSum) = (Lanes.of(0), Lanes.of(0), Lanes.of(0))
            for point in 0..<points.count {
                let product = unsafe edge.product(products, above, point)
                let factor = top.factor(turn, right: true, point)
                var (left, right) = (leaf.left, leaf.right)
                if leftForks {
                    left = leftLeaves.value(leftNode.factor(leftTurn, right: true, point))
                    let following = Lanes.multiply(product, top.factor(turn, right: false, point))
                    leftSum = Lanes.add(leftSum, leftNode.weighted(following, point))
                }
                if rightForks {
                    right = rightLeaves.value(rightNode.factor(rightTurn, right: true, point))
                    rightSum = Lanes.add(rightSum, rightNode.weighted(Lanes.multiply(product, factor), point))
                }
                let difference = hasForks ? Lanes.subtract(right, left) : leaf.difference
                unsafe Lanes.store(
                    Lanes.add(left, Lanes.multiply(difference, factor)), values + point &* Lanes.rowCount)
                let own = top.weighted(product, point)
                sum = Lanes.add(sum, hasForks ? Lanes.multiply(own, difference) : own)
            }
            top.add(sum, of: turn, vector: vector)
            if leftForks { leftNode.add(leftSum, of: leftTurn, vector: vector) }
            if rightForks { rightNode.add(rightSum, of: rightTurn, vector: vector) }
        }
    }
}
