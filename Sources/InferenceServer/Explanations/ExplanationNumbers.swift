import LinuxSystem
import OpenInferenceProtocol
import Synchronization

/// Gives anomalous rows the identities that answers tell.
///
/// - Isolation: any thread.
final class ExplanationNumbers: Sendable {
    /// That of this process.
    let origin: UInt64
    private let next = Atomic<UInt64>(1)

    init(origin: UInt64 = .random(in: 1...UInt64.max)) {
        self.origin = origin
    }

    /// Takes identities that follow each other.
    ///
    /// - Returns: the first of `count`.
    func take(_ count: Int) -> ExplanationIdentity {
        ExplanationIdentity(origin: origin, sequence: next.add(UInt64(count), ordering: .relaxed).oldValue)
    }
}
