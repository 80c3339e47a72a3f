package import LinuxSystem
package import TextEmbedding
package import TreeEnsembles

/// Why a model or one of its versions is not served.
///
/// The model is UNAVAILABLE with this as its reason.
///
/// Paths are relative to the repository, because clients see the reason.
package enum LoadFault: Error, Sendable, Equatable {
    /// A configuration file is wrong.
    case configuration(file: String, TextFormatFault)
    /// A file cannot be read.
    case file(String, FileFault)
    /// A directory cannot be listed.
    case directory(String, SystemError)
    /// The model file's content; the fault itself names the file.
    case model(TreeEnsembleFault)
    /// The files of a text encoder, by the directory that they are in; the fault names the file.
    case encoder(directory: String, TextEmbeddingFault)
    /// Something about a directory or a name.
    case arrangement(path: String, sentence: String)

    /// The file or directory that is to be looked at, relative to the repository.
    package var path: String {
        switch self {
        case .configuration(let file, _), .file(let file, _): file
        case .directory(let path, _), .arrangement(let path, _): path
        case .model(let fault): fault.fileName
        case .encoder(let directory, let fault):
            fault.fileName.isEmpty ? directory : directory + "/" + fault.fileName
        }
    }

    /// The place in the file, where it is a text.
    package var position: TextPosition? {
        if case .configuration(_, let fault) = self { return fault.position }
        return nil
    }

    /// The fault without the path, as one sentence.
    package var sentence: String {
        switch self {
        case .configuration(_, let fault): return fault.explanation
        case .file(_, .system(let error)): return error.reason
        case .file(_, let fault): return fault.description
        case .directory(_, let error): return error.reason
        case .arrangement(_, let sentence): return sentence
        case .encoder(_, let fault): return fault.sentence
        case .model(let fault):
            var anonymous = fault
            anonymous.fileName = ""
            return anonymous.message
        }
    }
}

extension LoadFault: CustomStringConvertible {
    /// `path: sentence` or `path:line:column: sentence`.
    package var description: String {
        let place = position.map { ":\($0)" } ?? ""
        return "\(path)\(place): \(sentence)"
    }
}
