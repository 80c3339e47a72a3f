import CVectorPrimitives
import LinuxSystem

/// A layout in the form that the kernel reads.
struct ContributionTables: ~Copyable, Sendable {
    let nodes: AlignedArray<rowan_shapley_node>
    let steps: AlignedArray<UInt32>
    let trees: AlignedArray<rowan_shapley_tree>
    /// The points of all rules as doubles and as floats.
    let points: AlignedArray<Double>
    let floatPoints: AlignedArray<Float>
    /// The most points that a walk carries.
    let walkPointCount: Int
    /// Features of the rows as the kernel is given them, by column.
    let columnFeatures: AlignedArray<UInt32>
    let keptEnd: Int
    let missingHighEnd: Int

    var byteCount: Int {
        nodes.byteCount + steps.byteCount + trees.byteCount + points.byteCount + floatPoints.byteCount
            + columnFeatures.byteCount
    }

    init(_ layout: ContributionLayout, columns: EngineColumns) {
        nodes = AlignedArray(copying: layout.nodes.span, filler: rowan_shapley_node())
        steps = AlignedArray(copying: layout.steps.span, filler: 0)
        trees = AlignedArray(copying: layout.trees.span, filler: rowan_shapley_tree())
        points = AlignedArray(copying: layout.pointNumbers.span, filler: 0)
        floatPoints = AlignedArray(copying: layout.floatPointNumbers.span, filler: 0)
        let pointCount = layout.trees.map { Int($0.point_count) }.max() ?? 0
        walkPointCount = min(pointCount, Int(rowan_walk_point_count))
        columnFeatures = AlignedArray(copying: columns.features.span, filler: 0)
        keptEnd = columns.keptEnd
        missingHighEnd = columns.missingHighEnd
    }
}
