// Shapley values of a single row through the whole forest, with nodes side by side in a vector.
//
// The method is that of ShapleyKernel.swift, and so is every number: a lane does with its node what the other kernel
// does with it for each row, in the same order, and at last each node's contribution is added to its sum in the order
// of that kernel's walk. So a row has the same bits alone and beside others.
//
// A vector holds nodes of one level of several trees of the same quadrature rule. The children of its nodes stand side
// by side on the level below, the left ones before the right ones, leaves left out, so that no lane is spent on them:
// products go down, and values come up, by one permutation of a vector and one access to memory.
//
// What limits it: some fourteen vector instructions per vector and point on the way down and twelve on the way up,
// eight in all for nodes of two leaves; divisions where a lane's feature is asked for again; and an addition in memory
// per node at the end.
package import CVectorPrimitives

/// Writes the Shapley values of a row, before scale and without the mean, computed as doubles.
@inline(never)
package func computeShapleyRowDoubles(_ row: borrowing rowan_shapley_row) {
    unsafe computeShapleyRow(row, DoubleLanes.self)
}

/// The same computed as floats, of which runs of trees are added up as doubles.
@inline(never)
package func computeShapleyRowFloats(_ row: borrowing rowan_shapley_row) {
    unsafe computeShapleyRow(row, FloatLanes.self)
}

@inline(__always)
private func computeShapleyRow<Lanes: ShapleyLanes>(_ row: borrowing rowan_shapley_row, _ lanes: Lanes.Type) {
    // Groups and walks are those of the forest, as the evaluator laid them out.
    unsafe fillRow(row, lanes)
    unsafe Lanes.store(Lanes.of(1), row.follows.assumingMemoryBound(to: Lanes.Number.self))
    let points = unsafe row.points.assumingMemoryBound(to: Lanes.Number.self)
    for index in unsafe 0..<row.group_count {
        let group = unsafe row.groups[index]
        var (walk, remaining) = (0, Int(group.point_count))
        while remaining > 0 {
            let number = Int(group.first_walk) &+ walk
            unsafe walkGroup(
                ShapleyRowWalk<Lanes>(
                    row, group, points: points + number &* Int(rowan_walk_number_count),
                    pointCount: min(remaining, Int(rowan_walk_point_count)), number: walk))
            walk &+= 1
            remaining &-= Int(rowan_walk_point_count)
        }
    }
    unsafe addUp(row, lanes)
}

/// Goes down through the levels of some trees, then up again.
@inline(__always)
private func walkGroup<Lanes: ShapleyLanes>(_ walk: ShapleyRowWalk<Lanes>) {
    walk.startRoots()
    for vector in 0..<walk.vectorCount {
        let nodes = walk.nodes(vector)
        switch (nodes.areForks, nodes.isRepeated) {
        case (true, false): nodes.finishForks(walk, isRepeated: false)
        case (true, true): nodes.finishForks(walk, isRepeated: true)
        case (false, false): nodes.descend(walk, isRepeated: false)
        case (false, true): nodes.descend(walk, isRepeated: true)
        }
    }
    for vector in (0..<walk.vectorCount).reversed() {
        let place = walk.place(vector)
        if place.areForks { continue }
        if place.haveForks {
            place.ascend(walk, haveForks: true)
        } else {
            place.ascend(walk, haveForks: false)
        }
    }
}

/// Writes what the trees compare.
@inline(__always)
private func fillRow<Lanes: ShapleyLanes>(_ row: borrowing rowan_shapley_row, _: Lanes.Type) {
    let columns = unsafe row.column_values.assumingMemoryBound(to: Lanes.Number.self)
    for column in unsafe 0..<row.column_count {
        // Features are those of the row.
        var value = unsafe row.row[Int(row.column_features[column])]
        if unsafe column >= row.missing_high_end {
            value = value.isNaN ? .infinity : -.infinity
        } else if unsafe column >= row.kept_end && value.isNaN {
            value = .infinity
        }
        unsafe columns[column] = Lanes.Number(value)
    }
}

/// Adds up what the nodes add, in the order in which the kernel of several rows does.
@inline(__always)
private func addUp<Lanes: ShapleyLanes>(_ row: borrowing rowan_shapley_row, _: Lanes.Type) {
    let contributions = unsafe row.contributions.assumingMemoryBound(to: Lanes.Number.self)
    let runSums = unsafe row.run_sums.assumingMemoryBound(to: Lanes.Number.self)
    for index in unsafe 0..<row.sum_count { unsafe row.sums[index] = 0 }
    var first = 0
    for run in unsafe 0..<row.run_count {
        for index in unsafe 0..<row.sum_count { unsafe runSums[index] = 0 }
        let end = unsafe Int(row.run_ends[run])
        for number in first..<end {
            // Terms name a slot of the forest and a sum; there are contributions for every walk of the tree.
            let tree = unsafe row.trees[number]
            let terms = unsafe row.terms + Int(tree.first_term)
            for walk in 0..<Int(tree.walk_count) {
                let added = unsafe contributions + walk &* row.slot_count
                for index in 0..<Int(tree.term_count) {
                    let term = unsafe terms[index]
                    unsafe runSums[Int(term.sum)] += added[Int(term.slot)]
                }
            }
        }
        for index in unsafe 0..<row.sum_count { unsafe row.sums[index] += Lanes.wide(runSums[index]) }
        first = end
    }
}
