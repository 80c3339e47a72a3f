import CVectorPrimitives

/// One double for each row.
enum DoubleLanes: ShapleyLanes {
    typealias Number = Double
    typealias Vector = rowan_doubles
    typealias Mask = rowan_mask
    typealias Moves = rowan_vector_moves

    static var rowCount: Int { Int(rowan_double_count) }
    static var maskByteCount: Int { Int(rowan_mask_byte_count) }

    // Callers own what the addresses below point to; each function touches one vector or mask.
    @inline(__always)
    static func load(_ numbers: UnsafePointer<Double>) -> Vector { unsafe rowan_vector_load(numbers) }
    @inline(__always)
    static func store(_ vector: Vector, _ numbers: UnsafeMutablePointer<Double>) {
        unsafe rowan_vector_store(numbers, vector)
    }
    @inline(__always)
    static func of(_ number: Double) -> Vector { rowan_vector_of(number) }
    @inline(__always)
    static func add(_ first: Vector, _ second: Vector) -> Vector { rowan_vector_add(first, second) }
    @inline(__always)
    static func subtract(_ first: Vector, _ second: Vector) -> Vector { rowan_vector_subtract(first, second) }
    @inline(__always)
    static func multiply(_ first: Vector, _ second: Vector) -> Vector { rowan_vector_multiply(first, second) }
    @inline(__always)
    static func divide(_ first: Vector, _ second: Vector) -> Vector { rowan_vector_divide(first, second) }
    @inline(__always)
    static func choose(_ mask: Mask, _ yes: Vector, _ no: Vector) -> Vector { rowan_vector_choose(mask, yes, no) }

    @inline(__always)
    static func atLeast(_ numbers: UnsafePointer<Double>, _ threshold: Double) -> Mask {
        unsafe rowan_mask_at_least(numbers, threshold)
    }
    static var allRows: Mask {
        @inline(__always) get { rowan_mask_all() }
    }
    @inline(__always)
    static func and(_ first: Mask, _ second: Mask) -> Mask { rowan_mask_and(first, second) }
    @inline(__always)
    static func without(_ first: Mask, _ second: Mask) -> Mask { rowan_mask_without(first, second) }
    // As above.
    @inline(__always)
    static func loadMask(_ bytes: UnsafePointer<UInt8>) -> Mask { unsafe rowan_mask_load(bytes) }
    @inline(__always)
    static func storeMask(_ mask: Mask, _ bytes: UnsafeMutablePointer<UInt8>) {
        // As above.
        unsafe rowan_mask_store(bytes, mask)
    }

    // As above.
    @inline(__always)
    static func pick(_ numbers: UnsafePointer<Double>, _ indices: UnsafePointer<UInt32>) -> Vector {
        unsafe rowan_vector_pick(numbers, indices)
    }
    @inline(__always)
    static func atLeast(_ first: Vector, _ second: Vector) -> Mask { rowan_mask_at_least_each(first, second) }
    @inline(__always)
    static func lanes(_ bits: UInt32) -> Mask { rowan_mask_of(bits) }
    // As above.
    @inline(__always)
    static func loadMoves(_ bytes: UnsafePointer<UInt8>) -> Moves { unsafe rowan_vector_moves_load(bytes) }
    @inline(__always)
    static func move(_ vector: Vector, _ moves: Moves) -> Vector { rowan_vector_move(vector, moves) }
    @inline(__always)
    static func wide(_ number: Double) -> Double { number }
}
