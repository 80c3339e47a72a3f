@testable import DurableState

/// Content of every kind, to be backed up and restored.
enum BackupChecks {
    /// More than are fetched at once.
    static let sampleCount = 5 * DurableStateLimits.rowsPerFetch
    /// Rows of all tables.
    static let rowCount = sampleCount + 2

    /// Two documents and the samples.
    static func fill(_ store: StateStore) throws(StateFault) {
        _ = try store.save("rollout", "a", "text \u{1F600}\n'", replacing: 0, nanosecondsSince1970: .max)
        _ = try store.save("rollout", "b", "", replacing: 0, nanosecondsSince1970: -1)
        try store.database.transaction { () throws(StateFault) in
            for number in 0..<Int64(sampleCount) {
                try store.database.run(
                    "INSERT INTO samples VALUES ($1, $2, $3)",
                    [
                        .integer(number), number % 7 == 0 ? .null : .real(Double(number) / 3),
                        .bytes(number % 5 == 0 ? [] : [0, 255, UInt8(truncatingIfNeeded: number)]),
                    ])
            }
        }
    }

    /// Changes what was filled in.
    static func spoil(_ store: StateStore) throws(StateFault) {
        _ = try store.save("rollout", "a", "changed", replacing: 1, nanosecondsSince1970: 3)
        _ = try store.save("rollout", "c", "new", replacing: 0, nanosecondsSince1970: 3)
        try store.database.run("DELETE FROM samples WHERE id > $1", [.integer(10)])
    }

    /// Everything.
    static func content(_ store: StateStore) throws(StateFault) -> [[StateValue]] {
        try store.database.rows("SELECT * FROM documents ORDER BY kind, name")
            + store.database.rows("SELECT * FROM samples ORDER BY id")
    }
}
