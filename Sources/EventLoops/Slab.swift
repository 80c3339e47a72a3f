/// Values in numbered slots that are used again; each use has its own generation.
///
/// - Isolation: one thread at a time.
/// - Complexity: every operation is constant; inserting allocates only when more slots than ever before are in use.
struct Slab<Value> {
    private struct Slot {
        var value: Value?
        var generation: UInt32
        var nextFree: UInt32
    }

    private static var none: UInt32 { .max }

    private var slots: ContiguousArray<Slot> = []
    private var firstFree = Slab.none
    /// Number of values held.
    private(set) var count = 0

    /// Keeps a value until it is removed under the token returned.
    mutating func insert(_ value: Value) -> SlotToken {
        count += 1
        if firstFree == Self.none {
            precondition(slots.count < Int(Self.none), "more slots than a token can name")
            slots.append(Slot(value: value, generation: 0, nextFree: Self.none))
            return SlotToken(index: UInt32(slots.count - 1), generation: 0)
        }
        let index = firstFree
        firstFree = slots[Int(index)].nextFree
        slots[Int(index)].value = value
        return SlotToken(index: index, generation: slots[Int(index)].generation)
    }

    /// Removes a value; nothing happens if it is gone already.
    @discardableResult
    mutating func remove(_ token: SlotToken) -> Value? {
        guard isCurrent(token) else { return nil }
        let index = Int(token.index)
        let value = slots[index].value
        slots[index].value = nil
        slots[index].generation &+= 1
        slots[index].nextFree = firstFree
        firstFree = token.index
        count -= 1
        return value
    }

    /// Whether the token's value is still held.
    func isCurrent(_ token: SlotToken) -> Bool {
        let index = Int(token.index)
        return index < slots.count && slots[index].generation == token.generation && slots[index].value != nil
    }

    /// The token's value; nil if it is gone.
    subscript(_ token: SlotToken) -> Value? {
        get {
            let index = Int(token.index)
            guard index < slots.count, slots[index].generation == token.generation else { return nil }
            return slots[index].value
        }
    }

    /// Changes a value in place.
    ///
    /// - Returns: what `body` returned, nil if the value is gone.
    mutating func modify<Result>(_ token: SlotToken, _ body: (inout Value) -> Result) -> Result? {
        let index = Int(token.index)
        guard index < slots.count, slots[index].generation == token.generation, var value = slots[index].value
        else { return nil }
        let result = body(&value)
        slots[index].value = value
        return result
    }
}
