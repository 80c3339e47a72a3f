import LinuxSystem
import TestSupport
import Testing

@testable import DurableState

@Suite struct StateStoreTests {
    /// The current schema and one more version.
    private static let next = StateSchema(
        StateSchema.current.versions + [
            StateSchema.Version(StateSchema.current.versions.count + 1, "samples", tables: ["samples"]) { dialect in
                ["CREATE TABLE samples (id BIGINT PRIMARY KEY, value DOUBLE PRECISION, body \(dialect.bytesType))"]
            }
        ])

    /// How faults name the current schema, and the next one.
    private static var current: String { named(StateSchema.current) }
    private static var following: String { named(next) }

    private static func named(_ schema: StateSchema) -> String {
        let latest = schema.versions[schema.versions.count - 1]
        return "\(latest.number) (\(latest.name))"
    }

    private static func store(
        _ folder: TemporaryFolder, _ purpose: StateStore.Purpose = .serving, _ schema: StateSchema = .current
    ) throws(StateFault) -> StateStore {
        try StateStore(at: .directory(folder.path), for: purpose, schema: schema) { 7 }
    }

    @Test func `documents are there after the process that wrote them`() throws {
        let folder = TemporaryFolder()
        do {
            let store = try Self.store(folder)
            try DocumentChecks.check(store)
        }
        let store = try Self.store(folder)
        #expect(try store.document("rollout", "b")?.content == "kept \u{1F600} \u{0} '\"")
    }

    @Test func `a second process is kept out, and readers are not`() throws {
        let folder = TemporaryFolder()
        let store = try Self.store(folder)
        #expect(throws: StateFault.locked(place: folder.path)) { try Self.store(folder) }
        #expect(throws: StateFault.locked(place: folder.path)) { try Self.store(folder, .migrating) }
        _ = try store.save("rollout", "a", "text", replacing: 0, nanosecondsSince1970: 1)
        #expect(try Self.store(folder, .reading).document("rollout", "a")?.content == "text")
    }

    @Test func `a newer schema is refused by its name, and nothing is touched`() throws {
        let folder = TemporaryFolder()
        _ = try Self.store(folder, .serving, Self.next)
        let fault = StateFault.newerSchema(
            place: "\(folder.path)/state.db", found: Self.following, known: Self.current)
        #expect(throws: fault) { try Self.store(folder) }
        #expect(throws: fault) { try Self.store(folder, .reading) }
        #expect(throws: fault) { try Self.store(folder, .migrating).migrate(nanosecondsSince1970: 1) }
        #expect(fault.description.contains(Self.following))
        _ = try Self.store(folder, .serving, Self.next)
    }

    @Test func `an older schema waits for migration, which keeps what is there`() throws {
        let folder = TemporaryFolder()
        do {
            let store = try Self.store(folder)
            _ = try store.save("rollout", "a", "text", replacing: 0, nanosecondsSince1970: 1)
        }
        let fault = StateFault.olderSchema(
            place: "\(folder.path)/state.db", found: Self.current, known: Self.following)
        #expect(throws: fault) { try Self.store(folder, .serving, Self.next) }
        do {
            let store = try Self.store(folder, .migrating, Self.next)
            #expect(try store.migrate(nanosecondsSince1970: 1) == [Self.following])
            #expect(try store.migrate(nanosecondsSince1970: 1) == [])
        }
        let store = try Self.store(folder, .serving, Self.next)
        #expect(try store.document("rollout", "a")?.content == "text")
    }

    @Test func `state of the first version is migrated to the current one, and keeps its documents`() throws {
        let folder = TemporaryFolder()
        do {
            let store = try Self.store(folder, .serving, StateSchema([StateSchema.current.versions[0]]))
            _ = try store.save("rollout", "a", "text", replacing: 0, nanosecondsSince1970: 1)
        }
        #expect(throws: StateFault.self) { try Self.store(folder) }
        let names = StateSchema.current.versions.dropFirst().map { "\($0.number) (\($0.name))" }
        #expect(try Self.store(folder, .migrating).migrate(nanosecondsSince1970: 1) == names)
        let store = try Self.store(folder)
        #expect(try store.document("rollout", "a")?.content == "text")
        try KnowledgeChecks.check(store)
    }

    @Test func `threads of a process share a directory that other processes are kept out of`() throws {
        let folder = TemporaryFolder()
        let source = StateSource(.directory(folder.path))
        let first = try source.open { 7 }
        let second = try source.open { 7 }
        #expect(throws: StateFault.locked(place: folder.path)) { try Self.store(folder) }
        _ = try first.save("rollout", "a", "text", replacing: 0, nanosecondsSince1970: 1)
        #expect(try second.document("rollout", "a")?.content == "text")
    }

