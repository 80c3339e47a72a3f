import LinuxSystem

/// What tells one state of a model's files from another, without reading them.
///
/// - Source: the files' sizes, numbers and times; a time of change cannot be set back, not even by tools that copy
///   times.
package struct ModelFingerprint: Equatable, Sendable {
    /// One file; without status if it cannot be looked at.
    struct File: Equatable, Sendable {
        /// On disk.
        var path: String
        var status: FileStatus?
    }

    /// Files that concern every version: configurations, labels and samples for warming.
    private(set) var shared: [File] = []
    private(set) var versions: [Int64: [File]] = [:]
    /// Why the model could not be looked at, or nothing.
    private var fault = ""

    /// Looks at the files of a model.
    ///
    /// - Isolation: any thread but a loop's; blocks on the disk.
    package init(of scanned: ScannedModel) {
        if let fault = scanned.fault { self.fault = fault.description }
        if scanned.hasConfiguration { add(RepositoryScanner.configurationFileName, of: scanned) }
        if scanned.hasRowanConfiguration { add(RepositoryScanner.rowanFileName, of: scanned) }
        if scanned.hasOwnDirectory {
            shared += Self.otherFiles(of: scanned.directory)
            shared += Self.files(of: scanned.directory + "/" + RepositoryScanner.warmupDirectoryName, isOptional: true)
        }
        for version in scanned.versions {
            versions[version.number] =
                version.isFile ? [Self.file(version.path)] : Self.files(of: version.path, isOptional: false)
        }
    }

    private mutating func add(_ name: String, of scanned: ScannedModel) {
        shared.append(Self.file(scanned.directory + "/" + name))
    }

    /// Files beside the configurations that these may name, such as those of labels.
    private static func otherFiles(of directory: String) -> [File] {
        guard let entries = try? FileSystem.list(directory) else { return [] }
        return entries.prefix(ModelRepositoryLimits.directoryEntryLimit)
            .filter { $0.kind == .file && !$0.name.hasPrefix(".") && !$0.name.hasSuffix(".pbtxt") }
            .map { file(directory + "/" + $0.name) }
    }

    private static func file(_ path: String) -> File {
        File(path: path, status: try? FileStatus(of: path))
    }

    private static func files(of directory: String, isOptional: Bool) -> [File] {
        guard let entries = try? FileSystem.list(directory) else {
            return isOptional ? [] : [File(path: directory, status: nil)]
        }
        return entries.prefix(ModelRepositoryLimits.directoryEntryLimit).map { file(directory + "/" + $0.name) }
    }

    private var files: [File] { shared + versions.values.joined() }

    /// When a file was changed last, since 1970; nil without files.
    var newestChange: Nanoseconds? { files.compactMap(\.status?.changed).max() }

    /// Files that are not as another fingerprint has them, by their paths; nil if some are not there any more.
    func changedPaths(since other: ModelFingerprint?) -> [String]? {
        let before = Dictionary((other?.files ?? []).map { ($0.path, $0.status) }) { first, _ in first }
        let now = files
        guard Set(before.keys).isSubset(of: now.map(\.path)) else { return nil }
        return now.filter { before[$0.path] != .some($0.status) }.map(\.path)
    }

    /// Whether anybody has a file of the model open for writing.
    ///
    /// - Isolation: any thread but a loop's; asks the kernel about every file.
    package var isBeingWritten: Bool {
        files.contains { $0.status?.kind == .file && FileSystem.isBeingWritten($0.path) }
    }

    /// Whether a version loaded from another state of the files is what this one would give.
    func isSame(_ version: Int64, as other: ModelFingerprint) -> Bool {
        guard fault.isEmpty, other.fault.isEmpty, let files = versions[version] else { return false }
        return shared == other.shared && files == other.versions[version]
    }
}
