import Synchronization

/// A fact that one thread makes true and others look at.
///
/// - Isolation: any thread.
final class SharedFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}
