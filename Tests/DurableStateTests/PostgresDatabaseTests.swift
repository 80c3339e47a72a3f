import LinuxSystem
import TestSupport
import Testing

@testable import DurableState

/// The same state in a real server, which the suite starts once.
@Suite(.serialized) struct PostgresDatabaseTests {
    // One server for all tests: making it takes seconds.
    private static let schema = StateSchema(
        StateSchema.current.versions + [
            StateSchema.Version(StateSchema.current.versions.count + 1, "samples", tables: ["samples"]) { dialect in
                ["CREATE TABLE samples (id BIGINT PRIMARY KEY, value DOUBLE PRECISION, body \(dialect.bytesType))"]
            }
        ])

    private static func named(_ schema: StateSchema) -> String {
        let latest = schema.versions[schema.versions.count - 1]
        return "\(latest.number) (\(latest.name))"
    }

    @Test func `state is the same in PostgreSQL, and goes from one database to the other`() throws {
        let server = try PostgresServer()
        let location = try StateLocation(url: server.url)
        // An empty database is no state to be read.
        #expect(throws: StateFault.self) { try StateStore(at: location, for: .reading) { 7 } }
        try checkDocuments(location)
        try checkMigration(location)
        try checkBackup(location)
        try checkLostConnection(location, server)
        try checkSecret(server)
        try checkSilence(location, server)
    }

    private func checkDocuments(_ location: StateLocation) throws {
        let store = try StateStore(at: location, for: .serving) { 7 }
        try DocumentChecks.check(store)
        try KnowledgeChecks.check(store)
        // Any number of servers may have it open; of two who have read the same only one writes.
        let other = try StateStore(at: location, for: .serving) { 7 }
        #expect(try other.save("rollout", "b", "other", replacing: 2, nanosecondsSince1970: 20) == 3)
        #expect(try store.save("rollout", "b", "late", replacing: 2, nanosecondsSince1970: 21) == nil)
        #expect(try store.database.run("DELETE FROM documents", []) == 2)
        try store.database.run("DELETE FROM knowledge", [])
        #expect(throws: StateFault.self) { try store.database.execute("SELECT nonsense") }
        let timeout = try store.database.rows("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'")
        #expect(timeout == [[.text("\(DurableStateLimits.statementMilliseconds)")]])
        #expect(throws: StateFault.self) {
            try store.database.transaction { () throws(StateFault) in
                _ = try store.save("rollout", "z", "z", replacing: 0, nanosecondsSince1970: 1)
                try store.database.execute("SELECT nonsense")
            }
        }
        #expect(try store.document("rollout", "z") == nil)
    }

    private func checkMigration(_ location: StateLocation) throws {
        #expect(throws: StateFault.self) { try StateStore(at: location, for: .serving, schema: Self.schema) { 7 } }
        let migrating = try StateStore(at: location, for: .migrating, schema: Self.schema) { 7 }
        #expect(try migrating.migrate(nanosecondsSince1970: 5) == [Self.named(Self.schema)])
        #expect(
            throws: StateFault.newerSchema(
                place: location.description, found: Self.named(Self.schema), known: Self.named(.current))
        ) { try StateStore(at: location, for: .serving) { 7 } }
    }

    private func checkBackup(_ location: StateLocation) throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/backup.db"
        let store = try StateStore(at: location, for: .serving, schema: Self.schema) { 7 }
        try BackupChecks.fill(store)
        let before = try BackupChecks.content(store)
        #expect(try store.backUp(to: path, nanosecondsSince1970: 9) == BackupChecks.rowCount)
        try BackupChecks.spoil(store)
        #expect(try store.restore(from: path) == BackupChecks.rowCount)
        #expect(try BackupChecks.content(store) == before)
        let embedded = try StateStore(at: .directory(folder.path), for: .serving, schema: Self.schema) { 7 }
        #expect(try embedded.restore(from: path) == BackupChecks.rowCount)
        #expect(try BackupChecks.content(embedded) == before)
    }

    private func checkLostConnection(_ location: StateLocation, _ server: PostgresServer) throws {
        let store = try StateStore(at: location, for: .serving, schema: Self.schema) { 7 }
        let other = try StateStore(at: location, for: .serving, schema: Self.schema) { 7 }
        try other.database.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid <> pg_backend_pid() AND usename = 'rowan'
            """)
        // What was under way fails; the next statement finds a new connection.
        #expect(throws: StateFault.self) { try store.documents("rollout") }
        #expect(try store.documents("rollout").map(\.name) == ["a", "b"])
    }

    /// A server that is stopped takes what is sent and answers nothing: nobody waits for it without an end.
    private func checkSilence(_ location: StateLocation, _ server: PostgresServer) throws {
        let store = try StateStore(at: location, for: .serving, schema: Self.schema) { 7 }
        let database = try #require(store.database as? PostgresDatabase)
        database.patience = PostgresDatabase.Patience(answer: .milliseconds(300), rest: .seconds(3_600))
        let began = SystemClock().now()
        try server.freeze(true)
        let silence = #expect(throws: StateFault.self) { try store.documents("rollout") }
        #expect(silence?.description.contains("no answer within 300 ms") == true)
        // The next ones do not wait, also where one has more bytes than there is room for.
        for _ in 0..<100 {
            let fault = #expect(throws: StateFault.self) {
                let text = String(repeating: "x", count: 1 << 20)
                _ = try store.save("rollout", "large", text, replacing: 0, nanosecondsSince1970: 1)
            }
            #expect(fault?.description.contains("not asked again yet") == true)
        }
        #expect(SystemClock().now() - began < .seconds(5))
        // Neither does who opens the state.
        let impatient = try StateLocation(url: server.url + "&connect_timeout=2")
        #expect(throws: StateFault.self) { try StateStore(at: impatient, for: .serving, schema: Self.schema) { 7 } }
        try server.freeze(false)
        database.patience = PostgresDatabase.Patience()
        #expect(database.patience.rest == .milliseconds(DurableStateLimits.restMilliseconds))
        #expect(throws: StateFault.self) { try store.documents("rollout") }
        #expect(DurableStateLimits.answerMilliseconds > DurableStateLimits.statementMilliseconds)
        // What was given up is not taken for the answer to what is asked next.
        let other = try StateStore(at: location, for: .serving, schema: Self.schema) { 7 }
        let next = try #require(other.database as? PostgresDatabase)
        next.patience = PostgresDatabase.Patience(answer: .milliseconds(200), rest: .zero)
        try server.freeze(true)
        #expect(throws: StateFault.self) { try other.documents("rollout") }
        try server.freeze(false)
        next.patience.answer = .seconds(30)
        #expect(try next.rows("SELECT 42") == [[.integer(42)]])
        // A statement that is larger than the room of a socket ends as well.
        next.patience.answer = .milliseconds(300)
        try server.freeze(true)
        let text = String(repeating: "x", count: DurableStateLimits.documentByteCount)
        #expect(throws: StateFault.self) {
            try other.save("rollout", "large", text, replacing: 0, nanosecondsSince1970: 1)
        }
        try server.freeze(false)
    }

    private func checkSecret(_ server: PostgresServer) throws {
        let wrong = try StateLocation(url: server.url.replacing("/postgres?", with: "/nowhere?"))
        do throws(StateFault) {
            _ = try StateStore(at: wrong, for: .serving) { 7 }
            Issue.record("a database that is not there was opened")
        } catch {
            #expect(error.description.contains("nowhere"))
            #expect(!error.description.contains("pass"))
        }
    }
}
