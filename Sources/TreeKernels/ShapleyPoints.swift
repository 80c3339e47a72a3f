import CVectorPrimitives

/// The points that one walk carries.
@safe
struct ShapleyPoints<Lanes: ShapleyLanes> {
    /// Where the points are, 1 minus that, and their weights, of so many points as a walk carries at most.
    private let numbers: UnsafePointer<Lanes.Number>
    let count: Int

    @inline(__always)
    init(numbers: UnsafePointer<Lanes.Number>, count: Int) {
        unsafe self.numbers = numbers
        self.count = count
    }

    /// The weight of a point.
    @inline(__always)
    func weight(_ point: Int) -> Lanes.Vector {
        // Points are below the count.
        unsafe Lanes.of(numbers[2 &* Int(rowan_walk_point_count) &+ point])
    }

    /// Writes the factors of a node's edges at the points, for rows that have followed the edges of its feature so far.
    ///
    /// Here a vector holds a number for each point, not for each row.
    @inline(__always)
    func writeFactors(of node: UnsafePointer<rowan_shapley_node>, _ factors: UnsafeMutablePointer<Lanes.Number>) {
        let width = Int(rowan_walk_point_count)
        let left = unsafe Lanes.of(Lanes.Number(node.pointee.left_share))
        let right = unsafe Lanes.of(Lanes.Number(node.pointee.right_share))
        let earlier = unsafe Lanes.of(Lanes.Number(node.pointee.earlier_share))
        let isRepeated = unsafe node.pointee.earlier_level >= 0
        // Vectors of sixteen numbers write over places that the next store fills, the last one over the first place of
        // the next node, whose factors come later; the block has room for a vector behind the last node.
        var first = 0
        while first < count {
            // A walk has three numbers for each point, a node five factors.
            var variable = unsafe Lanes.load(numbers + first)
            var complement = unsafe Lanes.load(numbers + (width &+ first))
            var density = variable
            if isRepeated {
                complement = Lanes.multiply(earlier, complement)
                let total = Lanes.add(variable, complement)
                variable = Lanes.divide(variable, total)
                complement = Lanes.divide(complement, total)
                density = Lanes.divide(earlier, Lanes.multiply(total, total))
            }
            let (leftAlone, rightAlone) = (Lanes.multiply(left, complement), Lanes.multiply(right, complement))
            unsafe Lanes.store(Lanes.add(rightAlone, variable), factors + first)
            unsafe Lanes.store(rightAlone, factors + (width &+ first))
            unsafe Lanes.store(Lanes.add(leftAlone, variable), factors + (2 &* width &+ first))
            unsafe Lanes.store(leftAlone, factors + (3 &* width &+ first))
            if isRepeated { unsafe Lanes.store(density, factors + (4 &* width &+ first)) }
            first &+= Lanes.rowCount
        }
    }
}
