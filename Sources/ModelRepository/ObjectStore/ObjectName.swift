/// Which keys of a bucket may become files.
enum ObjectName {
    /// What a key below the prefix stands for.
    enum Meaning: Equatable, Sendable {
        /// A file of a model, by its parts.
        case file([String])
        /// Nothing that is to be held, and nothing wrong with that: a directory's marker, a file beside the models, a
        /// hidden directory.
        case nothing
        /// It cannot be a file here; why.
        case refused(String)
    }

    /// Judges a key without the prefix and the slash behind it.
    static func meaning(of name: String) -> Meaning {
        guard name.utf8.count <= ObjectStoreLimits.nameByteCount else {
            return .refused("longer than \(ObjectStoreLimits.nameByteCount) bytes")
        }
        // By bytes, as the file system does: a slash may be part of a longer character.
        let slash = UInt8(ascii: "/")
        if name.isEmpty || name.utf8.last == slash { return .nothing }
        let parts = name.utf8.split(separator: slash, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count > 1 else { return .nothing }
        if parts[0].utf8.first == UInt8(ascii: "."), parts[0] != ".." { return .nothing }
        guard parts.count <= ObjectStoreLimits.componentCount else {
            return .refused("more than \(ObjectStoreLimits.componentCount) levels")
        }
        for part in parts {
            if part.isEmpty || part == "." || part == ".." { return .refused("an empty part, '.' or '..'") }
            if part.utf8.count > ObjectStoreLimits.componentByteCount {
                return .refused("a part of more than \(ObjectStoreLimits.componentByteCount) bytes")
            }
            guard part.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0xFFFD }) else {
                return .refused("a control character, or bytes that are not UTF-8")
            }
        }
        guard ModelName.isSafe(parts[0]) else { return .refused("a model cannot have this name") }
        return .file(parts)
    }
}
