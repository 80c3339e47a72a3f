import AccessControl
import LinuxSystem
import Synchronization

/// What loops count of requests that were refused and belong to no key.
///
/// - Isolation: any thread; a loop adds to its own block.
final class KeyRefusalCounters: Sendable {
    /// The reasons, as the page of metrics names them.
    enum Reason: Int, CaseIterable {
        case missing, malformed, unknown, restricted

        var label: StaticString {
            switch self {
            case .missing: "missing"
            case .malformed: "malformed"
            case .unknown: "unknown"
            case .restricted: "restricted"
            }
        }

        /// The reason of a refusal; nil for one that counts for its key.
        init?(_ refusal: AccessRefusal) {
            switch refusal {
            case .restricted: self = .restricted
            case .key(.missing): self = .missing
            case .key(.malformed): self = .malformed
            case .key(.unknown): self = .unknown
            case .key(.model), .key(.scope), .key(.rate): return nil
            }
        }
    }

    private let blocks: [CounterBlock]

    init(loopCount: Int) {
        blocks = (0..<loopCount).map { _ in CounterBlock() }
    }

    /// Counts one refusal; only the loop's thread calls this.
    func count(_ reason: Reason, loop: Int) { blocks[loop].add(1, to: reason.rawValue) }

    /// The sum over all loops.
    func value(of reason: Reason) -> UInt64 { blocks.reduce(0) { $0 &+ $1.value(at: reason.rawValue) } }
}
