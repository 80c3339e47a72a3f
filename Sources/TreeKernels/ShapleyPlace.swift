/// Where a walk is.
struct ShapleyPlace {
    let level: Int
    let isRoot: Bool
    /// Whether the node is a right child.
    let isRight: Bool
}
