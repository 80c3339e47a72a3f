import CVectorPrimitives

/// One float for each row, twice as many rows as with doubles.
enum FloatLanes: ShapleyLanes {
    typealias Number = Float
    typealias Vector = rowan_singles
    typealias Mask = rowan_single_mask
    typealias Moves = rowan_single_moves

    static var rowCount: Int { Int(rowan_single_count) }
    static var maskByteCount: Int { Int(rowan_single_mask_byte_count) }

    // Callers own what the addresses below point to; each function touches one vector or mask.
    @inline(__always)
    static func load(_ numbers: UnsafePointer<Float>) -> Vector { unsafe rowan_single_load(numbers) }
    @inline(__always)
    static func store(_ vector: Vector, _ numbers: UnsafeMutablePointer<Float>) {
        unsafe rowan_single_store(numbers, vector)
    }
    @inline(__always)
    static func of(_ number: Float) -> Vector { rowan_single_of(number) }
    @inline(__always)
    static func add(_ first: Vector, _ second: Vector) -> Vector { rowan_single_add(first, second) }
    @inline(__always)
    static func subtract(_ first: Vector, _ second: Vector) -> Vector { rowan_single_subtract(first, second) }
    @inline(__always)
    static func multiply(_ first: Vector, _ second: Vector) -> Vector { rowan_single_multiply(first, second) }
    @inline(__always)
    static func divide(_ first: Vector, _ second: Vector) -> Vector { rowan_single_divide(first, second) }
    @inline(__always)
    static func choose(_ mask: Mask, _ yes: Vector, _ no: Vector) -> Vector { rowan_single_choose(mask, yes, no) }

    @inline(__always)
    static func atLeast(_ numbers: UnsafePointer<Float>, _ threshold: Float) -> Mask {
        unsafe rowan_single_at_least(numbers, threshold)
    }
    static var allRows: Mask {
        @inline(__always) get { rowan_single_mask_all() }
    }
    @inline(__always)
    static func and(_ first: Mask, _ second: Mask) -> Mask { rowan_single_mask_and(first, second) }
    @inline(__always)
    static func without(_ first: Mask, _ second: Mask) -> Mask { rowan_single_mask_without(first, second) }
    // As above.
    @inline(__always)
    static func loadMask(_ bytes: UnsafePointer<UInt8>) -> Mask { unsafe rowan_single_mask_load(bytes) }
    @inline(__always)
    static func storeMask(_ mask: Mask, _ bytes: UnsafeMutablePointer<UInt8>) {
        // As above.
        unsafe rowan_single_mask_store(bytes, mask)
    }

    // As above.
    @inline(__always)
    static func pick(_ numbers: UnsafePointer<Float>, _ indices: UnsafePointer<UInt32>) -> Vector {
        unsafe rowan_single_pick(numbers, indices)
    }
    @inline(__always)
    static func atLeast(_ first: Vector, _ second: Vector) -> Mask { rowan_single_at_least_each(first, second) }
    @inline(__always)
    static func lanes(_ bits: UInt32) -> Mask { rowan_single_mask_of(bits) }
    // As above.
    @inline(__always)
    static func loadMoves(_ bytes: UnsafePointer<UInt8>) -> Moves { unsafe rowan_single_moves_load(bytes) }
    @inline(__always)
    static func move(_ vector: Vector, _ moves: Moves) -> Vector { rowan_single_move(vector, moves) }
    @inline(__always)
    static func wide(_ number: Float) -> Double { Double(number) }
}
