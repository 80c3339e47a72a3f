import CPostgres

/// A connection to a database of PostgreSQL.
///
/// A connection that was lost is made anew with the next statement outside a transaction; a statement that was under
/// way fails, because nobody knows what became of it.
///
/// - Isolation: one thread at a time.
@safe
package final class PostgresDatabase: StateDatabase {
    private let connection: OpaquePointer
    package let place: String
    private var isInTransaction = false
    package var dialect: StateDialect { .postgres }

    /// How long connecting may take, as libpq reads it.
    private static let connectSeconds = "5"

    /// Opens the library, if nobody has, and connects.
    ///
    /// - Parameter place: what faults call the database.
    init(url: String, place: String) throws(StateFault) {
        self.place = place
        // A literal of the program, or nothing.
        if let fault = unsafe rowan_pq_open() { throw .library(unsafe String(cString: fault)) }
        // Both texts are terminated by the conversion to C strings, and copied.
        guard let connection = unsafe rowan_pq_connect(url, Self.connectSeconds) else {
            throw .library("libpq has no memory for a connection")
        }
        unsafe self.connection = connection
        guard unsafe rowan_pq_status(connection) == CONNECTION_OK else { throw connectionFault() }
        try prepareSession()
    }

    deinit {
        // The connection is ours.
        unsafe rowan_pq_finish(connection)
    }

    private func prepareSession() throws(StateFault) {
        try perform("SET statement_timeout = \(DurableStateLimits.statementMilliseconds)")
    }

    package func execute(_ script: String) throws(StateFault) {
        try connectAgain()
        try perform(script)
        if script.hasPrefix("BEGIN") { isInTransaction = true }
        if script == "COMMIT" || script == "ROLLBACK" { isInTransaction = false }
    }

    @discardableResult
    package func run(_ statement: String, _ values: [StateValue]) throws(StateFault) -> Int {
        try connectAgain()
        let result = try PostgresResult(self, statement, values)
        return result.changedRowCount
    }

    package func forEachRow(
        of query: String, _ values: [StateValue], _ body: ([StateValue]) throws(StateFault) -> Void
    ) throws(StateFault) {
        try connectAgain()
        guard isInTransaction, values.isEmpty, query.hasPrefix("SELECT *") else {
            let result = try PostgresResult(self, query, values)
            for row in 0..<result.rowCount { try body(result.row(row)) }
            return
        }
        // A whole table comes in pieces.
        try perform("DECLARE all_rows NO SCROLL CURSOR FOR \(query)")
        while true {
            let result = try PostgresResult(self, "FETCH \(DurableStateLimits.rowsPerFetch) FROM all_rows", [])
            for row in 0..<result.rowCount { try body(result.row(row)) }
            if result.rowCount < DurableStateLimits.rowsPerFetch { break }
        }
        try perform("CLOSE all_rows")
    }

    private func perform(_ script: String) throws(StateFault) {
        // The script is terminated by the conversion to a C string; the result is ours, and cleared by its owner.
        _ = try unsafe PostgresResult(self, rowan_pq_exec(connection, script))
    }

    /// Runs one statement with values in their text form.
    @unsafe
    func send(_ statement: String, _ values: [StateValue]) -> OpaquePointer? {
        // Every text stays where it is until the call returns: they lie in one buffer, each with its terminator.
        var bytes: [CChar] = []
        var starts: [Int?] = []
        for value in values {
            guard let text = Self.text(of: value) else {
                starts.append(nil)
                continue
            }
            starts.append(bytes.count)
            bytes += text.utf8CString
        }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            let addresses: [UnsafePointer<CChar>?] = unsafe starts.map { start in
                unsafe start.flatMap { start in unsafe buffer.baseAddress.map { unsafe $0 + start } }
            }
            return unsafe addresses.withUnsafeBufferPointer { list in
                // The statement is terminated by the conversion to a C string.
                unsafe rowan_pq_exec_params(connection, statement, Int32(values.count), list.baseAddress, nil, nil)
            }
        }
    }

    /// How PostgreSQL reads a value; nil for NULL.
    static func text(of value: StateValue) -> String? {
        switch value {
        case .null: nil
        case .integer(let number): String(number)
        case .real(.infinity): "Infinity"
        case .real(-.infinity): "-Infinity"
        case .real(let number): number.isNaN ? "NaN" : "\(number)"
        case .text(let text): text
        case .bytes(let bytes):
            "\\x" + bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        }
    }

    private func connectAgain() throws(StateFault) {
        // The connection is ours.
        guard unsafe rowan_pq_status(connection) != CONNECTION_OK else { return }
        if isInTransaction {
            isInTransaction = false
            throw connectionFault()
        }
        unsafe rowan_pq_reset(connection)
        guard unsafe rowan_pq_status(connection) == CONNECTION_OK else { throw connectionFault() }
        try prepareSession()
    }

    func connectionFault() -> StateFault {
        // The text belongs to the connection, and is copied; libpq never shows a password in it.
        let words = unsafe String(cString: rowan_pq_error_message(connection))
        return .database(place: place, Self.sentence(words))
    }

    /// Words of several lines on one.
    static func sentence(_ words: String) -> String {
        words.split { $0 == "\n" || $0 == "\t" }.map { $0.drop { $0 == " " } }.joined(separator: "; ")
    }
}
