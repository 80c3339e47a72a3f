import LinuxSystem

/// The files below a directory, or one file, whose names say that they hold documents.
package struct KnowledgeFiles: Sendable {
    private let root: String
    /// Relative to what was named, in order.
    package let paths: [String]

    /// Folders within each other that are looked into.
    private static let depthLimit = 16

    /// Finds files.
    ///
    /// - Throws: if there is nothing of that name, or if a single file has a name that says nothing.
    package init(at path: String) throws(ReadingFault) {
        let kind: FileStatus.Kind
        do throws(SystemError) {
            kind = try FileStatus(of: path).kind
            if kind == .directory {
                var paths: [String] = []
                try Self.walk(path, "", 0, &paths)
                root = path
                self.paths = paths
                return
            }
        } catch {
            throw ReadingFault("\(path): \(error)")
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard kind == .file, let name = parts.last, DocumentReader.Form(fileName: String(name)) != nil else {
            throw ReadingFault(
                "\(path) is no directory, and no file whose name ends in .md, .txt, .json, .ndjson, .jsonl or .csv")
        }
        root = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
        paths = [String(name)]
    }

    private static func walk(
        _ root: String, _ folder: String, _ depth: Int, _ paths: inout [String]
    ) throws(SystemError) {
        for entry in try FileSystem.list(folder.isEmpty ? root : "\(root)/\(folder)") {
            // Hidden files are tools' own.
            guard !entry.name.hasPrefix(".") else { continue }
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            switch entry.kind {
            case .directory where depth < depthLimit: try walk(root, path, depth + 1, &paths)
            case .file where DocumentReader.Form(fileName: entry.name) != nil: paths.append(path)
            default: break
            }
        }
    }

    /// The documents of one file.
    ///
    /// - Throws: naming the file.
    package func documents(in path: String) throws(ReadingFault) -> [KnowledgeDocument] {
        guard let form = DocumentReader.Form(fileName: path) else { return [] }
        let content: ByteBuffer
        do throws(FileFault) {
            content = try FileSystem.read(
                "\(root)/\(path)", byteCountLimit: KnowledgeRetrievalLimits.fileByteCount)
        } catch {
            throw ReadingFault("\(path): \(error)")
        }
        do throws(ReadingFault) {
            return try content.withBytes { (bytes) throws(ReadingFault) in
                try DocumentReader.documents(in: bytes, form, path: path)
            }
        } catch {
            throw ReadingFault("\(path): \(error.message)")
        }
    }
}
