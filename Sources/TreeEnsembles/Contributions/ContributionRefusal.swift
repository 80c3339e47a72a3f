/// Why a forest's margins cannot be explained.
///
/// - Isolation: any thread; a value.
package enum ContributionRefusal: Error, Equatable, Sendable {
    /// The model's file does not say how many training rows reached which node.
    case noCovers
    /// Margins are no sums of leaves' values; `what` says what they are.
    case kind(what: String)
    /// A node's cover is negative.
    case negativeCover
    /// A number of the forest is above a limit; `what` names it in the plural.
    case limit(what: String, value: Int, limit: Int)

    /// The reason as the end of a sentence.
    package var message: String {
        switch self {
        case .noCovers: "the model's file does not say how many training rows reached each node"
        case .kind(let what): "contributions to \(what) are not defined"
        case .negativeCover: "the model's file gives a node a negative cover"
        case .limit(let what, let value, let limit): "\(value) \(what), limit \(limit)"
        }
    }
}
