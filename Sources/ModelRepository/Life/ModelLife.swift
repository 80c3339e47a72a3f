/// The life of one model: which of its versions answer, load, end or fail, and what follows from each event.
///
/// Pure: it is told what has happened and names what to do about it. A load is an *attempt* with a number; whatever
/// ends it, be it another load or an unload, makes its result worthless. An attempt replaces all versions that answer
/// or none, unless none answers: then those serve that could be loaded.
///
/// - Isolation: a value.
/// - Source: Triton's `model_lifecycle.cc` for what a failed load leaves; that a model without any version serves those
///   that load is Rowan's own.
package struct ModelLife: Equatable, Sendable {
    /// Who decides when a model is loaded (`--model-control-mode`).
    package enum Control: String, CaseIterable, Sendable {
        /// Nobody after the start.
        case none
        /// What lies in the repository.
        case poll
        /// Load and unload requests.
        case explicit
    }

    /// What is to be done about an event.
    package enum Action: Equatable, Sendable {
        case nothing
        /// Load the model and say what came of the attempt.
        case load(attempt: Int)
        /// These versions answer no more requests.
        case retire([Int64])
        /// What was loaded serves; what answered under the second list of versions does not any more.
        case replace(loaded: [Int64], retiring: [Int64])
        /// What was loaded is of no use.
        case discard
    }

    /// What came of one version of an attempt.
    package enum Outcome: Equatable, Sendable {
        case loaded
        /// The version answers already and has not changed.
        case kept
        case failed(reason: String)
    }

    /// What a version does.
    package enum VersionState: Equatable, Sendable {
        case loading
        /// - Parameter note: why the last attempt to replace the model's versions failed, or nothing.
        case ready(note: String)
        /// Requests that it has begun are answered, no others.
        case unloading
        case unavailable(reason: String)
    }

    private struct Attempt: Equatable, Sendable {
        var number: Int
        var versions: [Int64] = []
    }

    private let control: Control
    private var isPresent = false
    private(set) var isWanted = false
    /// Whether the model was ever to be loaded.
    private(set) var isTouched = false
    private var attempt: Attempt?
    private var attemptCount = 0
    /// Versions that answer.
    private(set) var serving: Set<Int64> = []
    /// How many former instances of a version still have work.
    private var draining: [Int64: Int] = [:]
    /// Versions of the last attempt that do not answer, and why.
    private var failures: [Int64: String] = [:]
    /// Why the last attempt had no versions.
    private var fault = ""
    /// Why the versions that answer could not be replaced.
    private var note = ""
    /// Why the last attempt failed, or nothing.
    private(set) var failure = ""
    private var unloaded: Set<Int64> = []
    private var isUnloaded = false

    /// Makes the life of a model of which nothing is known.
    package init(control: Control) {
        self.control = control
    }

    // MARK: Events

    /// The model lies in its repository.
    package mutating func found() -> Action {
        isPresent = true
        guard control != .explicit, !isWanted else { return .nothing }
        isWanted = true
        return begin()
    }

    /// What lies in the repository differs from what the last attempt has read.
    ///
    /// Told while an attempt is under way it has no effect: the difference is still there when the attempt has ended.
    package mutating func changed() -> Action {
        guard control == .poll, isPresent, isWanted, attempt == nil else { return .nothing }
        return begin()
    }

    /// The model does not lie in its repository any more.
    package mutating func gone() -> Action {
        isPresent = false
        guard control == .poll, isWanted else { return .nothing }
        return unload()
    }

    /// Somebody wants the model to be loaded.
    package mutating func loadAsked() -> Action {
        isWanted = true
        return begin()
    }

    /// Somebody wants the model to be unloaded.
    package mutating func unloadAsked() -> Action {
        guard isTouched else { return .nothing }
        return unload()
    }

    /// An attempt knows which versions it loads.
    package mutating func planned(attempt number: Int, versions: [Int64]) {
        if attempt?.number == number { attempt?.versions = versions }
    }

    /// An attempt has ended.
    ///
    /// - Parameter outcomes: of every version that the attempt was to load.
    /// - Parameter fault: why there is no such version, or nothing.
    package mutating func ended(attempt number: Int, _ outcomes: [Int64: Outcome], fault: String) -> Action {
        guard attempt?.number == number else { return .discard }
        precondition(outcomes.isEmpty != fault.isEmpty, "an attempt has versions, or says why it has none")
        attempt = nil
        let failed = outcomes.compactMapValues { if case .failed(let reason) = $0 { reason } else { nil } }
        failure = fault.isEmpty ? Self.list(failed) : fault
        if failure.isEmpty { return replaceAll(outcomes) }
        guard serving.isEmpty else { return keepServing(outcomes) }
        failures = failed
        self.fault = fault
        forgetUnload()
        let loaded = outcomes.keys.filter { failed[$0] == nil }.sorted()
        serving = Set(loaded)
        return loaded.isEmpty ? .discard : .replace(loaded: loaded, retiring: [])
    }

    /// The models that an ensemble calls are others than before: its versions were put together anew, or cannot be.
    ///
    /// Told while an attempt is under way it has no effect: the attempt puts them together itself.
    ///
    /// - Parameter outcomes: of every version that the ensemble's files ask for.
    /// - Source: Triton, which takes an ensemble out of service, too, whose models do not suit it any more
    ///   (`ModelRepositoryManager::LoadModelByDependency`).
    package mutating func relinked(_ outcomes: [Int64: Outcome]) -> Action {
        guard isWanted, attempt == nil else { return .discard }
        let failed = outcomes.compactMapValues { if case .failed(let reason) = $0 { reason } else { nil } }
        let retiring = retire(serving.filter { outcomes[$0] != .kept })
        serving = Set(outcomes.keys.filter { failed[$0] == nil })
        failures = failures.filter { outcomes[$0.key] == nil }.merging(failed) { _, reason in reason }
        failure = Self.list(failed)
        forgetUnload()
        let loaded = outcomes.filter { $0.value == .loaded }.keys.sorted()
        return .replace(loaded: loaded, retiring: retiring)
    }

    /// The last work of a version that answers no more requests has ended.
    ///
    /// - Precondition: the version was retired, and this was not said before.
    package mutating func released(_ version: Int64) {
        guard let count = draining[version] else { preconditionFailure("only a version that was retired is released") }
        draining[version] = count > 1 ? count - 1 : nil
    }

    // MARK: What follows

    private mutating func begin() -> Action {
        isTouched = true
        attemptCount += 1
        attempt = Attempt(number: attemptCount)
        return .load(attempt: attemptCount)
    }

    private mutating func unload() -> Action {
        isWanted = false
        attempt = nil
        failures = [:]
        fault = ""
        note = ""
        failure = ""
        isUnloaded = true
        unloaded.formUnion(serving)
        let retiring = retire(serving)
        serving = []
        return retiring.isEmpty ? .nothing : .retire(retiring)
    }

    private mutating func replaceAll(_ outcomes: [Int64: Outcome]) -> Action {
        precondition(
            outcomes.allSatisfy { $0.value != .kept || serving.contains($0.key) }, "what is kept has answered before")
        let retiring = retire(serving.filter { outcomes[$0] != .kept })
        serving = Set(outcomes.keys)
        failures = [:]
        fault = ""
        note = ""
        forgetUnload()
        let loaded = outcomes.filter { $0.value == .loaded }.keys.sorted()
        return .replace(loaded: loaded, retiring: retiring)
    }

    /// Failed versions in Triton's words.
    private static func list(_ failed: [Int64: String]) -> String {
        failed.sorted { $0.key < $1.key }.map { "version \($0.key) is at UNAVAILABLE state: \($0.value);" }
            .joined(separator: " ")
    }

    private mutating func keepServing(_ outcomes: [Int64: Outcome]) -> Action {
        note = failure
        failures = [:]
        for (version, outcome) in outcomes where !serving.contains(version) {
            switch outcome {
            case .failed(let reason): failures[version] = reason
            case .loaded, .kept: failures[version] = "not served because the load failed: \(note)"
            }
        }
        return .discard
    }

    private mutating func retire(_ versions: Set<Int64>) -> [Int64] {
        for version in versions { draining[version, default: 0] += 1 }
        return versions.sorted()
    }

    private mutating func forgetUnload() {
        unloaded = []
        isUnloaded = false
    }

    // MARK: What is to be seen

    /// Whether the result of any attempt is waited for.
    var isLoading: Bool { attempt != nil }

    /// Whether the result of an attempt is still waited for.
    func isUnderWay(_ number: Int) -> Bool { attempt?.number == number }

    /// Whether a load that was to replace the versions that answer has failed.
    var isReplacementFailed: Bool { !note.isEmpty }

    /// Whether the model was unloaded and is not to be loaded again.
    var isUnloadedNow: Bool { isUnloaded && attempt == nil }

    /// Whether nothing is left of the model.
    package var isOver: Bool {
        !isPresent && !isWanted && attempt == nil && serving.isEmpty && draining.isEmpty
    }

    /// Every version that the repository's index lists, ascending, and what it does.
    package var versions: [(number: Int64, state: VersionState)] {
        var numbers = serving.union(draining.keys).union(failures.keys).union(unloaded)
        if let attempt { numbers.formUnion(attempt.versions) }
        return numbers.sorted().map { ($0, state(of: $0)) }
    }

    private func state(of version: Int64) -> VersionState {
        if serving.contains(version) { return .ready(note: note) }
        if attempt?.versions.contains(version) == true { return .loading }
        if draining[version] != nil { return .unloading }
        if let reason = failures[version] { return .unavailable(reason: reason) }
        return .unavailable(reason: ServingTable.unloadedReason)
    }

    /// Why there is no version, if there is none and a reason is known.
    package var reason: String {
        if !fault.isEmpty { return fault }
        return isUnloaded && attempt == nil ? ServingTable.unloadedReason : ""
    }
}
