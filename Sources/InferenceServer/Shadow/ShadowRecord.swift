import LinuxSystem
import ModelRepository
import Synchronization
import TrafficSplitting

/// What comparing with one shadow has shown, for as long as the same model is behind it.
///
/// - Isolation: written by the shadow's thread, read by any; the lock is taken for each request that is compared.
final class ShadowRecord: Sendable {
    private struct Content {
        var tally = ShadowTally()
        var longestSlice = Nanoseconds.zero
    }

    /// The variant's name and its model.
    let name: String
    private let member: ServedModel?
    private let content = Mutex(Content())

    init(of variant: TrafficSplit.Variant) {
        name = variant.name
        member = variant.member
    }

    /// Whether what is known is about a variant.
    func isAbout(_ variant: TrafficSplit.Variant) -> Bool { name == variant.name && member === variant.member }

    /// Adds to what is known.
    func add(_ body: (inout ShadowTally) -> Void) { content.withLock { body(&$0.tally) } }

    /// Notes for how long the thread has worked without offering its processor.
    func note(slice duration: Nanoseconds) {
        content.withLock { $0.longestSlice = max($0.longestSlice, duration) }
    }

    var tally: ShadowTally { content.withLock { $0.tally } }
    var longestSlice: Nanoseconds { content.withLock { $0.longestSlice } }
}
