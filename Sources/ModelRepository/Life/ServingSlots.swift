/// Numbers the model versions of a server, so that a request in work can be told by a number which version it is for.
///
/// A version keeps its slot until every loop has said that nothing of it is in work; then the slot may be another's.
///
/// - Isolation: a value.
struct ServingSlots<Model: Sendable>: Sendable {
    private enum Slot {
        case free
        case serving(Model)
        /// Still the model's, until these loops have said that they are done with it.
        case retired(Model, loops: Set<Int>)
    }

    /// Loops that must have released a slot before it is free; none before the server starts them.
    var loops: Set<Int> = []
    private var slots: [Slot] = []

    /// The models by slot, those of retired versions included.
    var models: [Model?] {
        slots.map { slot in
            switch slot {
            case .free: nil
            case .serving(let model), .retired(let model, _): model
            }
        }
    }

    /// Gives a model the lowest free slot.
    mutating func place(_ model: Model) -> Int {
        for index in slots.indices {
            guard case .free = slots[index] else { continue }
            slots[index] = .serving(model)
            return index
        }
        slots.append(.serving(model))
        return slots.count - 1
    }

    /// The model of a slot that is not free.
    func model(at slot: Int) -> Model {
        guard let model = models[slot] else { preconditionFailure("a slot that is free has no model") }
        return model
    }

    /// No request gets the slot any more.
    ///
    /// - Returns: whether it is free at once, because nobody can have work for it.
    mutating func retire(_ slot: Int) -> Bool {
        guard case .serving(let model) = slots[slot] else { preconditionFailure("a slot is retired once") }
        slots[slot] = loops.isEmpty ? .free : .retired(model, loops: loops)
        return loops.isEmpty
    }

    /// A loop has no work for a retired slot and will get none.
    ///
    /// - Returns: whether the slot is free now.
    mutating func released(_ slot: Int, by loop: Int) -> Bool {
        guard case .retired(let model, var waitedFor) = slots[slot], waitedFor.remove(loop) != nil else {
            preconditionFailure("a loop releases a retired slot once")
        }
        slots[slot] = waitedFor.isEmpty ? .free : .retired(model, loops: waitedFor)
        return waitedFor.isEmpty
    }
}
