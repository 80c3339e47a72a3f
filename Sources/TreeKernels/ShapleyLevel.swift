import CVectorPrimitives

/// Where the numbers of one level of the walk stand.
@safe
struct ShapleyLevel<Lanes: ShapleyLanes> {
    let factors: UnsafeMutablePointer<Lanes.Number>
    let values: UnsafeMutablePointer<Lanes.Number>
    let masks: UnsafeMutablePointer<UInt8>
    private let vectorCount: Int
    /// Numbers of one vector of rows: those of all points.
    private let vectorNumberCount: Int

    /// - Precondition: the block has the level.
    @inline(__always)
    init(_ block: borrowing rowan_shapley_block, _ level: Int) {
        vectorCount = unsafe block.vector_count
        vectorNumberCount = unsafe block.walk_point_count &* Lanes.rowCount
        let vectors = 3 &* vectorCount &* level
        // The block has room for these of every level.
        unsafe factors = shapleyFactors(block, Lanes.self, level)
        unsafe values =
            block.level_values.assumingMemoryBound(to: Lanes.Number.self) + vectors &* vectorNumberCount
        unsafe masks = block.masks + vectors &* Lanes.maskByteCount
    }

    /// The numbers of one vector of rows: `part` 0 is the product above, 1 and 2 are the values of the left and the
    /// right node.
    @inline(__always)
    func values(part: Int, vector: Int) -> UnsafeMutablePointer<Lanes.Number> {
        // There are three parts of every vector.
        unsafe values + (part &* vectorCount &+ vector) &* vectorNumberCount
    }

    /// What the rows do at the level's node.
    @inline(__always)
    func turn(vector: Int) -> ShapleyTurn<Lanes> {
        // A level has masks for every vector.
        unsafe ShapleyTurn(
            right: Lanes.loadMask(mask(part: 0, vector: vector)),
            followed: Lanes.loadMask(mask(part: 1, vector: vector)))
    }

    @inline(__always)
    func store(_ turn: ShapleyTurn<Lanes>, vector: Int) {
        // As above.
        unsafe Lanes.storeMask(turn.right, mask(part: 0, vector: vector))
        unsafe Lanes.storeMask(turn.followed, mask(part: 1, vector: vector))
    }

    /// A mask: `part` 0 is who goes right, 1 who has followed, 2 who follows the edge taken.
    @inline(__always)
    func mask(part: Int, vector: Int) -> UnsafeMutablePointer<UInt8> {
        // As above.
        unsafe masks + (part &* vectorCount &+ vector) &* Lanes.maskByteCount
    }
}

/// The factors of a level or, behind the levels, of a node of a twig.
@inline(__always)
func shapleyFactors<Lanes: ShapleyLanes>(
    _ block: borrowing rowan_shapley_block, _: Lanes.Type, _ index: Int
) -> UnsafeMutablePointer<Lanes.Number> {
    // The block has room for the factors of every level and of a twig.
    unsafe block.factors.assumingMemoryBound(to: Lanes.Number.self) + index &* Int(rowan_level_factor_count)
}
