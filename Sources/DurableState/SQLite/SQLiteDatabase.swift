import CSQLite

/// A connection to a file of SQLite.
///
/// What was committed survives the loss of power: every commit is written through. Readers of other processes do not
/// wait for the writer (write-ahead log).
///
/// - Isolation: one thread at a time.
@safe
package final class SQLiteDatabase: StateDatabase {
    private let handle: OpaquePointer
    /// By their text.
    private var prepared: [String: SQLiteStatement] = [:]
    package let place: String
    package var dialect: StateDialect { .sqlite }

    /// How a file is opened.
    package enum Opening: Sendable {
        /// For reading and writing; made if it is not there.
        case writing
        /// For reading, beside a process that writes; it must be there.
        case reading
        /// For writing once, as one file without others beside it.
        case exporting
    }

    /// How long a connection waits for a lock that another one holds.
    private static let busyMilliseconds: Int32 = 5_000

    /// Opens a file.
    package init(_ path: String, _ opening: Opening = .writing) throws(StateFault) {
        place = path
        var handle: OpaquePointer?
        let access = opening == .reading ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        // The path is terminated by the conversion to a C string; SQLite writes only the handle.
        let code = unsafe sqlite3_open_v2(
            path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let opened = unsafe handle else {
            throw .database(place: path, "SQLite has no memory for a connection")
        }
        unsafe self.handle = opened
        guard code == SQLITE_OK else { throw fault() }
        // The handle is ours; a file from elsewhere may not run code of its own.
        unsafe sqlite3_busy_timeout(opened, Self.busyMilliseconds)
        unsafe _ = rowan_sqlite_be_defensive(opened)
        try execute("PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON")
        switch opening {
        case .writing: try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        case .reading: try execute("PRAGMA query_only = ON")
        case .exporting: try execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL")
        }
    }

    deinit {
        // The connection is ours, and statements are given up before it is closed.
        prepared.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    package func execute(_ script: String) throws(StateFault) {
        // The script is terminated by the conversion to a C string.
        guard unsafe sqlite3_exec(handle, script, nil, nil, nil) == SQLITE_OK else { throw fault() }
    }

    @discardableResult
    package func run(_ statement: String, _ values: [StateValue]) throws(StateFault) -> Int {
        try forEachRow(of: statement, values) { _ in }
        // The handle is ours.
        return unsafe Int(sqlite3_changes64(handle))
    }

    package func forEachRow(
        of query: String, _ values: [StateValue], _ body: ([StateValue]) throws(StateFault) -> Void
    ) throws(StateFault) {
        let statement = try statement(query)
        defer { statement.reset() }
        for (index, value) in values.enumerated() {
            guard statement.bind(value, as: "$\(index + 1)") else { throw fault() }
        }
        while true {
            switch statement.step() {
            case .row: try body(statement.row)
            case .done: return
            case .failed: throw fault()
            }
        }
    }

    private func statement(_ text: String) throws(StateFault) -> SQLiteStatement {
        if let known = prepared[text] { return known }
        if prepared.count >= DurableStateLimits.preparedStatements { prepared.removeAll() }
        // The connection outlives the statement, which `deinit` gives up first.
        guard let made = unsafe SQLiteStatement(text, on: handle) else { throw fault() }
        prepared[text] = made
        return made
    }

    private func fault() -> StateFault {
        // The text belongs to the connection until its next call, and is copied.
        let words = unsafe String(cString: sqlite3_errmsg(handle))
        if unsafe sqlite3_errcode(handle) == SQLITE_NOTADB { return .notState(place: place, words) }
        return .database(place: place, words)
    }
}
