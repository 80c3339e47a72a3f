import CVectorPrimitives

/// The edge above a node.
@safe
struct ShapleyEdge<Lanes: ShapleyLanes> {
    private let above: ShapleyLevel<Lanes>
    private let isRight: Bool
    private let isRepeated: Bool
    /// Factors of rows that go right and left at the parent.
    private let goesRight: UnsafePointer<Lanes.Number>
    private let goesLeft: UnsafePointer<Lanes.Number>
    private let share: Lanes.Vector

    /// - Precondition: the place is not the root's.
    @inline(__always)
    init(_ block: borrowing rowan_shapley_block, _ place: ShapleyPlace) {
        // The block has the level above, and the walk has come to its node; a node has five factors for each point.
        let parent = unsafe block.nodes + Int(block.level_nodes[place.level &- 1])
        unsafe above = ShapleyLevel<Lanes>(block, place.level &- 1)
        isRight = place.isRight
        unsafe isRepeated = parent.pointee.earlier_level >= 0
        let width = Int(rowan_walk_point_count)
        unsafe goesRight = UnsafePointer(above.factors + (isRight ? 0 : 3 &* width))
        unsafe goesLeft = UnsafePointer(above.factors + (isRight ? width : 2 &* width))
        unsafe share = Lanes.of(Lanes.Number(isRight ? parent.pointee.right_share : parent.pointee.left_share))
    }

    /// What the rows did at the parent; notes who follows the edge.
    @inline(__always)
    func turn(vector: Int) -> ShapleyTurn<Lanes> {
        let turn = above.turn(vector: vector)
        // A level has a mask for every vector.
        unsafe Lanes.storeMask(turn.follows(right: isRight), above.mask(part: 2, vector: vector))
        return turn
    }

    /// The weighted products above the parent.
    @inline(__always)
    func products(vector: Int) -> UnsafePointer<Lanes.Number> {
        // A level has products for every vector.
        unsafe UnsafePointer(above.values(part: 0, vector: vector))
    }

    /// The weighted product above the edge's node at a point.
    @inline(__always)
    func product(
        _ products: UnsafePointer<Lanes.Number>, _ turn: ShapleyTurn<Lanes>, _ point: Int
    ) -> Lanes.Vector {
        // Points are below the count of the walk.
        var factor = unsafe Lanes.choose(turn.right, Lanes.of(goesRight[point]), Lanes.of(goesLeft[point]))
        if isRepeated { factor = Lanes.choose(turn.followed, factor, share) }
        return unsafe Lanes.multiply(Lanes.load(products + point &* Lanes.rowCount), factor)
    }
}
