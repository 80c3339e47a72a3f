/// Why an engine does not serve a forest: which engine, and the first thing about the forest that it cannot do.
///
/// - Isolation: any thread; a value.
package struct EngineRefusal: Error, Equatable, Sendable {
    /// What an engine cannot do.
    package enum Reason: Equatable, Sendable {
        /// A number of the forest is above the engine's limit; `what` names it in the plural.
        case limit(what: String, value: Int, limit: Int)
        /// The kernels of the instruction set do not include the engine's.
        case instructionSet(InstructionSet)
        /// The engine has no kernel for what the forest does; `what` names it.
        case kind(what: String)
    }

    /// The engine's name.
    package let engine: String
    /// What it cannot do.
    package let reason: Reason

    /// One sentence for reports.
    package var message: String {
        switch reason {
        case .limit(let what, let value, let limit): "\(engine): \(value) \(what), limit \(limit)"
        case .instructionSet(let set): "\(engine): no kernel for \(set.rawValue)"
        case .kind(let what): "\(engine): no kernel for \(what)"
        }
    }
}

extension EngineRefusal: CustomStringConvertible {
    package var description: String { message }
}
