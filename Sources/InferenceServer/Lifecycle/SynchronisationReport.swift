import ModelRepository

/// What the log says about a repository of an object store.
struct SynchronisationReport {
    private let url: String
    private let log: EventLog

    init(_ mirror: RepositoryMirror, _ log: EventLog) {
        url = mirror.location.text
        self.log = log
    }

    /// Says what came of a look; nothing where nothing has changed.
    ///
    /// - Parameter told: notices that are not repeated.
    func write(_ look: RepositoryMirror.Look, told: [String] = []) {
        for notice in look.notices where !told.contains(notice) {
            log.write(.warning, "note on a repository", .init("url", url), .init("note", notice))
        }
        let staged = look.staged
        guard !staged.models.isEmpty else { return }
        log.write(
            .info, "repository synchronised", .init("url", url), .init("models", staged.models.count),
            .init("files", staged.fetchedFileCount), .init("bytes", staged.fetchedByteCount),
            .init("removed", staged.removedUnitCount))
    }

    /// Says that a store or one of its models could not be had.
    func write(_ fault: ObjectStoreFault, model: String? = nil, consequence: String) {
        log.write(
            fault.isAbsence ? .warning : .error, "repository not synchronised", .init("url", url),
            .init("model", model ?? "-"), .init("reason", fault.description), .init("consequence", consequence))
    }
}
