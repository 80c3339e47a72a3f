import LinuxSystem

/// Backups: a file of SQLite with every table, whatever database the state is kept in, so that one can be restored into
/// the other.
extension StateStore {
    /// Writes all of the state into a new file, as it is at one instant.
    ///
    /// - Returns: how many rows were written.
    /// - Throws: also if the file is there; no part of a file is left behind.
    @discardableResult
    package func backUp(to path: String, nanosecondsSince1970 now: Int64) throws(StateFault) -> Int {
        guard !FileSystem.exists(path) else { throw .fileExists(path) }
        let partial = path + ".partial"
        do throws(StateFault) {
            try Self.remove(partial)
            let count = try write(to: partial, now)
            // Whoever finds the file under its name finds all of it.
            do throws(SystemError) {
                try FileSystem.rename(partial, to: path)
            } catch {
                throw .location("\(path) cannot be written: \(error)")
            }
            return count
        } catch {
            try? Self.remove(partial)
            throw error
        }
    }

    private static func remove(_ path: String) throws(StateFault) {
        do throws(SystemError) {
            try FileSystem.remove(path)
        } catch {
            throw .location("\(path) cannot be removed: \(error)")
        }
    }

    private func write(to path: String, _ now: Int64) throws(StateFault) -> Int {
        let copy = try SQLiteDatabase(path, .exporting)
        _ = try SchemaState(database: copy, schema: schema).migrate(nanosecondsSince1970: now)
        return try Self.copyTables(schema.tables, from: database, to: copy)
    }

    /// Replaces all of the state by what a backup holds, or changes nothing.
    ///
    /// - Returns: how many rows were read.
    @discardableResult
    package func restore(from path: String) throws(StateFault) -> Int {
        guard FileSystem.exists(path) else { throw .notState(place: path, "there is no such file") }
        let copy = try SQLiteDatabase(path, .reading)
        let findings = try copy.rows("PRAGMA quick_check(1)")
        guard findings.first?.first?.text == "ok" else {
            throw .notState(place: path, "it is damaged: \(findings.first?.first?.text ?? "nothing can be read")")
        }
        guard try SchemaState(database: copy, schema: schema).check() else {
            throw .notState(place: path, "it is empty")
        }
        return try Self.copyTables(schema.tables, from: copy, to: database)
    }

    /// Makes tables equal to those of another database.
    private static func copyTables(
        _ tables: [String], from source: any StateDatabase, to target: any StateDatabase
    ) throws(StateFault) -> Int {
        try source.transaction(isReading: true) { () throws(StateFault) in
            try target.transaction { () throws(StateFault) in
                var count = 0
                for table in tables.reversed() { try target.execute("DELETE FROM \(table)") }
                for table in tables {
                    try source.forEachRow(of: "SELECT * FROM \(table)", []) { (row) throws(StateFault) in
                        let places = (1...row.count).map { "$\($0)" }.joined(separator: ", ")
                        try target.run("INSERT INTO \(table) VALUES (\(places))", row)
                        count += 1
                    }
                }
                return count
            }
        }
    }
}
