/// Which names may become part of a path, a URL and a metric label.
package enum ModelName {
    /// Whether a name is one plain path component: not empty, not too long, valid UTF-8 without control characters
    /// or slashes, and not hidden.
    ///
    /// Names come from directory entries, options and configuration files; none of them can lead out of a repository.
    package static func isSafe(_ name: String) -> Bool {
        let bytes = name.utf8
        guard !bytes.isEmpty && bytes.count <= ModelRepositoryLimits.modelNameByteLimit else { return false }
        guard bytes.first != UInt8(ascii: ".") else { return false }
        return name.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F && $0 != "/" && $0 != "\\" && $0.value != 0xFFFD
        }
    }
}
