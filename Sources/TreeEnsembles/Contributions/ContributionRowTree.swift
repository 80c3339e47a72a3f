import CVectorPrimitives
import LinuxSystem

/// A tree of the kernel's tables, read back from the steps of its walk.
struct ContributionRowTree {
    struct Node {
        /// Among the nodes of the forest.
        var number: Int
        var left: Int?
        var right: Int?
        /// The nearest edge above whose node asks for the same feature.
        var earlier: (node: Int, isRight: Bool)?
        /// Whether the node has two leaves and is no root.
        var isFork = false
    }

    /// The tree's steps and the points of its rule.
    let rule: rowan_shapley_tree
    /// The root is the first.
    private(set) var nodes: [Node] = []
    /// Nodes in the order in which the walk adds up what they add.
    private(set) var order: [Int] = []
    /// Nodes from the root to where the walk is, and the edges that it has taken.
    private var path: [(node: Int, isRight: Bool)] = []

    init(_ tree: rowan_shapley_tree, of tables: borrowing ContributionTables) {
        rule = tree
        for index in Int(tree.first_step)..<Int(tree.first_step + tree.step_count) {
            let step = tables.steps[index]
            let number = Int(step >> UInt32(rowan_step_node_shift))
            let isRight = step & UInt32(rowan_step_right) != 0
            switch step & UInt32(rowan_step_action) {
            case UInt32(rowan_step_enter):
                enter(number, right: isRight, tables)
            case UInt32(rowan_step_leave):
                order.append(path.removeLast().node)
            default:
                visit(number, right: isRight, step, tables)
            }
        }
    }

    private mutating func enter(_ number: Int, right isRight: Bool, _ tables: borrowing ContributionTables) {
        let index = nodes.count
        if let parent = path.indices.last {
            path[parent].isRight = isRight
            if isRight {
                nodes[path[parent].node].right = index
            } else {
                nodes[path[parent].node].left = index
            }
        }
        let level = tables.nodes[number].earlier_level
        nodes.append(Node(number: number, earlier: level < 0 ? nil : path[Int(level)]))
        path.append((index, false))
    }

    /// A twig: the nodes of its forks follow its own.
    private mutating func visit(
        _ number: Int, right isRight: Bool, _ step: UInt32, _ tables: borrowing ContributionTables
    ) {
        enter(number, right: isRight, tables)
        let top = nodes.count - 1
        order.append(top)
        var next = number + 1
        for (bit, isRight) in [(rowan_step_left_fork, false), (rowan_step_right_fork, true)]
        where step & UInt32(bit) != 0 {
            enter(next, right: isRight, tables)
            nodes[nodes.count - 1].isFork = true
            order.append(path.removeLast().node)
            next += 1
        }
        nodes[top].isFork = next == number + 1
        path.removeLast()
    }
}
