// A block of rows, each tree walked by eight rows side by side.
//
// For trees too large for condition planes. Eight walks hide each other's latency as in `TreeWalks.swift`; one tree
// after the other, because all rows of the block find its nodes in the cache. A leaf leads to itself; every four levels
// it is asked whether all eight have arrived, for leaf-wise trees are far deeper than most of their leaves.
//
// What limits it: some eight instructions per level and row, as long as the columns of a block (rows one behind the
// other) and one tree's touched nodes fit the first two caches.

/// Levels between two looks whether all walks have ended.
private let levelsBetweenLooks: UInt32 = 4

/// Writes the leaf of one tree that every row reaches, as an index into the forest's leaves.
///
/// - Shape: `columns` holds the columns of `rowCount` rows, row by row; `leaves` has room for `rowCount`, which is a
///   multiple of eight.
/// - Parameter root: the place of the tree's first node, in units of eight bytes.
/// - Parameter depth: steps that reach a leaf.
@inline(never)
package func walkRowsToLeaves(
    nodes: UnsafeRawPointer, root: UInt32, depth: UInt32, columns: UnsafePointer<Float>, columnCount: Int,
    rowCount: Int, leaves: UnsafeMutablePointer<UInt32>
) {
    var row = 0
    while row < rowCount {
        // The eight rows are among those of the block; a walk stays among the nodes of its tree.
        let first = unsafe columns + row &* columnCount
        var places = EightPlaces(repeating: UInt(root))
        var level: UInt32 = 0
        while level < depth {
            let before = places
            for _ in 0..<levelsBetweenLooks { unsafe places.step(nodes, first, columnCount) }
            if places == before { break }
            level &+= levelsBetweenLooks
        }
        unsafe places.storeLeaves(nodes, leaves + row)
        row &+= 8
    }
}

/// Where eight walks down one tree are, in units of eight bytes.
private struct EightPlaces: Equatable {
    private var a: UInt
    private var b: UInt
    private var c: UInt
    private var d: UInt
    private var e: UInt
    private var f: UInt
    private var g: UInt
    private var h: UInt

    @inline(__always)
    init(repeating place: UInt) {
        (a, b, c, d) = (place, place, place, place)
        (e, f, g, h) = (place, place, place, place)
    }

    @inline(__always)
    mutating func step(_ nodes: UnsafeRawPointer, _ rows: UnsafePointer<Float>, _ columnCount: Int) {
        // The caller says what the addresses hold.
        unsafe a = child(nodes, a, rows)
        unsafe b = child(nodes, b, rows + columnCount)
        unsafe c = child(nodes, c, rows + 2 &* columnCount)
        unsafe d = child(nodes, d, rows + 3 &* columnCount)
        unsafe e = child(nodes, e, rows + 4 &* columnCount)
        unsafe f = child(nodes, f, rows + 5 &* columnCount)
        unsafe g = child(nodes, g, rows + 6 &* columnCount)
        unsafe h = child(nodes, h, rows + 7 &* columnCount)
    }

    @inline(__always)
    func storeLeaves(_ nodes: UnsafeRawPointer, _ leaves: UnsafeMutablePointer<UInt32>) {
        // As above; there is room for eight.
        unsafe leaves[0] = leaf(nodes, a)
        unsafe leaves[1] = leaf(nodes, b)
        unsafe leaves[2] = leaf(nodes, c)
        unsafe leaves[3] = leaf(nodes, d)
        unsafe leaves[4] = leaf(nodes, e)
        unsafe leaves[5] = leaf(nodes, f)
        unsafe leaves[6] = leaf(nodes, g)
        unsafe leaves[7] = leaf(nodes, h)
    }
}
