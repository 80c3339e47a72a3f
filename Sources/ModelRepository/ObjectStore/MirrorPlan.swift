import LinuxSystem

/// What has to be done so that a cache holds what a store lists: a pure function of the two.
///
/// The unit of change is what stands directly in a model's directory: a file, or a directory with all that it holds,
/// above all a version. A unit is replaced as a whole or not at all, and one that has not changed is not touched.
struct MirrorPlan: Equatable, Sendable {
    /// A file or directory of a model that takes the place of what was there.
    struct Unit: Equatable, Sendable {
        /// Below the repository: `model/config.pbtxt`, `model/3`.
        var path: String
        var isDirectory: Bool
        /// Names below the prefix, ascending.
        var files: [File]
    }

    /// A file of a unit.
    struct File: Equatable, Sendable {
        var name: String
        var entry: Inventory.Entry
        /// Whether the cache has it already.
        var isHeld: Bool
    }

    /// What changes in one model.
    struct Change: Equatable, Sendable {
        var model: String
        var replaced: [Unit] = []
        /// Paths of units that are there no more.
        var removed: [String] = []
        /// Whether the model's whole directory goes.
        var isGone = false
        /// Names that the cache holds in what is replaced or removed, ascending.
        var forgotten: [String] = []
    }

    /// In ascending order of the models' names.
    private(set) var changes: [Change] = []
    /// Models that the store lists.
    private(set) var models: Set<String> = []
    private(set) var notices: [String] = []

    /// Which models are to be brought up to date.
    enum Scope: Equatable, Sendable {
        case all
        /// These; of the others it only matters whether they are there.
        case some(Set<String>)
        /// One, of which alone the listing tells.
        case one(String)

        func includes(_ model: String) -> Bool {
            switch self {
            case .all: true
            case .some(let names): names.contains(model) && names.contains { $0.hasBytes(of: model) }
            case .one(let name): name.hasBytes(of: model)
            }
        }

        /// Whether the listing would show a model that exists.
        func lists(_ model: String) -> Bool {
            if case .one(let name) = self { return name.hasBytes(of: model) }
            return true
        }
    }

    /// Compares.
    ///
    /// - Parameter listed: names below the prefix, as the store gives them.
    /// - Throws: `.limit` for more bytes than a repository may have.
    init(
        listed: [(name: String, entry: Inventory.Entry)], held: Inventory, scope: Scope
    ) throws(ObjectStoreFault) {
        var wanted: [String: [String: [String: Inventory.Entry]]] = [:]
        var isDirectory: [String: Bool] = [:]
        var broken: Set<String> = []
        var confusable: Set<String> = []
        var byteCount = 0
        for (name, entry) in listed {
            switch ObjectName.meaning(of: name) {
            case .nothing: continue
            case .refused(let reason): note("\(Self.shown(name)): \(reason); the object is ignored")
            case .file(let parts):
                let unit = "\(parts[0])/\(parts[1])"
                models.insert(parts[0])
                // A store may list any number.
                let (sum, isOverflow) = byteCount.addingReportingOverflow(entry.byteCount)
                byteCount = sum
                guard !isOverflow, byteCount <= ObjectStoreLimits.totalByteCount else {
                    throw .limit("the objects have more than \(ObjectStoreLimits.totalByteCount) bytes together")
                }
                if Self.isConfusable(name, parts[0], unit, among: wanted) { confusable.insert(parts[0]) }
                if isDirectory[unit].map({ $0 != (parts.count > 2) }) == true { broken.insert(parts[0]) }
                isDirectory[unit] = parts.count > 2
                wanted[parts[0], default: [:]][unit, default: [:]][name] = entry
            }
        }
        var present: [String: [String: [String: Inventory.Entry]]] = [:]
        for (name, entry) in held.entries {
            let parts = name.split(separator: "/")
            present[String(parts[0]), default: [:]]["\(parts[0])/\(parts[1])", default: [:]][name] = entry
        }
        for model in Set(wanted.keys).union(present.keys).sorted() where scope.lists(model) {
            guard let units = wanted[model] else {
                let forgotten = (present[model] ?? [:]).values.flatMap(\.keys).sorted()
                changes.append(Change(model: model, isGone: true, forgotten: forgotten))
                continue
            }
            guard scope.includes(model) else { continue }
            if broken.contains(model) || units.values.contains(where: Self.isAmbiguous) {
                note("\(Self.shown(model)): a name is an object and a directory at once; the model stays as it is")
                continue
            }
            if confusable.contains(model) {
                note(
                    "\(Self.shown(model)): names differ in nothing but their Unicode normalisation; "
                        + "the model stays as it is")
                continue
            }
            let change = Self.change(model, units, present[model] ?? [:], isDirectory)
            if !change.replaced.isEmpty || !change.removed.isEmpty { changes.append(change) }
        }
    }

    /// Whether a key of the tables would stand for other bytes than it was made from.
    private static func isConfusable(
        _ name: String, _ model: String, _ unit: String, among wanted: [String: [String: [String: Inventory.Entry]]]
    ) -> Bool {
        guard let place = wanted.index(forKey: model) else { return false }
        let (knownModel, units) = wanted[place]
        if knownModel.isConfusable(with: model) { return true }
        guard let place = units.index(forKey: unit) else { return false }
        let (knownUnit, files) = units[place]
        if knownUnit.isConfusable(with: unit) { return true }
        return files.index(forKey: name).map { files[$0].key.isConfusable(with: name) } ?? false
    }

    private static func change(
        _ model: String, _ wanted: [String: [String: Inventory.Entry]], _ present: [String: [String: Inventory.Entry]],
        _ isDirectory: [String: Bool]
    ) -> Change {
        var change = Change(model: model)
        for (path, files) in wanted.sorted(by: { $0.key < $1.key }) where present[path] != files {
            let held = present[path] ?? [:]
            change.replaced.append(
                Unit(
                    path: path, isDirectory: isDirectory[path] == true,
                    files: files.sorted { $0.key < $1.key }.map {
                        File(name: $0.key, entry: $0.value, isHeld: held[$0.key] == $0.value)
                    }))
        }
        change.removed = present.keys.filter { wanted[$0] == nil }.sorted()
        let over = change.removed + change.replaced.map(\.path)
        change.forgotten = over.flatMap { (present[$0] ?? [:]).keys }.sorted()
        return change
    }

    /// Whether a name is a file and a directory with files at once.
    private static func isAmbiguous(_ files: [String: Inventory.Entry]) -> Bool {
        files.keys.contains { name in
            var rest = name[...]
            while let slash = rest.lastIndex(of: "/") {
                rest = rest[..<slash]
                if files[String(rest)] != nil { return true }
            }
            return false
        }
    }

    private mutating func note(_ notice: String) {
        if notices.count < ObjectStoreLimits.noticeCount { notices.append(notice) }
    }

    /// A name as part of a line.
    private static func shown(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(200).map { $0.value < 0x20 ? "?" : $0 }))
    }
}
