/// Why a file could not be read.
package enum FileFault: Error, Equatable, Sendable {
    /// The kernel refused.
    case system(SystemError)
    /// The file has more bytes than the caller permits.
    case tooLarge(byteCountLimit: Int)
    /// The path names a directory, a pipe, a socket or a device.
    case notAFile
}

extension FileFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let error): error.description
        case .tooLarge(let limit): "larger than \(limit) bytes"
        case .notAFile: "not a regular file"
        }
    }
}
