import OpenInferenceProtocol

/// What is served at one moment: names, versions, states, and the models that answer.
///
/// A table never changes. Loading and unloading make a new one, which is published to every loop as a message; a loop
/// takes its own copy (`copy()`), so that reference counts on its hot path stay in its own cache. A request is looked
/// up by the bytes of its path and gets a *slot*, an index into whatever a loop keeps per model version. A version
/// keeps its slot from table to table as long as anything of it is in work, also when no name leads to it any more.
///
/// - Isolation: immutable; any thread. Each loop uses its own copy.
package final class ServingTable: Sendable {
    /// What one version of a model does.
    package enum State: Sendable, Equatable {
        /// Answers requests.
        case ready(slot: Int)
        case loading
        /// Answers what it has begun, and nothing more.
        case unloading
        case unavailable(reason: String)

        /// The name that the repository index gives it.
        package var name: StaticString {
            switch self {
            case .ready: "READY"
            case .loading: "LOADING"
            case .unloading: "UNLOADING"
            case .unavailable: "UNAVAILABLE"
            }
        }
    }

    /// A version and what it does.
    package struct Version: Sendable {
        package var number: Int64
        package var state: State
        /// What the index says about a version that answers: why the last attempt to replace it failed.
        package var note = ""

        init(number: Int64, state: State, note: String = "") {
            self.number = number
            self.state = state
            self.note = note
        }
    }

    /// A model name with its versions in ascending order.
    package struct Name: Sendable {
        package var name: String
        package var versions: [Version]
        /// Why there is no version at all, if so; it stands in the index.
        package var reason: String
        /// Whether nobody has asked for the model yet: it is listed by its name alone and readiness does not ask.
        package var isUntouched = false

        init(name: String, versions: [Version], reason: String, isUntouched: Bool = false) {
            self.name = name
            self.versions = versions
            self.reason = reason
            self.isUntouched = isUntouched
        }
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

    /// By slot; nil where a slot is free.
    package let slots: [ServedModel?]
    /// In ascending order of the names' bytes.
    package let names: [Name]
    /// Counts the tables of a process.
    package let generation: Int
    /// Slots of models to which no name leads any more, ascending.
    package let retiredSlots: [Int]
    /// Whether every known version of every model is ready, as `Name.isReady` has it.
    package let isStrictlyReady: Bool

    private let nameTable: NameTable
    /// Per name the slot of the highest ready version, or −1.
    private let latestSlots: [Int32]

    /// Makes the first table of a process.
    ///
    /// - Precondition: names are distinct, versions of one name are distinct, slots lie within `models`.
    package convenience init(models: [ServedModel], names: [Name]) {
        self.init(slots: models, names: names, generation: 0)
    }

    /// Makes a table.
    ///
    /// - Precondition: names are distinct, versions of one name are distinct, slots of ready versions hold a model.
    package init(slots: [ServedModel?], names: [Name], generation: Int) {
        self.slots = slots
        self.generation = generation
        let sorted = names.map { entry in
            var entry = entry
            entry.versions.sort { $0.number < $1.number }
            return entry
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        self.names = sorted
        var isReached = Array(repeating: false, count: slots.count)
        latestSlots = sorted.map { entry in
            var latest: Int32 = -1
            for version in entry.versions {
                guard case .ready(let slot) = version.state else { continue }
                precondition(slots.indices.contains(slot) && slots[slot] != nil, "a ready version has a model")
                isReached[slot] = true
                latest = Int32(slot)
            }
            return latest
        }
        retiredSlots = slots.indices.filter { slots[$0] != nil && !isReached[$0] }
        isStrictlyReady =
            sorted.allSatisfy(\.isReady)
            && slots.indices.allSatisfy { slot in
                guard isReached[slot], let reason = slots[slot]?.unreadiness else { return true }
                return reason.isEmpty || reason.isUnloadedReason
            }
        nameTable = NameTable(sorted.map(\.name))
    }

    /// An equal table that shares only the models with this one.
    package func copy() -> ServingTable {
        ServingTable(slots: slots.map { $0 }, names: names, generation: generation)
    }

    /// The model of a slot that is not free.
    package func model(atSlot slot: Int) -> ServedModel {
        guard let model = slots[slot] else { preconditionFailure("a request has the slot of a model") }
        return model
    }

    /// The models that names lead to, by slot.
    package var servedModels: [ServedModel] {
        let retired = Set(retiredSlots)
        return slots.indices.compactMap { retired.contains($0) ? nil : slots[$0] }
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

extension ServingTable.Name {
    /// Whether the model's versions let a server be ready that is so only while every model is.
    ///
    /// Versions unloaded on request are forgiven. A model of which versions answer is ready whatever becomes of an
    /// attempt to replace them. A model with no version at all is not ready.
    ///
    /// - Source: Triton's `--strict-readiness`; what it does while and after a reload is Rowan's own.
    var isReady: Bool {
        if isUntouched { return true }
        if versions.isEmpty { return reason == ServingTable.unloadedReason }
        return versions.allSatisfy { version in
            switch version.state {
            case .ready, .unloading: return true
            case .loading: return isAnswering
            case .unavailable(let reason):
                return reason.isUnloadedReason || (isAnswering && isReplacementFailed)
            }
        }
    }

    private var isAnswering: Bool {
        versions.contains { if case .ready = $0.state { true } else { false } }
    }

    /// Whether versions that answer say that an attempt to replace them failed.
    private var isReplacementFailed: Bool {
        versions.contains { version in
            if case .ready = version.state { !version.note.isEmpty } else { false }
        }
    }
}
