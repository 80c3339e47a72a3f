/// Finds things that wait for each other.
enum DependencyCircle {
    /// A circle among nodes of which each waits for another one of them.
    ///
    /// - Parameter others: for what a node waits.
    /// - Returns: the nodes of the circle, the smallest first, each followed by one that it waits for.
    /// - Precondition: there are nodes, and every one waits for one of them.
    static func find<Node: Hashable & Comparable>(among nodes: [Node], waitingFor others: (Node) -> Set<Node>) -> [Node]
    {
        let known = Set(nodes)
        guard var node = nodes.min() else { preconditionFailure("a circle has nodes") }
        var path: [Node] = []
        var places: [Node: Int] = [:]
        while places[node] == nil {
            places[node] = path.count
            path.append(node)
            guard let next = others(node).filter({ known.contains($0) }).min() else {
                preconditionFailure("a node that waits for none is in no circle")
            }
            node = next
        }
        let circle = Array(path[(places[node] ?? 0)...])
        guard let least = circle.min(), let first = circle.firstIndex(of: least) else { return circle }
        return Array(circle[first...] + circle[..<first])
    }
}
