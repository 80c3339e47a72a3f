import LinuxSystem

/// Which objects lie in a cache, by their names below the prefix.
struct Inventory: Equatable, Sendable {
    /// One state of an object.
    struct Entry: Equatable, Sendable {
        /// The store's tag, which changes with the content.
        var tag: String
        var byteCount: Int
    }

    var entries: [String: Entry] = [:]

    init() {}

    private static let firstLine = "rowan objects 1"

    /// Reads what `text` has written.
    ///
    /// - Returns: nil for any other text; the cache then counts as empty.
    init?(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        // What was cut while it was written lacks its last newline.
        guard lines.popFirst() == Self.firstLine[...], lines.popLast() == "" else { return nil }
        guard lines.count <= ObjectStoreLimits.objectCount else { return nil }
        for line in lines {
            let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let byteCount = Int(parts[0]), byteCount >= 0, !parts[1].isEmpty else { return nil }
            let name = String(parts[2])
            guard case .file = ObjectName.meaning(of: name), entries[name] == nil else { return nil }
            entries[name] = Entry(tag: String(parts[1]), byteCount: byteCount)
        }
    }

    /// One line for each object: size, tag, name.
    var text: String {
        let lines = entries.sorted { $0.key < $1.key }.map { "\($0.value.byteCount) \($0.value.tag) \($0.key)\n" }
        return Self.firstLine + "\n" + lines.joined()
    }
}
