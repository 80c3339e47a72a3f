/// Names a registration or timer slot and the use of it that is meant.
///
/// A slot is used again and again; each use has its own generation. A token of an earlier use finds nothing, so an
/// event that the kernel reported for a closed descriptor cannot reach the connection that got its number.
///
/// - Layout: the index in the lower and the generation in the upper half of `bits`.
package struct SlotToken: Hashable, Sendable {
    let index: UInt32
    let generation: UInt32

    init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    init(bits: UInt64) {
        index = UInt32(truncatingIfNeeded: bits)
        generation = UInt32(truncatingIfNeeded: bits >> 32)
    }

    var bits: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}
