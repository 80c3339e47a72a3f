import OpenInferenceProtocol
import Synchronization

/// The one table of regions of a server.
///
/// A region that was registered is there for every loop at once. The lock is taken for a look-up; requests that name no
/// region never take it.
///
/// - Isolation: any thread.
final class SharedMemoryRegions: Sendable, TensorRegions {
    private let table = Mutex(RegionTable())

    /// The regions that are registered now.
    var current: RegionTable { table.withLock { $0 } }

    func region(named name: Span<UInt8>) -> (any TensorRegion)? {
        table.withLock { $0.region(named: name) }
    }

    /// Registers a region, unless the table refuses.
    func register(_ entry: RegionTable.Entry) -> RegionTable.RegisterAction {
        table.withLock { $0.registered(entry) }
    }

    /// Unregisters a region, or all; requests that use it keep it until they are answered.
    func unregister(_ name: String?) -> RegionTable.UnregisterAction {
        // What is let go is closed after the lock.
        let before = current
        defer { withExtendedLifetime(before) {} }
        return table.withLock { $0.unregistered(name) }
    }
}
