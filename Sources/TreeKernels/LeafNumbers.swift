// From conditions to the leaf that every row of a block reaches, as bytes.
//
// A perfect tree is a network of selects over condition planes: the root's plane is the highest bit of the leaf's
// number; the plane of the next level is, row by row, that of the node which the bits so far lead to. An oblivious tree
// needs no network: its planes are the bits. Shallow branches are padded: a condition that never holds, equal leaves.
//
// The planes are turned into bytes by an 8 x 8 bit transpose across eight vectors in three rounds of shift and select.
// It leaves row 8 j + k in byte j of vector k, an order that is undone once, on the sums. Only the first
// `rowCapacity / 8` bytes of a vector matter; vectors are stored whole in ascending order, each over the unused end of
// the one before.
import CVectorPrimitives

typealias Plane = rowan_plane

/// The planes of conditions that a tree's numbers point to.
///
/// Planes of a block of fewer rows than a vector has bits stand closer together: they stay in the first cache, and a
/// load brings neighbours along that nothing looks at.
@safe
struct TreePlanes {
    let planes: UnsafePointer<UInt8>
    let offsets: UnsafePointer<UInt32>
    /// What makes the offset in a full block one in this block.
    let offsetShift: Int

    @inline(__always)
    subscript(_ node: Int) -> Plane {
        // Offsets are those of planes, in units of eight bytes; behind the last plane is room for a vector.
        unsafe rowan_plane_load(planes + (Int(offsets[node]) &* 8) &>> offsetShift)
    }

    /// The condition of the node that the decisions lead to, among the two, four, … nodes from `node` on.
    @inline(__always)
    func choose(_ node: Int, _ a: Plane) -> Plane {
        rowan_plane_select(a, self[node &+ 1], self[node])
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane) -> Plane {
        rowan_plane_select(a, choose(node &+ 2, b), choose(node, b))
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane, _ c: Plane) -> Plane {
        rowan_plane_select(a, choose(node &+ 4, b, c), choose(node, b, c))
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane, _ c: Plane, _ d: Plane) -> Plane {
        rowan_plane_select(a, choose(node &+ 8, b, c, d), choose(node, b, c, d))
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane, _ c: Plane, _ d: Plane, _ e: Plane) -> Plane {
        rowan_plane_select(a, choose(node &+ 16, b, c, d, e), choose(node, b, c, d, e))
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane, _ c: Plane, _ d: Plane, _ e: Plane, _ f: Plane) -> Plane {
        rowan_plane_select(a, choose(node &+ 32, b, c, d, e, f), choose(node, b, c, d, e, f))
    }

    @inline(__always)
    func choose(
        _ node: Int, _ a: Plane, _ b: Plane, _ c: Plane, _ d: Plane, _ e: Plane, _ f: Plane, _ g: Plane
    ) -> Plane {
        rowan_plane_select(a, choose(node &+ 64, b, c, d, e, f, g), choose(node, b, c, d, e, f, g))
    }
}

/// Writes the leaf numbers of a perfect tree.
@inline(__always)
func storePerfectLeaves(_ tree: TreePlanes, depth: UInt32, rowCapacity: Int, into bytes: UnsafeMutablePointer<UInt8>) {
    let none = rowan_plane_bytes(0)
    let out = unsafe LeafBytes(bytes: bytes, stride: rowCapacity / 8)
    let a = tree[1]
    if depth == 1 { return out.store(a, none, none, none) }
    let b = tree.choose(2, a)
    if depth == 2 { return out.store(b, a, none, none) }
    let c = tree.choose(4, a, b)
    if depth == 3 { return out.store(c, b, a, none) }
    let d = tree.choose(8, a, b, c)
    if depth == 4 { return out.store(d, c, b, a) }
    let e = tree.choose(16, a, b, c, d)
    if depth == 5 { return out.store(e, d, c, b, a) }
    let f = tree.choose(32, a, b, c, d, e)
    if depth == 6 { return out.store(f, e, d, c, b, a) }
    let g = tree.choose(64, a, b, c, d, e, f)
    if depth == 7 { return out.store(g, f, e, d, c, b, a) }
    let h = tree.choose(128, a, b, c, d, e, f, g)
    out.store(h, g, f, e, d, c, b, a)
}

