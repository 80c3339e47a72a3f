import LinuxSystem
package import ModelRepository

/// The repositories that a command was given, each as a directory of this machine: those of object stores are followed
/// by caches.
///
/// Caches lie in the data directory, where the next process finds them again, or else in a directory of this process
/// alone below the one for temporary files.
///
/// - Isolation: a value; the main thread.
package struct MirroredRepositories: Sendable {
    /// In the order given.
    package private(set) var directories: [String] = []
    let mirrors: [RepositoryMirror]
    private let temporaryDirectory: String?

    /// Opens the caches.
    ///
    /// - Parameter dataDirectory: where caches are kept; nil to keep none.
    /// - Throws: when a cache cannot be opened, or the environment's credentials cannot be used.
    package init(
        _ repositories: [String], dataDirectory: String?,
        environment: @autoclosure () -> [String: String] = ProcessFacts.environment(prefix: "")
    ) throws(StartFault) {
        let remote = repositories.filter { ObjectStoreLocation.isMeant(by: $0) }
        guard !remote.isEmpty else {
            directories = repositories
            mirrors = []
            temporaryDirectory = nil
            return
        }
        let variables = environment()
        let settings = ObjectStoreSettings(environment: variables)
        let parent: String
        do throws(SystemError) {
            if let dataDirectory {
                for path in [dataDirectory, dataDirectory + "/repositories"] { try FileSystem.makeDirectory(path) }
                parent = dataDirectory + "/repositories"
                temporaryDirectory = nil
            } else {
                parent = try FileSystem.makeUniqueDirectory(prefix: (variables["TMPDIR"] ?? "/tmp") + "/rowan-")
                temporaryDirectory = parent
            }
        } catch {
            throw StartFault("no place for what comes from object stores: \(error): check --data-directory or TMPDIR")
        }
        do throws(StartFault) {
            (directories, mirrors) = try Self.open(repositories, settings, parent: parent)
        } catch {
            if let temporaryDirectory { try? FileSystem.remove(temporaryDirectory) }
            throw error
        }
    }

    private static func open(
        _ repositories: [String], _ settings: ObjectStoreSettings, parent: String
    ) throws(StartFault) -> (directories: [String], mirrors: [RepositoryMirror]) {
        var directories: [String] = []
        var mirrors: [RepositoryMirror] = []
        for repository in repositories {
            guard ObjectStoreLocation.isMeant(by: repository) else {
                directories.append(repository)
                continue
            }
            do throws(ObjectStoreFault) {
                let location = try ObjectStoreLocation(repository)
                let root = "\(parent)/\(try RepositoryMirror.cacheName(of: location, settings))"
                let mirror = try RepositoryMirror(location, settings, root: root)
                mirrors.append(mirror)
                directories.append(mirror.directory)
            } catch {
                throw StartFault("\(repository): \(error)")
            }
        }
        return (directories, mirrors)
    }

    /// Brings every cache up to date, or as far as the store lets.
    ///
    /// - Parameter models: which are needed; nil for all.
    /// - Parameter members: the models that these call as far as they lie in the caches, directly or through others.
    /// - Parameter isStrict: whether a fault of a store ends the start. A store that is away is none where the cache
    ///   has something to serve.
    func synchronise(
        models: Set<String>?, members: (Set<String>) -> Set<String>, isStrict: Bool, log: EventLog
    ) throws(StartFault) {
        guard !mirrors.isEmpty else { return }
        let isOver = SharedFlag()
        interruptBySignals(until: isOver)
        defer { isOver.set() }
        for mirror in mirrors {
            log.write(
                .info, "synchronising a repository", .init("url", mirror.location.text),
                .init("cache", temporaryDirectory == nil ? "kept" : "not kept: give --data-directory"),
                .init("directory", mirror.directory))
        }
        var answering = mirrors
        var next = models
        var asked = models ?? []
        repeat {
            answering = try synchronise(answering, models: next, isStrict: isStrict, log: log)
            guard next != nil, !answering.isEmpty else { return }
            // What was fetched may call models that were not.
            let missing = members(asked).subtracting(asked)
            asked.formUnion(missing)
            next = missing
        } while next?.isEmpty == false
    }

    /// Brings some caches up to date.
    ///
    /// - Returns: those whose stores have answered.
    private func synchronise(
        _ mirrors: [RepositoryMirror], models: Set<String>?, isStrict: Bool, log: EventLog
    ) throws(StartFault) -> [RepositoryMirror] {
        var answering: [RepositoryMirror] = []
        for mirror in mirrors {
            switch Self.outcome(of: mirror, models) {
            case .success(let look):
                answering.append(mirror)
                SynchronisationReport(mirror, log).write(look)
                for failure in look.failures {
                    try judge(failure.fault, of: mirror, isStrict, isHeld: mirror.holds(failure.model), log)
                }
            case .failure(let fault): try judge(fault, of: mirror, isStrict, isHeld: !mirror.isEmpty, log)
            }
        }
        return answering
    }

    /// Fetches what differs and lets it take its place.
    private static func outcome(
        of mirror: RepositoryMirror, _ models: Set<String>?
    ) -> Result<RepositoryMirror.Look, ObjectStoreFault> {
        do throws(ObjectStoreFault) {
            let look = try mirror.look(at: models)
            _ = try mirror.apply(look.staged)
            try mirror.settle(look.staged, isDone: true)
            return .success(look)
        } catch {
            return .failure(error)
        }
    }

    /// Lets a signal that ends the process end the wait for stores.
    ///
    /// It is passed on to whoever waits for it next. Without a thread for this, it waits until the stores have
    /// answered.
    private func interruptBySignals(until isOver: SharedFlag) {
        let mirrors = mirrors
        _ = try? SystemThread(name: "rowan-signals") {
            while !isOver.isSet {
                guard let signal = SignalSet([.interrupt, .terminate]).wait(timeout: .milliseconds(100)) else {
                    continue
                }
                for mirror in mirrors { mirror.interrupt() }
                return signal.raise()
            }
        }
    }

    private func judge(
        _ fault: ObjectStoreFault, of mirror: RepositoryMirror, _ isStrict: Bool, isHeld: Bool, _ log: EventLog
    ) throws(StartFault) {
        if fault.isInterruption { return SynchronisationReport(mirror, log).write(fault, consequence: "ending") }
        if fault.isAbsence, isHeld {
            return SynchronisationReport(mirror, log).write(fault, consequence: "serving from the cache")
        }
        guard isStrict else {
            return SynchronisationReport(mirror, log).write(fault, consequence: "serving what the cache has")
        }
        throw StartFault("\(mirror.location.text): \(fault) (or start without it with --exit-on-error=false)")
    }

    /// Brings every cache up to date for a command that only looks.
    ///
    /// - Throws: the first fault of a store.
    package func synchronise() throws(StartFault) {
        for mirror in mirrors {
            let fault: ObjectStoreFault?
            switch Self.outcome(of: mirror, nil) {
            case .success(let look): fault = look.failures.first?.fault
            case .failure(let error): fault = error
            }
            if let fault { throw StartFault("\(mirror.location.text): \(fault)") }
        }
    }

    /// A report in which files of object stores stand under the names that they have there.
    package func named(_ report: RepositoryReport) -> RepositoryReport {
        var named = report
        for mirror in mirrors { named.replace(directory: mirror.directory, by: mirror.location.text) }
        return named
    }

    /// Ends what is under way, and removes what is not to be kept.
    package func end() {
        for mirror in mirrors { mirror.interrupt() }
        if let temporaryDirectory { try? FileSystem.remove(temporaryDirectory) }
    }
}
