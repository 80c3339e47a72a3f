package import DurableState

/// Why documents were not taken.
package enum KnowledgeFault: Error, Equatable, Sendable {
    /// A document breaks a rule; its id, and the field with the rule.
    case refused(id: String, String)
    /// More chunks than may be known.
    case full(limit: Int)
    /// What is known cannot be kept.
    case state(StateFault)
}

extension KnowledgeFault: CustomStringConvertible {
    /// A sentence.
    package var description: String {
        switch self {
        case .refused(let id, let reason): "document '\(id)': \(reason)"
        case .full(let limit): "the knowledge base is full: it holds at most \(limit) chunks"
        case .state(let fault): fault.description
        }
    }
}
