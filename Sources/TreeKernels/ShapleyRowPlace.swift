import CVectorPrimitives

/// A vector of nodes in a walk of a single row.
@safe
struct ShapleyRowPlace<Lanes: ShapleyLanes> {
    let record: rowan_shapley_lanes
    /// The slot of the first lane.
    let slot: Int
    private let numbers: UnsafePointer<Lanes.Number>
    private let movesAddress: UnsafePointer<UInt8>

    @inline(__always)
    init(
        _ record: rowan_shapley_lanes, slot: Int, numbers: UnsafePointer<Lanes.Number>, moves: UnsafePointer<UInt8>
    ) {
        self.record = record
        self.slot = slot
        unsafe self.numbers = numbers
        unsafe movesAddress = moves
    }

    /// Whether all nodes have two leaves, below a root.
    @inline(__always)
    var areForks: Bool { record.fork_lanes == UInt32(truncatingIfNeeded: (1 &<< Lanes.rowCount) &- 1) }
    /// Whether some have.
    @inline(__always)
    var haveForks: Bool { record.fork_lanes != 0 }
    /// Whether the path has asked for the feature of some.
    @inline(__always)
    var isRepeated: Bool { record.repeated_lanes != 0 }

    /// A number of each lane, in the order of the layout.
    @inline(__always)
    func numbers(_ index: Int) -> Lanes.Vector {
        // The vector has all of these.
        unsafe Lanes.load(numbers + index &* Lanes.rowCount)
    }

    /// Moves between children and parents, in the order of the layout.
    @inline(__always)
    func moves(_ index: Int) -> Lanes.Moves {
        // As above.
        unsafe Lanes.loadMoves(movesAddress + index &* Lanes.rowCount)
    }

    /// Has been below all nodes: their values, and what their features add.
    @inline(__always)
    func ascend(_ walk: ShapleyRowWalk<Lanes>, haveForks: Bool) {
        // Slots are the group's, and so are those of children; a vector may run over the last one.
        let (leftLeaf, rightLeaf) = (numbers(5), numbers(6))
        let (leftMoves, rightMoves) = (moves(0), moves(1))
        let (hasLeft, hasRight) = (Lanes.lanes(record.left_lanes), Lanes.lanes(record.right_lanes))
        let forks = Lanes.lanes(record.fork_lanes)
        let one = Lanes.of(1)
        var sum = Lanes.of(0)
        for point in 0..<walk.pointCount {
            let first = point &* walk.stride
            let own = unsafe walk.products + (first &+ slot)
            let children = unsafe walk.products + (first &+ Int(record.first_child))
            let below = unsafe (
                Lanes.move(Lanes.load(children), leftMoves),
                Lanes.move(Lanes.load(children + Int(record.left_child_count)), rightMoves)
            )
            let left = Lanes.choose(hasLeft, below.0, leftLeaf)
            let right = Lanes.choose(hasRight, below.1, rightLeaf)
            var difference = Lanes.subtract(right, left)
            if haveForks { difference = Lanes.choose(forks, rightLeaf, difference) }
            let product = unsafe Lanes.load(own)
            let factor = unsafe Lanes.load(walk.factors + (first &+ slot))
            unsafe Lanes.store(Lanes.add(left, Lanes.multiply(difference, factor)), own)
            // A fork's difference is part of its gain.
            if haveForks { difference = Lanes.choose(forks, one, difference) }
            sum = Lanes.add(sum, Lanes.multiply(product, difference))
        }
        let gain = unsafe Lanes.load(walk.gains + slot)
        unsafe Lanes.store(Lanes.multiply(sum, gain), walk.contributions + slot)
    }
}
