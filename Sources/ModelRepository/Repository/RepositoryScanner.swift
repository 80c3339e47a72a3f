import LinuxSystem

/// Finds models and their versions in directories, without opening a model file.
///
/// Every directory of a repository is a model, hidden ones excepted. What is found is reported, nothing is guessed: a
/// directory that cannot be read is an unavailable model, a version directory with an odd name is a notice.
///
/// - Isolation: any thread but a loop's; calls block on the disk.
/// - Source: Triton's repository layout; where it reads `9.0` as version 9, this server ignores the directory and says
///   so.
package enum RepositoryScanner {
    static let configurationFileName = "config.pbtxt"
    static let rowanFileName = "rowan.pbtxt"
    static let warmupDirectoryName = "warmup"
    /// Subdirectories of a model that are no versions.
    private static let knownDirectories: Set<String> = ["configs", "initial_state", warmupDirectoryName]

    /// Looks through several repositories and at single models.
    ///
    /// - Parameter models: names with the file or directory that each serves.
    /// - Parameter name: the only model that is looked at; nil for all.
    package static func scan(
        repositories: [String], models: [(name: String, path: String)], named name: String? = nil
    ) -> RepositoryScan {
        var scan = RepositoryScan()
        for repository in repositories { add(repository: repository, named: name, to: &scan) }
        for model in models where name.map({ $0.hasBytes(of: model.name) }) ?? true {
            add(model: model.name, at: model.path, to: &scan)
        }
        markDuplicates(in: &scan)
        scan.models.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return scan
    }

    /// The entries of a directory, if there are not too many.
    static func list(
        _ directory: String, shownAs shown: String
    ) throws(LoadFault) -> [DirectoryEntry] {
        let entries: [DirectoryEntry]
        do throws(SystemError) {
            entries = try FileSystem.list(directory)
        } catch {
            throw .directory(shown, error)
        }
        let limit = ModelRepositoryLimits.directoryEntryLimit
        if entries.count > limit {
            throw .arrangement(path: shown, sentence: "\(entries.count) entries, \(limit) are permitted")
        }
        return entries
    }

    private static func add(repository: String, named name: String?, to scan: inout RepositoryScan) {
        let entries: [DirectoryEntry]
        do throws(LoadFault) {
            entries = try list(repository, shownAs: repository)
        } catch {
            scan.unreadableRepositories.append(error)
            return
        }
        for entry in entries where entry.kind == .directory && !entry.name.hasPrefix(".") {
            if let name, !name.hasBytes(of: entry.name) { continue }
            guard ModelName.isSafe(entry.name) else {
                scan.notices.append(
                    LoadNotice(path: entry.name, sentence: "a model cannot have this name; the directory is ignored"))
                continue
            }
            scan.models.append(
                model(named: entry.name, directory: repository + "/" + entry.name, notices: &scan.notices))
        }
    }

    /// A model given by name: a model's directory, a version's directory, or one file.
    private static func add(model name: String, at path: String, to scan: inout RepositoryScan) {
        guard ModelName.isSafe(name) else {
            scan.unreadableRepositories.append(
                .arrangement(path: name, sentence: "a model cannot have this name"))
            return
        }
        var model = ScannedModel(name: name, directory: path)
        do throws(SystemError) {
            switch try FileStatus(of: path).kind {
            case .file:
                model.versions = [ScannedModel.Version(number: 1, path: path, isFile: true)]
                let parts = path.split(separator: "/", omittingEmptySubsequences: false)
                model.directory = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
                // Configuration beside a single file belongs to whatever else is there.
                model.hasOwnDirectory = false
            case .directory:
                model = self.model(named: name, directory: path, notices: &scan.notices)
                if model.fault == nil && model.versions.isEmpty {
                    model.versions = [ScannedModel.Version(number: 1, path: path, isFile: false)]
                }
            case .other:
                model.fault = .arrangement(path: name, sentence: "neither a file nor a directory")
            }
        } catch {
            model.fault = .directory(name, error)
        }
        scan.models.append(model)
    }

    private static func model(
        named name: String, directory: String, notices: inout [LoadNotice]
    ) -> ScannedModel {
        var model = ScannedModel(name: name, directory: directory)
        let entries: [DirectoryEntry]
        do throws(LoadFault) {
            entries = try list(directory, shownAs: name)
        } catch {
            model.fault = error
            return model
        }
        for entry in entries {
            switch (entry.name, entry.kind) {
            case (configurationFileName, .directory), (rowanFileName, .directory):
                model.fault = .arrangement(path: name + "/" + entry.name, sentence: "a directory, not a file")
            case (configurationFileName, _): model.hasConfiguration = true
            case (rowanFileName, _): model.hasRowanConfiguration = true
            case (let child, .directory):
                if child.hasPrefix(".") || knownDirectories.contains(child) { continue }
                guard let number = versionNumber(of: child) else {
                    notices.append(
                        LoadNotice(
                            path: name + "/" + child,
                            sentence: "not the decimal number of a version; the directory is ignored"))
                    continue
                }
                model.versions.append(
                    ScannedModel.Version(number: number, path: directory + "/" + child, isFile: false))
            default: break
            }
        }
        model.versions.sort { $0.number < $1.number }
        return model
    }

    /// The version that a directory's name stands for: decimal digits without a leading zero, at most 2⁶³ − 1.
    package static func versionNumber(of name: String) -> Int64? {
        guard let first = name.utf8.first, first != UInt8(ascii: "0"), name.utf8.count <= 19 else { return nil }
        guard name.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else { return nil }
        return Int64(name)
    }

    private static func markDuplicates(in scan: inout RepositoryScan) {
        var places: [String: [Int]] = [:]
        for index in scan.models.indices { places[scan.models[index].name, default: []].append(index) }
        var unwanted: Set<Int> = []
        for (name, indices) in places where indices.count > 1 {
            let directories = indices.map { scan.models[$0].directory }.joined(separator: " and ")
            let isSame = indices.allSatisfy { scan.models[$0].name.hasBytes(of: name) }
            scan.models[indices[0]].fault = .arrangement(
                path: name,
                sentence: isSame
                    ? "duplicate: the model stands in more than one repository"
                    : "duplicate: another model's name differs in nothing but its Unicode normalisation")
            scan.models[indices[0]].versions = []
            scan.notices.append(LoadNotice(path: name, sentence: "stands in \(directories)"))
            unwanted.formUnion(indices.dropFirst())
        }
        scan.models = scan.models.indices.filter { !unwanted.contains($0) }.map { scan.models[$0] }
    }
}

/// What repositories hold.
package struct RepositoryScan: Sendable {
    /// In ascending order of names; every name once.
    package internal(set) var models: [ScannedModel] = []
    /// Repositories that cannot be listed, and options that name no model.
    package internal(set) var unreadableRepositories: [LoadFault] = []
    package internal(set) var notices: [LoadNotice] = []
}

/// A model as found on disk.
package struct ScannedModel: Sendable {
    /// A version's directory, or the one file that is a model.
    package struct Version: Sendable, Equatable {
        package var number: Int64
        package var path: String
        package var isFile: Bool
    }

    package var name: String
    package var directory: String
    package var hasConfiguration = false
    package var hasRowanConfiguration = false
    /// Whether the directory is the model's alone.
    var hasOwnDirectory = true
    /// Ascending.
    package var versions: [Version] = []
    /// Why the model cannot be served at all.
    package var fault: LoadFault?
    /// What a load request has brought in place of files.
    package var override: LoadOverride?

    init(name: String, directory: String) {
        self.name = name
        self.directory = directory
    }
}