/// Writes the leaf numbers of an oblivious tree.
@inline(__always)
func storeObliviousLeaves(_ tree: TreePlanes, depth: UInt32, rowCapacity: Int, into bytes: UnsafeMutablePointer<UInt8>)
{
    let none = rowan_plane_bytes(0)
    let out = unsafe LeafBytes(bytes: bytes, stride: rowCapacity / 8)
    switch depth {
    case 1: out.store(tree[0], none, none, none)
    case 2: out.store(tree[0], tree[1], none, none)
    case 3: out.store(tree[0], tree[1], tree[2], none)
    case 4: out.store(tree[0], tree[1], tree[2], tree[3])
    case 5: out.store(tree[0], tree[1], tree[2], tree[3], tree[4])
    case 6: out.store(tree[0], tree[1], tree[2], tree[3], tree[4], tree[5])
    case 7: out.store(tree[0], tree[1], tree[2], tree[3], tree[4], tree[5], tree[6])
    default: out.store(tree[0], tree[1], tree[2], tree[3], tree[4], tree[5], tree[6], tree[7])
    }
}

/// Where leaf numbers go; `stride` bytes of each of eight vectors are kept.
@safe
struct LeafBytes {
    let bytes: UnsafeMutablePointer<UInt8>
    let stride: Int

    /// Writes the numbers whose bits 0, 1, 2, … are given as planes; absent ones are zero.
    @inline(__always)
    func store(
        _ p0: Plane, _ p1: Plane, _ p2: Plane, _ p3: Plane, _ p4: Plane? = nil, _ p5: Plane? = nil,
        _ p6: Plane? = nil, _ p7: Plane? = nil
    ) {
        let (r0, r4) = exchangedNibbles(p0, p4)
        let (r1, r5) = exchangedNibbles(p1, p5)
        let (r2, r6) = exchangedNibbles(p2, p6)
        let (r3, r7) = exchangedNibbles(p3, p7)
        storeQuarter(0, r0, r1, r2, r3)
        storeQuarter(4, r4, r5, r6, r7)
    }

    /// The last two rounds of the transpose for four vectors, and their stores.
    @inline(__always)
    private func storeQuarter(_ first: Int, _ r0: Plane, _ r1: Plane, _ r2: Plane, _ r3: Plane) {
        let pairs = rowan_plane_bytes(0x33)
        let singles = rowan_plane_bytes(0x55)
        let s0 = rowan_plane_select(pairs, r0, rowan_plane_shift_up(r2, 2))
        let s1 = rowan_plane_select(pairs, r1, rowan_plane_shift_up(r3, 2))
        let s2 = rowan_plane_select(pairs, rowan_plane_shift_down(r0, 2), r2)
        let s3 = rowan_plane_select(pairs, rowan_plane_shift_down(r1, 2), r3)
        store(first, rowan_plane_select(singles, s0, rowan_plane_shift_up(s1, 1)))
        store(first &+ 1, rowan_plane_select(singles, rowan_plane_shift_down(s0, 1), s1))
        store(first &+ 2, rowan_plane_select(singles, s2, rowan_plane_shift_up(s3, 1)))
        store(first &+ 3, rowan_plane_select(singles, rowan_plane_shift_down(s2, 1), s3))
    }

    @inline(__always)
    private func exchangedNibbles(_ low: Plane, _ high: Plane?) -> (Plane, Plane) {
        let nibbles = rowan_plane_bytes(0x0F)
        guard let high else {
            return (rowan_plane_and(nibbles, low), rowan_plane_and(nibbles, rowan_plane_shift_down(low, 4)))
        }
        return (
            rowan_plane_select(nibbles, low, rowan_plane_shift_up(high, 4)),
            rowan_plane_select(nibbles, rowan_plane_shift_down(low, 4), high)
        )
    }

    @inline(__always)
    private func store(_ vector: Int, _ numbers: Plane) {
        // The last vector may run 64 bytes over the numbers; the engine left room for that.
        unsafe rowan_plane_store(bytes + vector &* stride, numbers)
    }
}
