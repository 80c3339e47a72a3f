import LinuxSystem

/// What schema a database has, and the steps to another one.
struct SchemaState {
    let database: any StateDatabase
    let schema: StateSchema

    /// The number of the lock that migrations of one database of PostgreSQL take: any number that nobody else uses.
    private static let migrationLock: Int64 = 0x726F_7761_6E01

    /// What was found.
    enum Found: Equatable {
        /// No table at all.
        case nothing
        case version(Int, name: String)

        var shown: String {
            switch self {
            case .nothing: "none"
            case .version(let number, let name): "\(number) (\(name))"
            }
        }
    }

    /// Looks what schema the database has.
    ///
    /// - Throws: also if it has tables of somebody else only.
    func find() throws(StateFault) -> Found {
        guard try hasTable("rowan_schema") else {
            // Several programs may share a database of PostgreSQL; a file of SQLite belongs to one.
            if database.dialect == .sqlite {
                let tables = try database.rows("SELECT name FROM sqlite_master WHERE type = 'table' LIMIT 1")
                if let name = tables.first?.first?.text {
                    throw .notState(
                        place: database.place, "it has a table \(name), and none that is called rowan_schema")
                }
            }
            return .nothing
        }
        let latest = try database.rows("SELECT version, name FROM rowan_schema ORDER BY version DESC LIMIT 1")
        guard let row = latest.first else { return .nothing }
        guard row.count == 2, let number = row[0].integer, let name = row[1].text, number > 0 else {
            throw .notState(place: database.place, "its table rowan_schema says nothing that Rowan would write")
        }
        return .version(Int(number), name: name)
    }

    private func hasTable(_ name: String) throws(StateFault) -> Bool {
        let query =
            database.dialect == .sqlite
            ? "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1"
            : "SELECT 1 WHERE to_regclass($1) IS NOT NULL"
        return try !database.rows(query, [.text(name)]).isEmpty
    }

    /// Whether the schema is the program's.
    ///
    /// - Throws: if it is an older one, or one that the program does not know.
    func check() throws(StateFault) -> Bool {
        let found = try find()
        let known = "\(schema.latest.number) (\(schema.latest.name))"
        guard case .version(let number, _) = found else { return false }
        if number > schema.latest.number {
            throw .newerSchema(place: database.place, found: found.shown, known: known)
        }
        if number < schema.latest.number {
            throw .olderSchema(place: database.place, found: found.shown, known: known)
        }
        return true
    }

    /// Makes the schema the program's.
    ///
    /// - Returns: the versions that were added, in order.
    /// - Throws: also if the schema is newer than the program; nothing is changed then.
    func migrate(nanosecondsSince1970 now: Int64) throws(StateFault) -> [String] {
        try database.transaction { () throws(StateFault) in
            if database.dialect == .postgres {
                // Several servers may begin at once. What the one before has done is seen because it has committed.
                try database.execute("SELECT pg_advisory_xact_lock(\(Self.migrationLock))")
            }
            let found = try find()
            var number = 0
            if case .version(let version, _) = found { number = version }
            if number > schema.latest.number {
                throw .newerSchema(
                    place: database.place, found: found.shown,
                    known: "\(schema.latest.number) (\(schema.latest.name))")
            }
            if found == .nothing, try !hasTable("rowan_schema") {
                try database.execute(
                    """
                    CREATE TABLE rowan_schema (
                        version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL
                    )
                    """)
            }
            var added: [String] = []
            for version in schema.versions where version.number > number {
                for statement in version.statements(database.dialect) { try database.execute(statement) }
                try database.run(
                    "INSERT INTO rowan_schema (version, name, applied_at) VALUES ($1, $2, $3)",
                    [.integer(Int64(version.number)), .text(version.name), .integer(now)])
                added.append("\(version.number) (\(version.name))")
            }
            return added
        }
    }
}
