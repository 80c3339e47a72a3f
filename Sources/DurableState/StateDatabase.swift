/// A connection to a database that speaks SQL.
///
/// Statements name their values `$1`, `$2`, …, and use what SQLite and PostgreSQL have in common.
///
/// - Isolation: one thread at a time.
package protocol StateDatabase: AnyObject {
    var dialect: StateDialect { get }
    /// Where the database is, without a password.
    var place: String { get }

    /// Runs statements that have no values and whose rows nobody wants.
    func execute(_ script: String) throws(StateFault)

    /// Runs a statement that changes rows.
    ///
    /// - Returns: how many rows were changed.
    @discardableResult
    func run(_ statement: String, _ values: [StateValue]) throws(StateFault) -> Int

    /// Gives every row of a query's result to a function, in order.
    ///
    /// - Complexity: holds no more than a thousand rows at once.
    func forEachRow(
        of query: String, _ values: [StateValue], _ body: ([StateValue]) throws(StateFault) -> Void
    ) throws(StateFault)
}

extension StateDatabase {
    /// The rows of a query's result.
    package func rows(_ query: String, _ values: [StateValue] = []) throws(StateFault) -> [[StateValue]] {
        var rows: [[StateValue]] = []
        try forEachRow(of: query, values) { row in rows.append(row) }
        return rows
    }

    /// Does several things or, if one of them fails, none.
    ///
    /// - Parameter isReading: whether all of them only read, one state of all tables.
    package func transaction<Result>(
        isReading: Bool = false, _ body: () throws(StateFault) -> Result
    ) throws(StateFault) -> Result {
        switch (dialect, isReading) {
        case (.sqlite, true): try execute("BEGIN")
        // A writer takes its lock at once, so that it cannot lose against another one in the middle.
        case (.sqlite, false): try execute("BEGIN IMMEDIATE")
        case (.postgres, true): try execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        case (.postgres, false): try execute("BEGIN")
        }
        do throws(StateFault) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // What has failed says why; that nothing is left of it follows also from a connection that is gone.
            try? execute("ROLLBACK")
            throw error
        }
    }
}
