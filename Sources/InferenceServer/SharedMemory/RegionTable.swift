import LinuxSystem
import OpenInferenceProtocol

/// The regions that are registered: what they are called, and what comes of registering and unregistering.
///
/// A copy keeps its regions alive, whatever becomes of the original.
///
/// - Isolation: a value; any thread.
struct RegionTable: Sendable, TensorRegions {
    /// One region with what its status tells.
    struct Entry: Sendable {
        /// The name of the object that it is a part of, as it was given.
        var key: String
        /// Where in the object it begins.
        ///
        /// - Units: bytes.
        var offset: UInt64
        var region: any TensorRegion
    }

    /// What came of registering.
    enum RegisterAction: Equatable {
        case added
        /// Another region has the name.
        case refuseName
        /// As many are registered as may be.
        case refuseMore
    }

    /// What came of unregistering.
    enum UnregisterAction: Equatable {
        /// So many regions were forgotten.
        case removed(Int)
    }

    /// By the bytes of their names.
    private(set) var entries: [Entry] = []
    private var names = NameTable([])

    /// What registering a name would come to.
    func action(forRegistering name: String) -> RegisterAction {
        if entry(named: name) != nil { return .refuseName }
        return entries.count < SharedMemoryLimits.regionCount ? .added : .refuseMore
    }

    /// Notes a region that is to be registered.
    mutating func registered(_ entry: Entry) -> RegisterAction {
        let action = action(forRegistering: entry.region.name)
        guard action == .added else { return action }
        let bytes = entry.region.name.utf8
        let place = entries.firstIndex { bytes.lexicographicallyPrecedes($0.region.name.utf8) } ?? entries.count
        entries.insert(entry, at: place)
        names = NameTable(entries.map(\.region.name))
        return action
    }

    /// Forgets a region, or all; a name that is not there is no fault, as in Triton.
    mutating func unregistered(_ name: String?) -> UnregisterAction {
        let before = entries.count
        entries.removeAll { entry in name.map { entry.region.name.hasBytes(of: $0) } ?? true }
        if entries.count < before { names = NameTable(entries.map(\.region.name)) }
        return .removed(before - entries.count)
    }

    func entry(named name: String) -> Entry? { entries.first { $0.region.name.hasBytes(of: name) } }

    func region(named name: Span<UInt8>) -> (any TensorRegion)? {
        names.index(of: name).map { entries[$0].region }
    }
}
