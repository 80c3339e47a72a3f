import LinuxSystem

/// The state that outlives the process: the only way to it.
///
/// A directory belongs to one process at a time; a database of PostgreSQL to any number of them.
///
/// - Isolation: one thread at a time; calls may block.
package final class StateStore {
    let database: any StateDatabase
    let schema: StateSchema
    /// Held as long as the store; nil where several processes may write, or where nobody writes.
    private let lock: Lock?

    final class Lock: Sendable {
        private let file: FileLock

        init(_ file: consuming FileLock) { self.file = file }
    }

    /// What somebody wants of the state.
    package enum Purpose: Sendable {
        /// To read and to write. State that is not there is made; one of another schema is refused.
        case serving
        /// To bring the schema up to date.
        case migrating
        /// To read, beside a process that serves.
        case reading
    }

    /// Opens the state at a place.
    ///
    /// - Parameter now: nanoseconds since 1970; asked if state has to be made.
    /// - Throws: if the place cannot be used, if another process uses it, or if its schema is not what the purpose
    ///   needs.
    package convenience init(
        at location: StateLocation, for purpose: Purpose, schema: StateSchema = .current,
        now: () -> Int64
    ) throws(StateFault) {
        try self.init(at: location, for: purpose, lock: nil, schema: schema, now: now)
    }

    /// - Parameter held: the lock of a directory, if the process has it already.
    init(
        at location: StateLocation, for purpose: Purpose, lock held: Lock?, schema: StateSchema = .current,
        now: () -> Int64
    ) throws(StateFault) {
        self.schema = schema
        switch location {
        case .directory(let path):
            let file = StateLocation.file(in: path)
            if purpose == .reading {
                guard FileSystem.exists(file) else { throw .notState(place: path, "there is no file state.db") }
                lock = nil
                database = try SQLiteDatabase(file, .reading)
            } else {
                if let held { lock = held } else { lock = try Self.lock(path) }
                database = try SQLiteDatabase(file)
            }
        case .postgres(let url):
            lock = nil
            database = try PostgresDatabase(url: url, place: location.description)
        }
        let state = SchemaState(database: database, schema: schema)
        switch purpose {
        case .serving: if try !state.check() { _ = try state.migrate(nanosecondsSince1970: now()) }
        case .migrating: break
        case .reading:
            guard try state.check() else { throw .notState(place: location.description, "it is empty") }
        }
    }

    static func lock(_ directory: String) throws(StateFault) -> Lock {
        do throws(SystemError) {
            try FileSystem.makeDirectory(directory)
            if let lock = try FileLock(StateLocation.lock(in: directory)) { return Lock(lock) }
        } catch {
            throw .location("the directory \(directory) cannot be used: \(error)")
        }
        throw .locked(place: directory)
    }

    /// Brings the schema up to date.
    ///
    /// - Returns: the versions that were added, in order, as people read them.
    package func migrate(nanosecondsSince1970 now: Int64) throws(StateFault) -> [String] {
        try SchemaState(database: database, schema: schema).migrate(nanosecondsSince1970: now)
    }
}
