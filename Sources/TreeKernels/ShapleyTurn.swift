/// What one vector of rows does at a node.
struct ShapleyTurn<Lanes: ShapleyLanes> {
    /// Who goes right.
    let right: Lanes.Mask
    /// Who has followed the path's earlier edges of the node's feature.
    let followed: Lanes.Mask

    /// Who follows one of the node's edges, and those before it that ask for its feature.
    @inline(__always)
    func follows(right isRight: Bool) -> Lanes.Mask {
        isRight ? Lanes.and(followed, right) : Lanes.without(followed, right)
    }
}