    @Test func `a migration that fails changes nothing`() throws {
        let broken = StateSchema(
            Self.next.versions + [
                StateSchema.Version(Self.next.versions.count + 1, "broken", tables: []) { _ in
                    ["CREATE TABLE a (b BIGINT)", "NOT SQL"]
                }
            ])
        let folder = TemporaryFolder()
        _ = try Self.store(folder)
        #expect(throws: StateFault.self) {
            try Self.store(folder, .migrating, broken).migrate(nanosecondsSince1970: 1)
        }
        _ = try Self.store(folder)
    }

    @Test func `what is no state is named`() throws {
        let folder = TemporaryFolder()
        #expect(throws: StateFault.notState(place: folder.path, "there is no file state.db")) {
            try Self.store(folder, .reading)
        }
        folder.write("this is a text and no database of any kind, although it is long enough to be one", to: "state.db")
        #expect(throws: StateFault.self) { try Self.store(folder) }
        let other = TemporaryFolder()
        do {
            let database = try SQLiteDatabase("\(other.path)/state.db")
            try database.execute("CREATE TABLE visits (id BIGINT)")
        }
        do {
            _ = try Self.store(other)
            Issue.record("somebody else's database was taken")
        } catch {
            #expect(error.description.contains("visits"))
        }
    }

    @Test func `a directory that cannot be made is named`() {
        #expect(throws: StateFault.self) {
            try StateStore(at: .directory("/proc/nowhere/state"), for: .serving) { 7 }
        }
    }

    @Test func `a backup holds everything, and restoring it makes everything as it was`() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/backup.db"
        let store = try Self.store(folder, .serving, Self.next)
        try BackupChecks.fill(store)
        #expect(try store.backUp(to: path, nanosecondsSince1970: 9) == BackupChecks.rowCount)
        #expect(throws: StateFault.fileExists(path)) { try store.backUp(to: path, nanosecondsSince1970: 9) }
        let before = try BackupChecks.content(store)
        try BackupChecks.spoil(store)
        #expect(try BackupChecks.content(store) != before)
        #expect(try store.restore(from: path) == BackupChecks.rowCount)
        #expect(try BackupChecks.content(store) == before)
        #expect(try FileSystem.list(folder.path).allSatisfy { !$0.name.hasSuffix(".partial") })
    }

    @Test func `a backup is made beside a process that serves`() throws {
        let folder = TemporaryFolder()
        let store = try Self.store(folder)
        _ = try store.save("rollout", "a", "text", replacing: 0, nanosecondsSince1970: 1)
        let path = folder.path + "/backup.db"
        #expect(try Self.store(folder, .reading).backUp(to: path, nanosecondsSince1970: 1) == 1)
    }

    @Test func `a damaged or foreign backup is refused, and nothing is touched`() throws {
        let folder = TemporaryFolder()
        let store = try Self.store(folder, .serving, Self.next)
        try BackupChecks.fill(store)
        let before = try BackupChecks.content(store)
        let path = folder.path + "/backup.db"
        try store.backUp(to: path, nanosecondsSince1970: 1)
        var bytes = try #require(TextFile.bytes(at: path))
        for index in bytes.indices.dropFirst(bytes.count / 2).prefix(4_096) { bytes[index] = 0xA5 }
        folder.write(bytes, to: "damaged.db")
        for name in ["damaged.db", "absent.db"] {
            #expect(throws: StateFault.self) { try store.restore(from: "\(folder.path)/\(name)") }
        }
        let older = TemporaryFolder()
        let olderPath = older.path + "/older.db"
        try Self.store(older).backUp(to: olderPath, nanosecondsSince1970: 1)
        #expect(throws: StateFault.self) { try store.restore(from: olderPath) }
        #expect(try BackupChecks.content(store) == before)
    }

    @Test func `more statements than are kept prepared are run`() throws {
        let folder = TemporaryFolder()
        let database = try SQLiteDatabase("\(folder.path)/a.db")
        for number in 0...Int64(2 * DurableStateLimits.preparedStatements) {
            #expect(try database.rows("SELECT \(number) + $1", [.integer(1)]) == [[.integer(number + 1)]])
        }
    }

    @Test func `documents and names that are too long are refused`() throws {
        let folder = TemporaryFolder()
        let store = try Self.store(folder)
        let limit = DurableStateLimits.documentByteCount
        let longest = String(repeating: "a", count: limit)
        #expect(try store.save("a", "b", longest, replacing: 0, nanosecondsSince1970: 1) == 1)
        #expect(throws: StateFault.tooLarge("the a b", byteCountLimit: limit)) {
            try store.save("a", "b", longest + "a", replacing: 1, nanosecondsSince1970: 1)
        }
        #expect(throws: StateFault.self) {
            try store.save(
                "a", String(repeating: "n", count: DurableStateLimits.nameByteCount + 1), "", replacing: 0,
                nanosecondsSince1970: 1)
        }
    }
}
