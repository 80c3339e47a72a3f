/// A number for each of a few rows in a vector, as the kernel of Shapley values computes with it.
///
/// All of it is inlined into the kernel, which is compiled once for each kind of lanes.
protocol ShapleyLanes {
    associatedtype Number: BinaryFloatingPoint & BitwiseCopyable
    associatedtype Vector: BitwiseCopyable
    /// Some of the rows.
    associatedtype Mask: BitwiseCopyable
    /// For each lane the one whose number is moved there.
    associatedtype Moves: BitwiseCopyable

    /// Rows in one vector.
    static var rowCount: Int { get }
    /// Bytes of a mask in memory.
    static var maskByteCount: Int { get }

    static func load(_ numbers: UnsafePointer<Number>) -> Vector
    static func store(_ vector: Vector, _ numbers: UnsafeMutablePointer<Number>)
    /// The same number for every row.
    static func of(_ number: Number) -> Vector
    static func add(_ first: Vector, _ second: Vector) -> Vector
    static func subtract(_ first: Vector, _ second: Vector) -> Vector
    static func multiply(_ first: Vector, _ second: Vector) -> Vector
    static func divide(_ first: Vector, _ second: Vector) -> Vector
    /// `yes` in the rows of the mask, else `no`.
    static func choose(_ mask: Mask, _ yes: Vector, _ no: Vector) -> Vector

    /// The rows whose number is at least `threshold`; NaN is at least nothing.
    static func atLeast(_ numbers: UnsafePointer<Number>, _ threshold: Number) -> Mask
    static var allRows: Mask { get }
    static func and(_ first: Mask, _ second: Mask) -> Mask
    /// The rows of the first that are not rows of the second.
    static func without(_ first: Mask, _ second: Mask) -> Mask
    static func loadMask(_ bytes: UnsafePointer<UInt8>) -> Mask
    static func storeMask(_ mask: Mask, _ bytes: UnsafeMutablePointer<UInt8>)

    // Where lanes are nodes:

    static func pick(_ numbers: UnsafePointer<Number>, _ indices: UnsafePointer<UInt32>) -> Vector
    static func atLeast(_ first: Vector, _ second: Vector) -> Mask
    /// The lanes of a set.
    static func lanes(_ bits: UInt32) -> Mask
    static func loadMoves(_ bytes: UnsafePointer<UInt8>) -> Moves
    static func move(_ vector: Vector, _ moves: Moves) -> Vector
    static func wide(_ number: Number) -> Double
}
