import CVectorPrimitives

/// A vector of nodes to which a single row has come.
@safe
struct ShapleyRowNodes<Lanes: ShapleyLanes> {
    private let place: ShapleyRowPlace<Lanes>
    /// Where the row goes right.
    private let right: Lanes.Mask
    /// Where it has followed the path's earlier edges of the feature.
    private let followed: Lanes.Mask
    private let repeated: Lanes.Mask
    private let leftShare: Lanes.Vector
    private let rightShare: Lanes.Vector
    private let earlierShare: Lanes.Vector
    /// What turns the integrals into contributions.
    private let gain: Lanes.Vector

    /// Asks the row, and notes which edges it has followed.
    @inline(__always)
    init(
        _ place: ShapleyRowPlace<Lanes>, columns: UnsafePointer<Lanes.Number>,
        follows: UnsafeMutablePointer<Lanes.Number>, indices: UnsafePointer<UInt32>
    ) {
        self.place = place
        leftShare = place.numbers(1)
        rightShare = place.numbers(2)
        earlierShare = place.numbers(7)
        repeated = Lanes.lanes(place.record.repeated_lanes)
        // Indices are those of a column and of an edge above, which has been asked.
        right = unsafe Lanes.atLeast(Lanes.pick(columns, indices), place.numbers(0))
        let (zero, one) = (Lanes.of(0), Lanes.of(1))
        var gain = Lanes.choose(right, place.numbers(4), place.numbers(3))
        if place.isRepeated {
            followed = unsafe Lanes.atLeast(
                Lanes.pick(UnsafePointer(follows), indices + Lanes.rowCount), one)
            gain = Lanes.choose(followed, gain, zero)
        } else {
            followed = Lanes.allRows
        }
        self.gain = gain
        // The first vector belongs to nodes without an earlier edge.
        let own = unsafe follows + (Lanes.rowCount &+ 2 &* place.slot)
        unsafe Lanes.store(Lanes.choose(Lanes.and(followed, right), one, zero), own)
        unsafe Lanes.store(Lanes.choose(Lanes.without(followed, right), one, zero), own + Lanes.rowCount)
    }

    @inline(__always)
    var areForks: Bool { place.areForks }
    @inline(__always)
    var isRepeated: Bool { place.isRepeated }

    /// The nodes' own variables at a point, of which the path's others know nothing.
    @inline(__always)
    private func variables(
        _ walk: ShapleyRowWalk<Lanes>, _ point: Int, isRepeated: Bool
    ) -> (variable: Lanes.Vector, complement: Lanes.Vector, density: Lanes.Vector) {
        // Points are below the count of the walk.
        let variable = unsafe Lanes.of(walk.points[point])
        let complement = unsafe Lanes.of(walk.points[Int(rowan_walk_point_count) &+ point])
        guard isRepeated else { return (variable, complement, variable) }
        let shared = Lanes.multiply(earlierShare, complement)
        let total = Lanes.add(variable, shared)
        return (
            Lanes.choose(repeated, Lanes.divide(variable, total), variable),
            Lanes.choose(repeated, Lanes.divide(shared, total), complement),
            Lanes.divide(earlierShare, Lanes.multiply(total, total))
        )
    }

    /// Goes on to the children, and leaves the weighted products and the factors of right edges for the way back.
    @inline(__always)
    func descend(_ walk: ShapleyRowWalk<Lanes>, isRepeated: Bool) {
        let record = place.record
        let (leftMoves, rightMoves) = (place.moves(2), place.moves(3))
        // Slots are the group's, and so are those of children; a vector may run over the last one.
        unsafe Lanes.store(gain, walk.gains + place.slot)
        for point in 0..<walk.pointCount {
            let first = point &* walk.stride
            let own = unsafe walk.products + (first &+ place.slot)
            let children = unsafe walk.products + (first &+ Int(record.first_child))
            let product = unsafe Lanes.load(own)
            let (variable, complement, density) = variables(walk, point, isRepeated: isRepeated)
            let leftAlone = Lanes.multiply(leftShare, complement)
            let rightAlone = Lanes.multiply(rightShare, complement)
            var leftFactor = Lanes.choose(right, leftAlone, Lanes.add(leftAlone, variable))
            var rightFactor = Lanes.choose(right, Lanes.add(rightAlone, variable), rightAlone)
            if isRepeated {
                leftFactor = Lanes.choose(followed, leftFactor, leftShare)
                rightFactor = Lanes.choose(followed, rightFactor, rightShare)
                let weighted = Lanes.multiply(product, density)
                unsafe Lanes.store(Lanes.choose(repeated, weighted, product), own)
            }
            unsafe Lanes.store(rightFactor, walk.factors + (first &+ place.slot))
            // What runs over the left children is written over by the right ones, and so on.
            unsafe Lanes.store(Lanes.move(Lanes.multiply(product, leftFactor), leftMoves), children)
            unsafe Lanes.store(
                Lanes.move(Lanes.multiply(product, rightFactor), rightMoves), children + Int(record.left_child_count))
        }
    }

    /// Comes to nodes of two leaves, and leaves them.
    @inline(__always)
    func finishForks(_ walk: ShapleyRowWalk<Lanes>, isRepeated: Bool) {
        let (left, difference) = (place.numbers(5), place.numbers(6))
        var sum = Lanes.of(0)
        for point in 0..<walk.pointCount {
            // As above.
            let own = unsafe walk.products + (point &* walk.stride &+ place.slot)
            let product = unsafe Lanes.load(own)
            let (variable, complement, density) = variables(walk, point, isRepeated: isRepeated)
            let rightAlone = Lanes.multiply(rightShare, complement)
            var factor = Lanes.choose(right, Lanes.add(rightAlone, variable), rightAlone)
            var weighted = product
            if isRepeated {
                factor = Lanes.choose(followed, factor, rightShare)
                weighted = Lanes.choose(repeated, Lanes.multiply(product, density), product)
            }
            unsafe Lanes.store(Lanes.add(left, Lanes.multiply(difference, factor)), own)
            sum = Lanes.add(sum, weighted)
        }
        unsafe Lanes.store(Lanes.multiply(sum, gain), walk.contributions + place.slot)
    }
}
