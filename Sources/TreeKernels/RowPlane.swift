// Rows of a block as bits of one register: whether each meets a condition, reaches a node, has a bit in its leaf's
// number.
//
// A block of fewer rows than the instruction set's vector has bits takes a narrower register, down to a word for 64
// rows. A wide one would do for them too, but nearly each of its loads and stores would touch two lines of the cache,
// and what is loaded right behind a store would come later.
import CVectorPrimitives

/// A register of one bit for each row.
///
/// The compiler makes one instruction of `choose` where the instruction set has it.
protocol RowPlane: BitwiseCopyable {
    /// The same bits in every byte.
    init(repeatingByte byte: UInt8)
    static func & (a: Self, b: Self) -> Self
    static func | (a: Self, b: Self) -> Self
    static func ^ (a: Self, b: Self) -> Self
    static prefix func ~ (a: Self) -> Self
    /// Shifts each group of 64 bits.
    func shiftedUp(_ count: Int) -> Self
    func shiftedDown(_ count: Int) -> Self

    /// Bytes of a plane in memory.
    static var byteCount: Int { get }
    /// - Precondition: there is a plane at the address, aligned or not.
    static func load(_ address: UnsafeRawPointer) -> Self
    /// - Precondition: there is room for a plane at the address, aligned or not.
    func store(_ address: UnsafeMutableRawPointer)
}

extension RowPlane {
    static var byteCount: Int { @inline(__always) get { MemoryLayout<Self>.size } }

    /// No row.
    static var none: Self { @inline(__always) get { Self(repeatingByte: 0) } }

    /// The bits of `a` where `mask` is set, of `b` elsewhere.
    @inline(__always)
    static func choose(_ mask: Self, _ a: Self, _ b: Self) -> Self { b ^ (mask & (a ^ b)) }

    @inline(__always)
    static func load(_ address: UnsafeRawPointer) -> Self {
        // As the protocol says.
        unsafe address.loadUnaligned(as: Self.self)
    }

    @inline(__always)
    func store(_ address: UnsafeMutableRawPointer) {
        // As the protocol says.
        unsafe address.storeBytes(of: self, as: Self.self)
    }
}

/// 64 rows, in the lower half of a vector: what is made of words, the compiler joins to vectors by slow gathers.
struct LowWord: RowPlane {
    private let lanes: SIMD2<UInt64>

    static var byteCount: Int { @inline(__always) get { 8 } }

    @inline(__always)
    private init(_ lanes: SIMD2<UInt64>) { self.lanes = lanes }

    @inline(__always)
    init(repeatingByte byte: UInt8) { lanes = SIMD2(repeatingByte: byte) }

    @inline(__always)
    static func & (a: Self, b: Self) -> Self { Self(a.lanes & b.lanes) }

    @inline(__always)
    static func | (a: Self, b: Self) -> Self { Self(a.lanes | b.lanes) }

    @inline(__always)
    static func ^ (a: Self, b: Self) -> Self { Self(a.lanes ^ b.lanes) }

    @inline(__always)
    static prefix func ~ (a: Self) -> Self { Self(~a.lanes) }

    @inline(__always)
    func shiftedUp(_ count: Int) -> Self { Self(lanes.shiftedUp(count)) }

    @inline(__always)
    func shiftedDown(_ count: Int) -> Self { Self(lanes.shiftedDown(count)) }

    @inline(__always)
    static func load(_ address: UnsafeRawPointer) -> Self {
        // As the protocol says.
        unsafe Self(SIMD2(address.loadUnaligned(as: UInt64.self), 0))
    }

    @inline(__always)
    func store(_ address: UnsafeMutableRawPointer) {
        // As the protocol says.
        unsafe address.storeBytes(of: lanes[0], as: UInt64.self)
    }
}

/// As many rows as the instruction set's vector has bits.
typealias VectorPlane = rowan_plane_words

/// 128 rows.
extension SIMD2: RowPlane where Scalar == UInt64 {}
/// 256 rows.
extension SIMD4: RowPlane where Scalar == UInt64 {}
/// 512 rows.
extension SIMD8: RowPlane where Scalar == UInt64 {}

extension SIMD where Scalar == UInt64 {
    @inline(__always)
    init(repeatingByte byte: UInt8) { self.init(repeating: UInt64(byte) &* 0x0101_0101_0101_0101) }

    @inline(__always)
    func shiftedUp(_ count: Int) -> Self { self &<< UInt64(truncatingIfNeeded: count) }

    @inline(__always)
    func shiftedDown(_ count: Int) -> Self { self &>> UInt64(truncatingIfNeeded: count) }
}
