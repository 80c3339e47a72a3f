/// Finds the greatest elements of a row, in the memory of rows before.
///
/// Greater numbers come first, equal ones in the order of their indexes, and what is no number comes last.
///
/// - Source: Triton's `src/classification.cc`, whose order among equals is left to its standard library.
struct ClassRanking {
    /// A heap of the indexes that lead so far, the last of them at the top; in the end the result.
    private(set) var leaders: [Int32] = []

    /// Ranks a row; `leaders` holds the indexes of its first elements afterwards, the first one first.
    ///
    /// - Complexity: n log k for a row of n elements and a count of k.
    /// - Precondition: the count is at most the row's.
    mutating func rank<Element: Comparable>(_ row: Span<Element>, count: Int) {
        precondition(count <= row.count, "a row has no more leaders than elements")
        leaders.removeAll(keepingCapacity: true)
        for index in 0..<Int32(row.count) {
            if leaders.count < count {
                leaders.append(index)
                rise(row)
            } else if Self.precedes(index, leaders[0], row) {
                leaders[0] = index
                sink(below: count, row)
            }
        }
        for end in stride(from: count - 1, to: 0, by: -1) {
            leaders.swapAt(0, end)
            sink(below: end, row)
        }
    }

    @inline(__always)
    private static func precedes<Element: Comparable>(_ left: Int32, _ right: Int32, _ row: Span<Element>) -> Bool {
        let one = row[Int(left)]
        let other = row[Int(right)]
        if one > other { return true }
        if other > one { return false }
        // They are equal, or one of them is no number and so not even equal to itself.
        let isNumber = one == one
        return isNumber == (other == other) ? left < right : isNumber
    }

    /// Moves the newest leader up to its place.
    private mutating func rise<Element: Comparable>(_ row: Span<Element>) {
        var child = leaders.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard Self.precedes(leaders[parent], leaders[child], row) else { return }
            leaders.swapAt(parent, child)
            child = parent
        }
    }

    /// Moves the top down to its place among the first `end` leaders.
    private mutating func sink<Element: Comparable>(below end: Int, _ row: Span<Element>) {
        var parent = 0
        while true {
            var last = 2 * parent + 1
            guard last < end else { return }
            if last + 1 < end, Self.precedes(leaders[last], leaders[last + 1], row) { last += 1 }
            guard Self.precedes(leaders[parent], leaders[last], row) else { return }
            leaders.swapAt(parent, last)
            parent = last
        }
    }
}
