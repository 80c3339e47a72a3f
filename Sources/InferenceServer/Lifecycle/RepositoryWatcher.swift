import LinuxSystem

/// Keeps watch over the directories of repositories, by their paths.
///
/// - Isolation: the thread of the repository.
final class RepositoryWatcher {
    let changes: DirectoryChanges
    private var watches: [String: DirectoryChanges.Watch] = [:]
    private var paths: [DirectoryChanges.Watch: String] = [:]
    /// Why a directory could not be watched last; the slow look still finds what changes in it.
    private(set) var fault: SystemError?

    init() throws(SystemError) {
        changes = try DirectoryChanges()
    }

    /// Watches these directories and no others.
    ///
    /// A path may name another directory than before, so each is watched anew, which costs nothing if it is the same.
    ///
    /// - Returns: whether a directory is watched that was not, in which something may have changed meanwhile.
    func watch(_ directories: Set<String>) -> Bool {
        fault = nil
        var hasNew = false
        for (path, watch) in watches where !directories.contains(path) { forget(path, watch) }
        for path in directories {
            do throws(SystemError) {
                let watch = try changes.watch(path)
                guard watches[path] != watch else { continue }
                hasNew = true
                if let former = watches[path] { forget(path, former) }
                watches[path] = watch
                paths[watch] = path
            } catch {
                // A directory that is gone again is no fault.
                if !error.isNotThere { fault = error }
            }
        }
        return hasNew
    }

    private func forget(_ path: String, _ watch: DirectoryChanges.Watch) {
        watches[path] = nil
        // One directory may have several names.
        guard !watches.values.contains(watch) else { return }
        paths[watch] = nil
        changes.end(watch)
    }

    /// The paths of what was moved to its place.
    func movedHere(_ news: [DirectoryChanges.Change]) -> [String] {
        news.compactMap { change in
            guard change.isMovedHere, let watch = change.watch, let directory = paths[watch] else { return nil }
            return directory + "/" + change.name
        }
    }
}
