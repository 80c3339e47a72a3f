import LinuxSystem

/// Where the content of a model's files comes from: the disk, or the request that asked for the load.
extension ScannedModel {
    /// The model as a load request has it.
    ///
    /// - Parameter found: the model as it lies in the repository, if it does.
    package init(named name: String, found: ScannedModel?, override: LoadOverride) {
        self = found ?? ScannedModel(name: name, directory: name)
        self.override = override
        guard !override.files.isEmpty else { return }
        fault = nil
        hasOwnDirectory = true
        hasConfiguration = false
        hasRowanConfiguration = false
        versions = Set(override.files.map(\.version)).sorted().map { number in
            Version(number: number, path: "\(directory)/\(number)", isFile: false)
        }
    }

    /// Reads a file of the model.
    func content(of path: String, byteCountLimit: Int) throws(FileFault) -> ByteBuffer {
        guard let files = override?.files, !files.isEmpty else {
            return try FileSystem.read(path, byteCountLimit: byteCountLimit)
        }
        guard let file = files.first(where: { "\(directory)/\($0.version)/\($0.name)" == path }) else {
            throw .system(.noSuchFile)
        }
        guard file.content.count <= byteCountLimit else { throw .tooLarge(byteCountLimit: byteCountLimit) }
        var content = ByteBuffer(capacity: file.content.count)
        content.append(file.content.span)
        return content
    }

    /// Lists the directory of a version.
    func entries(of directory: String, shownAs shown: String) throws(LoadFault) -> [DirectoryEntry] {
        guard let files = override?.files, !files.isEmpty else {
            return try RepositoryScanner.list(directory, shownAs: shown)
        }
        return files.filter { "\(self.directory)/\($0.version)" == directory }
            .map { DirectoryEntry(name: $0.name, kind: .file) }
    }
}

extension ScannedModel {
    /// Directories in which a change concerns the model.
    package var watchedDirectories: Set<String> {
        var directories: Set<String> = [directory]
        if hasOwnDirectory { directories.insert(directory + "/" + RepositoryScanner.warmupDirectoryName) }
        for version in versions where !version.isFile { directories.insert(version.path) }
        return directories
    }
}
