import OpenInferenceProtocol

/// What is served at one moment: names, versions, states, and the models that answer.
///
/// A table never changes. Loading and unloading make a new one, which is published to every loop as a message; a loop
/// takes its own copy (`copy()`), so that reference counts on its hot path stay in its own cache. A request is looked
/// up by the bytes of its path and gets a *slot*, an index into `models` and into whatever a loop keeps beside it.
///
/// - Isolation: immutable; any thread. Each loop uses its own copy.
package final class ServingTable: Sendable {
    /// What one version of a model does.
    package enum State: Sendable, Equatable {
        /// Answers requests.
        case ready(slot: Int)
        case unavailable(reason: String)

        /// The name that the repository index gives it.
        package var name: StaticString {
            switch self {
            case .ready: "READY"
            case .unavailable: "UNAVAILABLE"
            }
        }
    }

    /// A version and what it does.
    package struct Version: Sendable {
        package var number: Int64
        package var state: State
    }

    /// A model name with its versions in ascending order.
    package struct Name: Sendable {
        package var name: String
        package var versions: [Version]
        /// Why there is no version at all, if so; it stands in the index.
        package var reason: String
    }

    /// Who answers a request, or why nobody does.
    package enum Lookup: Equatable, Sendable {
        case ready(slot: Int)
        /// No model of this name.
        case unknownName
        /// The model has no such version.
        case unknownVersion
        /// The model is known, no version was asked for, and none is ready.
        case noReadyVersion
        /// The version is known and cannot answer.
        case versionNotReady
    }

    /// By slot.
    package let models: [ServedModel]
    /// In ascending order of the names' bytes.
    package let names: [Name]

    private let nameTable: NameTable
    /// Per name the slot of the highest ready version, or −1.
    private let latestSlots: [Int32]

    /// Makes a table.
    ///
    /// - Precondition: names are distinct, versions of one name are distinct, slots lie within `models`.
    package init(models: [ServedModel], names: [Name]) {
        self.models = models
        let sorted = names.map { entry in
            var entry = entry
            entry.versions.sort { $0.number < $1.number }
            return entry
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.names = sorted
        latestSlots = sorted.map { entry in
            for version in entry.versions.reversed() {
                if case .ready(let slot) = version.state {
                    precondition(models.indices.contains(slot), "a ready version names a model of the table")
                    return Int32(slot)
                }
            }
            return -1
        }
        nameTable = NameTable(sorted.map(\.name))
    }

    /// An equal table that shares only the models with this one.
    package func copy() -> ServingTable {
        ServingTable(models: models.map { $0 }, names: names)
    }

    /// Finds who answers a request.
    ///
    /// - Complexity: one hash of the name; logarithmic in the model's versions; no allocation.
    /// - Parameter version: nil for the highest version that is ready.
    package func lookup(name: Span<UInt8>, version: Int64?) -> Lookup {
        guard let index = nameIndex(of: name) else { return .unknownName }
        guard let version else {
            let slot = latestSlots[index]
            return slot >= 0 ? .ready(slot: Int(slot)) : .noReadyVersion
        }
        var low = 0
        var high = names[index].versions.count
        while low < high {
            let middle = (low + high) / 2
            if names[index].versions[middle].number < version { low = middle + 1 } else { high = middle }
        }
        guard low < names[index].versions.count, names[index].versions[low].number == version else {
            return .unknownVersion
        }
        if case .ready(let slot) = names[index].versions[low].state { return .ready(slot: slot) }
        return .versionNotReady
    }

    /// The index into `names` of a model name.
    package func nameIndex(of name: Span<UInt8>) -> Int? {
        nameTable.index(of: name)
    }
}
