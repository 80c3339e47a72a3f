/// Units that lie complete beside a repository and are to take their places in it.
package struct StagedChanges: Equatable, Sendable {
    /// One step of taking places: paths on disk.
    enum Step: Equatable, Sendable {
        /// A file or directory goes where another one may be.
        case place(from: String, at: String)
        /// A directory that is to be there.
        case directory(String)
        case remove(String)
    }

    /// In the order in which they are done.
    var steps: [Step] = []
    /// What the cache holds when they are done.
    var inventory = Inventory()
    /// Models that change.
    package var models: [String] = []
    package var fetchedFileCount = 0
    package var fetchedByteCount = 0
    package var removedUnitCount = 0

    /// Nothing to do.
    package init() {}

    /// Whether there is nothing to do.
    package var isEmpty: Bool { steps.isEmpty }
}
