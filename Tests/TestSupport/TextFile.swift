import Glibc

/// Whole files, and the names of all files below a folder.
package enum TextFile {
    /// The bytes of a file; nil if it cannot be read.
    package static func bytes(at path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // The kernel writes at most the array's length.
            let count = unsafe read(file, &piece, piece.count)
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    /// The text of a file; nil if it cannot be read or is not UTF-8.
    package static func text(at path: String) -> String? {
        bytes(at: path).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Whether there is a file or a folder.
    package static func exists(_ path: String) -> Bool {
        // The path ends with a zero byte.
        unsafe access(path, F_OK) == 0
    }
}
