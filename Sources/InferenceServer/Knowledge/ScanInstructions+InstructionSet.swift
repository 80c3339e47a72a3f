import KnowledgeRetrieval
import TreeEnsembles

extension ScanInstructions {
    /// The best of them within an instruction set.
    init(_ instructionSet: InstructionSet) {
        switch instructionSet {
        case .baseline: self = .baseline
        case .v3: self = .avx2
        case .v4, .vbmi: self = .avx512
        }
    }
}
