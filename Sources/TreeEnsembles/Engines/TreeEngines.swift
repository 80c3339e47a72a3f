/// The engines, best first, and the choice among them.
///
/// Adding an engine is a file and a line in `candidates`. There is no second test of what an engine can do: it can
/// serve a forest if it compiled.
package enum TreeEngines {
    private struct Candidate: Sendable {
        let name: String
        /// Higher is tried first.
        let rank: Int
        let compile: @Sendable (TreeEnsemble, EngineColumns, InstructionSet) throws(EngineRefusal) -> any TreeEngine
    }

    private static let candidates: [Candidate] = [
        Candidate(name: BitPlaneEngine.name, rank: 20) {
            (ensemble, columns, instructionSet) throws(EngineRefusal) in
            try BitPlaneEngine(ensemble, columns: columns, instructionSet: instructionSet)
        },
        Candidate(name: RankedRowEngine.name, rank: 15) {
            (ensemble, columns, instructionSet) throws(EngineRefusal) in
            try RankedRowEngine(ensemble, columns: columns, instructionSet: instructionSet)
        },
        Candidate(name: TraversalEngine.name, rank: 10) { ensemble, columns, instructionSet in
            TraversalEngine(ensemble, columns: columns, instructionSet: instructionSet)
        },
    ].sorted { $0.rank > $1.rank }

    /// An engine and why better ones do not serve, or not for single rows.
    package struct Choice: Sendable {
        /// The best engine that compiled, with what stands in front of it: a translation of rows, functions of leaves.
        package let engine: any TreeEngine
        /// Engines of a higher rank, and those that would take over single rows, and what they cannot do.
        package let refusals: [EngineRefusal]
    }

    /// Names of all engines, best first.
    package static var names: [String] { candidates.map(\.name) }

    /// Makes a forest ready to be evaluated.
    ///
    /// - Complexity: proportional to the nodes; allocates the engine's tables.
    /// - Parameter instructionSet: what kernels are taken; at most what this machine has.
    /// - Precondition: this machine has the instruction set.
    package static func compile(_ ensemble: TreeEnsemble, instructionSet: InstructionSet) -> Choice {
        precondition(
            instructionSet <= InstructionSet.detect(), "kernels run only on machines that have their instructions")
        let translation = ensemble.translated()
        let forest = translation?.forest ?? ensemble
        let columns = EngineColumns(of: forest)
        var refusals: [EngineRefusal] = []
        for candidate in candidates {
            do throws(EngineRefusal) {
                let engine = try candidate.compile(forest, columns, instructionSet)
                return Choice(
                    engine: Self.complete(engine, translation?.rows, of: ensemble),
                    refusals: refusals + engine.refusals)
            } catch {
                refusals.append(error)
            }
        }
        preconditionFailure("the last engine takes every forest")
    }

    /// Every engine that takes a forest; for tests and measurements.
    package static func compileAll(_ ensemble: TreeEnsemble, instructionSet: InstructionSet) -> [any TreeEngine] {
        let translation = ensemble.translated()
        let forest = translation?.forest ?? ensemble
        let columns = EngineColumns(of: forest)
        return candidates.compactMap { candidate in
            guard let engine = try? candidate.compile(forest, columns, instructionSet) else { return nil }
            return complete(engine, translation?.rows, of: ensemble)
        }
    }

    /// An engine with what stands in front of it: a translation of rows, the linear functions of leaves.
    private static func complete(
        _ engine: any TreeEngine, _ translation: RowTranslation?, of ensemble: TreeEnsemble
    ) -> any TreeEngine {
        guard let translation else {
            precondition(ensemble.linearLeaves == nil, "a forest with linear leaves compares doubles")
            return engine
        }
        let translating = TranslatingEngine(engine, translation: translation)
        return ensemble.linearLeaves == nil ? translating : LinearLeafEngine(translating, of: ensemble)
    }
}
