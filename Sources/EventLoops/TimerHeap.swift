import LinuxSystem

/// The armed timers of one loop in the order of their times, as a heap with four children per node.
///
/// A heap and not a wheel: batching delays are tens of microseconds, so times must not be rounded, and connections
/// arm one timer each and look at their deadline only when it fires, so arming is rare.
///
/// - Complexity: arming and cancelling visit log₄(count) nodes; nothing is allocated once the heap has had its
///   largest size.
struct TimerHeap {
    private struct Node {
        let deadline: Nanoseconds
        /// Counts the timers armed; equal deadlines fire in the order of arming.
        let sequence: UInt64
        let token: SlotToken

        func isBefore(_ other: Node) -> Bool {
            deadline != other.deadline ? deadline < other.deadline : sequence < other.sequence
        }
    }

    private struct Timer {
        let handler: any TimerHandler
        var position: Int
    }

    private static let childCount = 4

    private var nodes: ContiguousArray<Node> = []
    private var timers = Slab<Timer>()
    private var nextSequence: UInt64 = 0

    /// Number of armed timers.
    var count: Int { nodes.count }

    /// When the next timer fires; `never` if none is armed.
    var nextDeadline: Nanoseconds { nodes.first?.deadline ?? .never }

    /// Arms a timer.
    mutating func arm(_ handler: any TimerHandler, at deadline: Nanoseconds) -> SlotToken {
        let token = timers.insert(Timer(handler: handler, position: nodes.count))
        nodes.append(Node(deadline: deadline, sequence: nextSequence, token: token))
        nextSequence += 1
        siftUp(nodes.count - 1)
        return token
    }

    /// Disarms a timer; nothing happens if it has fired or was disarmed.
    mutating func cancel(_ token: SlotToken) {
        guard let timer = timers.remove(token) else { return }
        removeNode(at: timer.position)
    }

    /// What the next timer's sequence number will be: it separates the timers armed so far from later ones.
    var horizon: UInt64 { nextSequence }

    /// Disarms and returns the next timer if its time has come.
    ///
    /// - Parameter horizon: a timer armed after the horizon was read is not returned, so that one that arms itself
    ///   for now fires once per round.
    mutating func popDue(at now: Nanoseconds, horizon: UInt64) -> (any TimerHandler)? {
        guard let first = nodes.first, first.deadline <= now, first.sequence < horizon,
            let timer = timers.remove(first.token)
        else { return nil }
        removeNode(at: 0)
        return timer.handler
    }

    private mutating func removeNode(at position: Int) {
        let last = nodes.removeLast()
        if position == nodes.count { return }
        place(last, at: position)
        siftUp(position)
        siftDown(position)
    }

    private mutating func place(_ node: Node, at position: Int) {
        nodes[position] = node
        _ = timers.modify(node.token) { $0.position = position }
    }

    private mutating func siftUp(_ start: Int) {
        var position = start
        let node = nodes[position]
        while position > 0 {
            let parent = (position - 1) / Self.childCount
            if !node.isBefore(nodes[parent]) { break }
            place(nodes[parent], at: position)
            position = parent
        }
        if position != start { place(node, at: position) }
    }

    private mutating func siftDown(_ start: Int) {
        var position = start
        let node = nodes[position]
        while true {
            let firstChild = position * Self.childCount + 1
            if firstChild >= nodes.count { break }
            var least = firstChild
            for child in firstChild..<min(firstChild + Self.childCount, nodes.count)
            where nodes[child].isBefore(nodes[least]) {
                least = child
            }
            if !nodes[least].isBefore(node) { break }
            place(nodes[least], at: position)
            position = least
        }
        if position != start { place(node, at: position) }
    }
}
