// From conditions to the leaf that every row of a block reaches, for trees of any shape.
//
// Which rows reach a node is a plane. A node hands its rows down: to its right child those that its condition holds
// for, to its left child the others. Leaves are numbered from left to right; a plane of the number is the OR of the
// planes of all leaves whose number has the bit. Padding such a tree to a perfect one would double the work with each
// level that only some leaves have.
//
// A child's rows are loaded soon after its parent stored them, which takes some eight cycles; leaf-wise trees are ten
// and more levels deep. So four trees are handed down together, level by level.
//
// What limits it: two loads, two operations and two stores for each node, the stores most of all; two operations for
// each leaf.
import CVectorPrimitives

/// Writes the leaf numbers of a group of trees of any shape.
@inline(__always)
func storeFreeLeaves<Plane: RowPlane>(_ block: borrowing rowan_block, _ group: rowan_plane_group, _: Plane.Type) {
    // The engine checked that nodes, offsets and children are those of the group, and that there is reach for all.
    unsafe handDown(block, group, Plane.self)
    var reach = unsafe block.reach + reachByteCount
    var bytes = unsafe block.leaf_numbers
    let counts = group.leaf_counts
    for tree in 0..<Int(group.tree_count) {
        let leafCount = tree < 2 ? (tree == 0 ? counts.0 : counts.1) : (tree == 2 ? counts.2 : counts.3)
        let octetCount = (Int(leafCount) &+ 7) / 8
        unsafe storeLeaves(
            reach, leafCount: Int(leafCount), octetCount: octetCount, depth: group.depth,
            into: LeafBytes<Plane>(bytes: bytes))
        unsafe reach += 8 &* octetCount &* reachByteCount
        unsafe bytes += 8 &* Plane.byteCount
    }
}

/// Bytes from the rows of one node or leaf to those of the next, whatever the block's rows.
private let reachByteCount = Int(rowan_plane_bit_count) / 8

/// Writes for every node and leaf which rows reach it.
@inline(__always)
private func handDown<Plane: RowPlane>(_ block: borrowing rowan_block, _ group: rowan_plane_group, _: Plane.Type) {
    // As above.
    let nodes = unsafe block.free_nodes + Int(group.first_place)
    let reach = unsafe block.reach
    let shift = (Int(rowan_plane_bit_count) / 8 / Plane.byteCount).trailingZeroBitCount
    for index in 0..<Int(group.node_count) {
        let node = unsafe nodes[index]
        let condition = unsafe Plane.load(block.planes + (Int(node.plane_offset) &* 8) &>> shift)
        let reached = unsafe Plane.load(reach + Int(node.own))
        unsafe (reached & ~condition).store(reach + Int(node.left))
        unsafe (reached & condition).store(reach + Int(node.right))
    }
}

/// Writes the numbers of one tree's leaves, given the rows that reach them.
@inline(__always)
private func storeLeaves<Plane: RowPlane>(
    _ reach: UnsafeMutablePointer<UInt8>, leafCount: Int, octetCount: Int, depth: UInt32, into out: LeafBytes<Plane>
) {
    let none = Plane.none
    for leaf in leafCount..<8 &* octetCount {
        // Leaves have room up to whole eights.
        unsafe none.store(reach + leaf &* reachByteCount)
    }
    if depth <= 5 {
        // At most four eights, as in LightGBM's default of 31 leaves: no loop, and few planes at a time.
        @inline(__always)
        func octet(_ number: Int) -> LeafOctet<Plane> {
            // An eight that the tree lacks is not read.
            unsafe number < octetCount ? LeafOctet(reach + 8 &* number &* reachByteCount) : .none
        }
        let (o0, o1, o2, o3) = (octet(0), octet(1), octet(2), octet(3))
        return out.store(
            o0.bit0 | o1.bit0 | o2.bit0 | o3.bit0, o0.bit1 | o1.bit1 | o2.bit1 | o3.bit1,
            o0.bit2 | o1.bit2 | o2.bit2 | o3.bit2, o1.any | o3.any, o2.any | o3.any)
    }
    // A tree that is a leaf has no node that writes its rows. What its place holds enters no bit: it is number 0, and
    // `any` of the first eight is asked for by none.
    var (p0, p1, p2, p3) = (none, none, none, none)
    var (p4, p5, p6, p7) = (none, none, none, none)
    for octet in 0..<octetCount {
        let bits = unsafe LeafOctet<Plane>(reach + 8 &* octet &* reachByteCount)
        p0 = p0 | bits.bit0
        p1 = p1 | bits.bit1
        p2 = p2 | bits.bit2
        if octet & 1 != 0 { p3 = p3 | bits.any }
        if octet & 2 != 0 { p4 = p4 | bits.any }
        if octet & 4 != 0 { p5 = p5 | bits.any }
        if octet & 8 != 0 { p6 = p6 | bits.any }
        if octet & 16 != 0 { p7 = p7 | bits.any }
    }
    switch depth {
    case 6: out.store(p0, p1, p2, p3, p4, p5)
    case 7: out.store(p0, p1, p2, p3, p4, p5, p6)
    default: out.store(p0, p1, p2, p3, p4, p5, p6, p7)
    }
}

/// Eight neighbouring leaves: which rows reach those whose number has a bit, and any of them.
private struct LeafOctet<Plane: RowPlane> {
    let bit0: Plane
    let bit1: Plane
    let bit2: Plane
    let any: Plane

    /// Leaves that no row reaches.
    static var none: LeafOctet {
        @inline(__always) get { LeafOctet(Plane.none) }
    }

    @inline(__always)
    private init(_ plane: Plane) {
        (bit0, bit1, bit2, any) = (plane, plane, plane, plane)
    }

    @inline(__always)
    init(_ reach: UnsafePointer<UInt8>) {
        @inline(__always)
        func leaf(_ number: Int) -> Plane {
            // There are eight vectors.
            unsafe Plane.load(reach + number &* reachByteCount)
        }
        let (l1, l3, l5, l7) = (leaf(1), leaf(3), leaf(5), leaf(7))
        let (pair1, pair2) = (leaf(2) | l3, leaf(4) | l5)
        let pair3 = leaf(6) | l7
        bit0 = (l1 | l3) | (l5 | l7)
        bit1 = pair1 | pair3
        bit2 = pair2 | pair3
        any = (leaf(0) | l1) | pair1 | bit2
    }
}
