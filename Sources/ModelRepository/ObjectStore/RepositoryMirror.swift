package import LinuxSystem
import OutgoingHTTP
import Synchronization

/// A directory of this machine that follows a repository of an object store.
///
/// What a store lists is compared with what the cache holds, what differs is fetched beside it, and complete units take
/// their places by renaming. To whoever reads the directory it is a repository like any other.
///
/// Fetching takes as long as the network does; taking places is quick and may be left to the thread that reads the
/// directory, so that nobody sees half a change.
///
/// - Isolation: any thread but a loop's; one synchronisation at a time, the others wait.
package final class RepositoryMirror: Sendable {
    /// What a look at the store came to.
    package struct Look: Sendable {
        package var staged = StagedChanges()
        /// Objects that are ignored, and why, one sentence each.
        package var notices: [String] = []
        /// Models that could not be fetched; what they were before stays.
        package var failures: [(model: String, fault: ObjectStoreFault)] = []
        /// Whether models have changed that are still being uploaded, perhaps.
        package var isUnsettled = false
    }

    private struct State: ~Copyable {
        var inventory: Inventory
        /// What the store listed of each changed model the last time, and when.
        var sights: [String: (change: MirrorPlan.Change, since: Nanoseconds)] = [:]
        var lastStage = 0
        let lock: FileLock
    }

    package let location: ObjectStoreLocation
    /// The directory that is a repository.
    package let directory: String
    private let root: String
    private let settings: ObjectStoreSettings
    private let interruption = Interruption()
    private let clock: any MonotonicClock
    private let state: Mutex<State>

    /// Opens the cache of a repository, and makes it if there is none.
    ///
    /// - Parameter root: the cache's own directory, whose parent is there.
    /// - Throws: `.busy` if another process has opened it; `.disk`.
    package init(
        _ location: ObjectStoreLocation, _ settings: ObjectStoreSettings, root: String,
        clock: any MonotonicClock = SystemClock()
    ) throws(ObjectStoreFault) {
        self.location = location
        self.settings = settings
        self.root = root
        self.clock = clock
        directory = root + "/models"
        // Whether the settings can be used is known before anybody waits for a network.
        let access = try settings.access(to: location.text)
        _ = try ObjectStoreEndpoint(location, settings, region: access.region)
        guard let lock = try Self.lock(root) else { throw .busy(root) }
        do throws(SystemError) {
            for name in ["/incoming", "/outgoing"] { try FileSystem.remove(root + name) }
            for name in ["/incoming", "/outgoing", "/models"] { try FileSystem.makeDirectory(root + name) }
            let inventory = try Self.inventory(at: root)
            state = Mutex(State(inventory: inventory, lock: lock))
        } catch {
            throw .disk(root, error)
        }
    }

    private static func lock(_ root: String) throws(ObjectStoreFault) -> FileLock? {
        do throws(SystemError) {
            try FileSystem.makeDirectory(root)
            return try FileLock(root + "/lock")
        } catch {
            throw .disk(root, error)
        }
    }

    /// The name of a repository's cache among others.
    package static func cacheName(
        of location: ObjectStoreLocation, _ settings: ObjectStoreSettings
    ) throws(ObjectStoreFault) -> String {
        let access = try settings.access(to: location.text)
        let identity = try ObjectStoreEndpoint(location, settings, region: access.region).identity(of: location)
        do throws(OutgoingFault) {
            return "\(location.bucket)-\(try SHA256Digest(of: Array(identity.utf8)).hexadecimal.prefix(16))"
        } catch {
            throw .network(error)
        }
    }

    /// Whether anything was fetched before, by this process or another.
    package var isEmpty: Bool { state.withLock { $0.inventory.entries.isEmpty } }

    /// Whether anything of a model was fetched before.
    package func holds(_ model: String) -> Bool {
        state.withLock { state in state.inventory.entries.keys.contains { $0.hasPrefix(model + "/") } }
    }

    /// Ends what is under way; later synchronisations fail.
    package func interrupt() { interruption.interrupt() }

    /// Whether anybody has interrupted.
    package var isInterrupted: Bool { interruption.isInterrupted }

    // MARK: Synchronising

    /// Looks at the store and fetches what differs.
    ///
    /// - Parameter models: which to bring up to date: nil for all; of the others directories are made, so that their
    ///   names are known.
    /// - Parameter waitsForQuiet: whether a model that has just changed is left for a later look.
    /// - Throws: why the store could not be looked at; nothing has changed then.
    package func look(at models: Set<String>? = nil, waitsForQuiet: Bool = false) throws(ObjectStoreFault) -> Look {
        try look(models.map { .some($0) } ?? .all, waitsForQuiet: waitsForQuiet)
    }

    /// Looks at one model and fetches what differs.
    package func look(at model: String) throws(ObjectStoreFault) -> Look {
        try look(.one(model), waitsForQuiet: false)
    }

    private func look(_ scope: MirrorPlan.Scope, waitsForQuiet: Bool) throws(ObjectStoreFault) -> Look {
        try state.withLock { state throws(ObjectStoreFault) in
            let client = try ObjectStoreClient(location, settings, interruption: interruption)
            var model: String?
            if case .one(let name) = scope { model = name }
            let plan = try MirrorPlan(listed: try client.list(model: model), held: state.inventory, scope: scope)
            var look = Look(notices: plan.notices)
            look.staged.inventory = state.inventory
            for name in plan.models.sorted() { look.staged.steps.append(.directory("\(directory)/\(name)")) }
            // Known directories are no news.
            look.staged.steps.removeAll { step in
                if case .directory(let path) = step { FileSystem.exists(path) } else { false }
            }
            for change in plan.changes {
                if waitsForQuiet, !isQuiet(change, &state.sights) {
                    look.isUnsettled = true
                    continue
                }
                do throws(ObjectStoreFault) {
                    try stage(change, client, &state, &look)
                } catch {
                    look.failures.append((change.model, error))
                    if error.isInterruption { break }
                }
            }
            let changed = Set(plan.changes.map(\.model))
            state.sights = state.sights.filter { changed.contains($0.key) }
            return look
        }
    }

    /// Whether a change has looked the same for long enough to be whole.
    private func isQuiet(
        _ change: MirrorPlan.Change, _ sights: inout [String: (change: MirrorPlan.Change, since: Nanoseconds)]
    ) -> Bool {
        let now = clock.now()
        guard let sight = sights[change.model], sight.change == change else {
            sights[change.model] = (change, now)
            return false
        }
        return now >= sight.since + ObjectStoreLimits.quietTime
    }

    private func stage(
        _ change: MirrorPlan.Change, _ client: ObjectStoreClient, _ state: inout State, _ look: inout Look
    ) throws(ObjectStoreFault) {
        var steps: [StagedChanges.Step] = []
        var inventory = look.staged.inventory
        var fetched = (files: 0, bytes: 0)
        if change.isGone {
            steps.append(.remove("\(directory)/\(change.model)"))
        }
        for name in change.forgotten { inventory.entries[name] = nil }
        let firstStage = state.lastStage + 1
        for unit in change.replaced {
            state.lastStage += 1
            let place = "\(root)/incoming/\(state.lastStage)"
            let count: (files: Int, bytes: Int)
            do throws(ObjectStoreFault) {
                count = try stage(unit, at: place, client)
            } catch {
                forget(stages: firstStage...state.lastStage)
                throw error
            }
            fetched = (fetched.files + count.files, fetched.bytes + count.bytes)
            steps.append(.place(from: place, at: "\(directory)/\(unit.path)"))
            for file in unit.files { inventory.entries[file.name] = file.entry }
        }
        for path in change.removed { steps.append(.remove("\(directory)/\(path)")) }
        look.staged.steps += steps
        look.staged.inventory = inventory
        look.staged.models.append(change.model)
        look.staged.fetchedFileCount += fetched.files
        look.staged.fetchedByteCount += fetched.bytes
        look.staged.removedUnitCount += change.removed.count + (change.isGone ? 1 : 0)
    }

    /// Removes what was fetched for a change that has failed: the next models may need the room.
    private func forget(stages: ClosedRange<Int>) {
        // What cannot be removed now goes when the changes have taken their places.
        for stage in stages { try? FileSystem.remove("\(root)/incoming/\(stage)") }
    }

    /// Puts a unit together outside of the repository: what is new comes from the store, the rest by a second name.
    private func stage(
        _ unit: MirrorPlan.Unit, at place: String, _ client: ObjectStoreClient
    ) throws(ObjectStoreFault) -> (files: Int, bytes: Int) {
        var fetched = (files: 0, bytes: 0)
        var made: Set<String> = []
        for file in unit.files {
            let path = unit.isDirectory ? place + file.name.dropFirst(unit.path.count) : place
            if unit.isDirectory { try makeDirectories(above: path, from: place, &made) }
            if file.isHeld, (try? FileSystem.link("\(directory)/\(file.name)", to: path)) != nil { continue }
            try client.fetch(file.name, file.entry, to: path)
            fetched = (fetched.files + 1, fetched.bytes + file.entry.byteCount)
        }
        return fetched
    }

    private func makeDirectories(
        above path: String, from place: String, _ made: inout Set<String>
    ) throws(ObjectStoreFault) {
        var directory = place
        var rest = path.dropFirst(place.count + 1).split(separator: "/")[...]
        repeat {
            if made.insert(directory).inserted {
                do throws(SystemError) {
                    try FileSystem.makeDirectory(directory)
                } catch {
                    throw .disk(directory, error)
                }
            }
            directory += "/\(rest.removeFirst())"
        } while !rest.isEmpty
    }

    // MARK: Taking places

    /// Lets what was staged take its place.
    ///
    /// - Complexity: a few calls of the kernel for each unit.
    /// - Returns: paths that are not what they were.
    /// - Throws: `.disk`; what was not done by then is done by the next synchronisation.
    package func apply(_ staged: StagedChanges) throws(ObjectStoreFault) -> [String] {
        var places: [String] = []
        var leavingCount = 0
        for step in staged.steps {
            do throws(SystemError) {
                switch step {
                case .directory(let path): try FileSystem.makeDirectory(path)
                case .remove(let path):
                    try leave(path, &leavingCount)
                case .place(let from, let path):
                    try leave(path, &leavingCount)
                    try FileSystem.rename(from, to: path)
                    places.append(path)
                }
            } catch {
                throw .disk(directory, error)
            }
        }
        return places
    }

    /// Moves what is at a path out of the repository.
    private func leave(_ path: String, _ leavingCount: inout Int) throws(SystemError) {
        guard FileSystem.exists(path) else { return }
        leavingCount += 1
        try FileSystem.rename(path, to: "\(root)/outgoing/\(leavingCount)")
    }

    /// Notes what the cache holds after changes that have taken their places, and removes what they replaced.
    ///
    /// - Parameter isDone: whether they have; what was staged is forgotten if not.
    package func settle(_ staged: StagedChanges, isDone: Bool) throws(ObjectStoreFault) {
        try state.withLock { state throws(ObjectStoreFault) in
            do throws(SystemError) {
                if isDone {
                    state.inventory = staged.inventory
                    try Self.write(state.inventory.text, to: root + "/inventory")
                } else {
                    state.inventory = try Self.inventory(at: root)
                }
                for name in ["/incoming", "/outgoing"] {
                    try FileSystem.remove(root + name)
                    try FileSystem.makeDirectory(root + name)
                }
            } catch {
                throw .disk(root, error)
            }
        }
    }

    private static func write(_ text: String, to path: String) throws(SystemError) {
        try FileSystem.remove(path + ".new")
        let writer = try FileWriter(path + ".new")
        let bytes = Array(text.utf8)
        try writer.write(bytes.span)
        try writer.finish()
        try FileSystem.rename(path + ".new", to: path)
    }
}
