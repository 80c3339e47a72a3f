import CVectorPrimitives

/// What a node is to every vector of rows, taken from memory once for all of them.
@safe
struct ShapleyNode<Lanes: ShapleyLanes> {
    private let factors: UnsafePointer<Lanes.Number>
    private let leftShare: Lanes.Vector
    private let rightShare: Lanes.Vector
    /// What the feature adds to rows that go right and to others, of (right - left) / the difference.
    private let rightGain: Lanes.Vector
    private let leftGain: Lanes.Vector
    private let threshold: Lanes.Number
    /// The first number of the node's column and of its sum.
    private let column: UnsafePointer<Lanes.Number>
    private let sums: UnsafeMutablePointer<Lanes.Number>
    private let earlier: UnsafePointer<UInt8>?
    /// Whether the path has asked for the node's feature.
    private let isRepeated: Bool

    /// - Parameter difference: what all rows share of right - left.
    /// - Parameter isRepeated: known where the call is inlined, or the node's.
    @inline(__always)
    init(
        _ block: borrowing rowan_shapley_block, _ node: UnsafePointer<rowan_shapley_node>,
        _ factors: UnsafePointer<Lanes.Number>, difference: Double, isRepeated: Bool
    ) {
        // The node is one of the block's, and so are its column, its sum and its earlier level.
        let (left, right) = unsafe (node.pointee.left_share, node.pointee.right_share)
        unsafe self.factors = factors
        leftShare = Lanes.of(Lanes.Number(left))
        rightShare = Lanes.of(Lanes.Number(right))
        rightGain = Lanes.of(Lanes.Number(left * difference))
        leftGain = Lanes.of(Lanes.Number(-right * difference))
        unsafe threshold = Lanes.Number(node.pointee.threshold)
        let width = unsafe block.vector_count &* Lanes.rowCount
        unsafe column =
            UnsafePointer(block.column_values.assumingMemoryBound(to: Lanes.Number.self))
            + Int(node.pointee.column) &* width
        unsafe sums = block.sums.assumingMemoryBound(to: Lanes.Number.self) + Int(node.pointee.sum) &* width
        self.isRepeated = isRepeated
        unsafe earlier =
            isRepeated
            ? UnsafePointer(ShapleyLevel<Lanes>(block, Int(node.pointee.earlier_level)).mask(part: 2, vector: 0)) : nil
    }

    /// Finds out what a vector of rows does at the node.
    @inline(__always)
    func ask(vector: Int) -> ShapleyTurn<Lanes> {
        // There is a vector of the column and a mask of the earlier level for every vector of rows.
        let right = unsafe Lanes.atLeast(column + vector &* Lanes.rowCount, threshold)
        guard let earlier = unsafe earlier else { return ShapleyTurn(right: right, followed: Lanes.allRows) }
        return unsafe ShapleyTurn(right: right, followed: Lanes.loadMask(earlier + vector &* Lanes.maskByteCount))
    }

    /// The factor of one of the node's edges at a point.
    @inline(__always)
    func factor(_ turn: ShapleyTurn<Lanes>, right isRight: Bool, _ point: Int) -> Lanes.Vector {
        let width = Int(rowan_walk_point_count)
        // Points are below the count of the walk.
        let goesRight = unsafe factors[(isRight ? 0 : 3 &* width) &+ point]
        let goesLeft = unsafe factors[(isRight ? width : 2 &* width) &+ point]
        let factor = Lanes.choose(turn.right, Lanes.of(goesRight), Lanes.of(goesLeft))
        return isRepeated ? Lanes.choose(turn.followed, factor, isRight ? rightShare : leftShare) : factor
    }

    /// A product in the node's own variable.
    @inline(__always)
    func weighted(_ product: Lanes.Vector, _ point: Int) -> Lanes.Vector {
        guard isRepeated else { return product }
        // Points are below the count of the walk.
        return unsafe Lanes.multiply(product, Lanes.of(factors[4 &* Int(rowan_walk_point_count) &+ point]))
    }

    /// Adds what the feature adds: to rows that go right the left share of right - left, to others the right share of
    /// left - right.
    ///
    /// - Parameter integral: that of product x (right - left) / difference.
    @inline(__always)
    func add(_ integral: Lanes.Vector, of turn: ShapleyTurn<Lanes>, vector: Int) {
        var gain = Lanes.choose(turn.right, rightGain, leftGain)
        if isRepeated { gain = Lanes.choose(turn.followed, gain, Lanes.of(0)) }
        // There is a vector of the sum for every vector of rows.
        let own = unsafe sums + vector &* Lanes.rowCount
        unsafe Lanes.store(Lanes.add(Lanes.load(own), Lanes.multiply(integral, gain)), own)
    }
}
