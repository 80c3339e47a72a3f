import LinuxSystem

/// What a cache holds when it is opened: as much of its list as the disk agrees with, and nothing that the list does
/// not name.
extension RepositoryMirror {
    /// Reads a cache's list, drops from it what is not there, and removes what it does not name.
    static func inventory(at root: String) throws(SystemError) -> Inventory {
        let limit = ObjectStoreLimits.inventoryByteCount
        let text = (try? FileSystem.readText(root + "/inventory", byteCountLimit: limit)) ?? ""
        var inventory = Inventory(text) ?? Inventory()
        for (name, entry) in inventory.entries {
            guard let status = try? FileStatus(of: "\(root)/models/\(name)"), status.kind == .file,
                status.byteCount == entry.byteCount
            else {
                inventory.entries[name] = nil
                continue
            }
        }
        try removeStrays(in: root + "/models", below: "", named: inventory)
        return inventory
    }

    /// Removes files that no entry names, and directories without any; a model's own directory may be empty.
    private static func removeStrays(
        in directory: String, below prefix: String, named inventory: Inventory
    ) throws(SystemError) {
        var directories: Set<String> = []
        for name in inventory.entries.keys {
            var rest = name[...]
            while let slash = rest.lastIndex(of: "/") {
                rest = rest[..<slash]
                if !directories.insert(String(rest)).inserted { break }
            }
        }
        var pending = [prefix]
        while let next = pending.popLast() {
            for entry in try FileSystem.list(next.isEmpty ? directory : "\(directory)/\(next)") {
                let name = next.isEmpty ? entry.name : "\(next)/\(entry.name)"
                if entry.kind == .directory, directories.contains(name) {
                    pending.append(name)
                } else if inventory.entries[name] == nil {
                    try FileSystem.remove("\(directory)/\(name)")
                }
            }
        }
    }
}
