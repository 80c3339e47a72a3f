import CVectorPrimitives

/// A walk of a single row through some trees, which carries some points of their rule.
@safe
struct ShapleyRowWalk<Lanes: ShapleyLanes> {
    let pointCount: Int
    let vectorCount: Int
    /// Where the points are, 1 minus that, and their weights.
    let points: UnsafePointer<Lanes.Number>
    /// Numbers between the points of a slot.
    let stride: Int
    let products: UnsafeMutablePointer<Lanes.Number>
    let factors: UnsafeMutablePointer<Lanes.Number>
    let gains: UnsafeMutablePointer<Lanes.Number>
    let follows: UnsafeMutablePointer<Lanes.Number>
    /// Contributions of the walk's first slot.
    let contributions: UnsafeMutablePointer<Lanes.Number>
    private let columns: UnsafePointer<Lanes.Number>
    private let rootVectorCount: Int
    private let records: UnsafePointer<rowan_shapley_lanes>
    private let numbers: UnsafePointer<Lanes.Number>
    private let indices: UnsafePointer<UInt32>
    private let moves: UnsafePointer<UInt8>

    /// - Parameter number: which walk through the trees it is.
    @inline(__always)
    init(
        _ row: borrowing rowan_shapley_row, _ group: rowan_shapley_group, points: UnsafePointer<Lanes.Number>,
        pointCount: Int, number: Int
    ) {
        // The evaluator has laid all of these out for the group's vectors.
        let first = Int(group.first_vector)
        let width = Lanes.rowCount
        self.pointCount = pointCount
        unsafe self.points = points
        vectorCount = Int(group.vector_count)
        rootVectorCount = Int(group.root_vector_count)
        unsafe stride = row.slot_stride
        unsafe products = row.products.assumingMemoryBound(to: Lanes.Number.self)
        unsafe factors = row.factors.assumingMemoryBound(to: Lanes.Number.self)
        unsafe gains = row.gains.assumingMemoryBound(to: Lanes.Number.self)
        unsafe follows = row.follows.assumingMemoryBound(to: Lanes.Number.self)
        unsafe contributions =
            row.contributions.assumingMemoryBound(to: Lanes.Number.self)
            + (number &* row.slot_count &+ first &* width)
        unsafe columns = UnsafePointer(row.column_values.assumingMemoryBound(to: Lanes.Number.self))
        unsafe records = row.lanes + first
        unsafe numbers =
            row.numbers.assumingMemoryBound(to: Lanes.Number.self)
            + first &* Int(rowan_shapley_lane_number_count) &* width
        unsafe indices = row.indices + first &* Int(rowan_shapley_lane_index_count) &* width
        unsafe moves = row.moves + first &* Int(rowan_shapley_lane_move_count) &* width
    }

    /// Writes the products above the roots: the points' weights.
    @inline(__always)
    func startRoots() {
        for point in 0..<pointCount {
            // Roots have the first slots.
            let weight = unsafe Lanes.of(points[2 &* Int(rowan_walk_point_count) &+ point])
            let own = unsafe products + point &* stride
            for vector in 0..<rootVectorCount { unsafe Lanes.store(weight, own + vector &* Lanes.rowCount) }
        }
    }

    @inline(__always)
    func place(_ vector: Int) -> ShapleyRowPlace<Lanes> {
        let width = Lanes.rowCount
        // The vector is one of the group's.
        return unsafe ShapleyRowPlace(
            records[vector], slot: vector &* width,
            numbers: numbers + vector &* Int(rowan_shapley_lane_number_count) &* width,
            moves: moves + vector &* Int(rowan_shapley_lane_move_count) &* width)
    }

    /// What the row does at the nodes of a vector, whose parents it has met.
    @inline(__always)
    func nodes(_ vector: Int) -> ShapleyRowNodes<Lanes> {
        // As above.
        unsafe ShapleyRowNodes(
            place(vector), columns: columns, follows: follows,
            indices: indices + vector &* Int(rowan_shapley_lane_index_count) &* Lanes.rowCount)
    }
}
