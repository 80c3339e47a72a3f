// From conditions to the leaf that every row of a block reaches, as bytes.
//
// A perfect tree is a network of selects over condition planes: the root's plane is the highest bit of the leaf's
// number; the plane of the next level is, row by row, that of the node which the bits so far lead to. An oblivious tree
// needs no network: its planes are the bits. Shallow branches are padded: a condition that never holds, equal leaves.
//
// The planes are turned into bytes by an 8 x 8 bit transpose across eight registers in three rounds of shift and
// select. It leaves row 8 j + k in byte j of register k, an order that is undone once, on the sums.
import CVectorPrimitives

/// The planes of conditions that a tree's numbers point to.
@safe
struct TreePlanes<Plane: RowPlane> {
    let planes: UnsafePointer<UInt8>
    let offsets: UnsafePointer<UInt32>

    @inline(__always)
    subscript(_ node: Int) -> Plane {
        // Offsets are those of planes of a full block, in units of eight bytes; those of this block stand closer.
        let shift = (Int(rowan_plane_bit_count) / 8 / Plane.byteCount).trailingZeroBitCount
        return unsafe Plane.load(planes + (Int(offsets[node]) &* 8) &>> shift)
    }

    /// The condition of the node that the decisions lead to, among the two, four, … nodes from `node` on.
    @inline(__always)
    func choose(_ node: Int, _ a: Plane) -> Plane {
        Plane.choose(a, self[node &+ 1], self[node])
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane) -> Plane {
        Plane.choose(a, choose(node &+ 2, b), choose(node, b))
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane, _ c: Plane) -> Plane {
        Plane.choose(a, choose(node &+ 4, b, c), choose(node, b, c))
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane, _ c: Plane, _ d: Plane) -> Plane {
        Plane.choose(a, choose(node &+ 8, b, c, d), choose(node, b, c, d))
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane, _ c: Plane, _ d: Plane, _ e: Plane) -> Plane {
        Plane.choose(a, choose(node &+ 16, b, c, d, e), choose(node, b, c, d, e))
    }

    @inline(__always)
    func choose(_ node: Int, _ a: Plane, _ b: Plane, _ c: Plane, _ d: Plane, _ e: Plane, _ f: Plane) -> Plane {
        Plane.choose(a, choose(node &+ 32, b, c, d, e, f), choose(node, b, c, d, e, f))
    }

    @inline(__always)
    func choose(
        _ node: Int, _ a: Plane, _ b: Plane, _ c: Plane, _ d: Plane, _ e: Plane, _ f: Plane, _ g: Plane
    ) -> Plane {
        Plane.choose(a, choose(node &+ 64, b, c, d, e, f, g), choose(node, b, c, d, e, f, g))
    }
}

/// Writes the leaf numbers of a perfect tree.
@inline(__always)
func storePerfectLeaves<Plane: RowPlane>(_ tree: TreePlanes<Plane>, depth: UInt32, into out: LeafBytes<Plane>) {
    let none = Plane.none
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
func storeObliviousLeaves<Plane: RowPlane>(_ tree: TreePlanes<Plane>, depth: UInt32, into out: LeafBytes<Plane>) {
    let none = Plane.none
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

/// Where leaf numbers go: eight registers.
@safe
struct LeafBytes<Plane: RowPlane> {
    let bytes: UnsafeMutablePointer<UInt8>

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

    /// The last two rounds of the transpose for four registers, and their stores.
    @inline(__always)
    private func storeQuarter(_ first: Int, _ r0: Plane, _ r1: Plane, _ r2: Plane, _ r3: Plane) {
        let pairs = Plane(repeatingByte: 0x33)
        let singles = Plane(repeatingByte: 0x55)
        let s0 = Plane.choose(pairs, r0, r2.shiftedUp(2))
        let s1 = Plane.choose(pairs, r1, r3.shiftedUp(2))
        let s2 = Plane.choose(pairs, r0.shiftedDown(2), r2)
        let s3 = Plane.choose(pairs, r1.shiftedDown(2), r3)
        store(first, Plane.choose(singles, s0, s1.shiftedUp(1)))
        store(first &+ 1, Plane.choose(singles, s0.shiftedDown(1), s1))
        store(first &+ 2, Plane.choose(singles, s2, s3.shiftedUp(1)))
        store(first &+ 3, Plane.choose(singles, s2.shiftedDown(1), s3))
    }

    @inline(__always)
    private func exchangedNibbles(_ low: Plane, _ high: Plane?) -> (Plane, Plane) {
        let nibbles = Plane(repeatingByte: 0x0F)
        guard let high else {
            return (nibbles & low, nibbles & low.shiftedDown(4))
        }
        return (
            Plane.choose(nibbles, low, high.shiftedUp(4)),
            Plane.choose(nibbles, low.shiftedDown(4), high)
        )
    }

    @inline(__always)
    private func store(_ register: Int, _ numbers: Plane) {
        // There is room for the numbers of a block, eight registers.
        unsafe numbers.store(bytes + register &* Plane.byteCount)
    }
}
