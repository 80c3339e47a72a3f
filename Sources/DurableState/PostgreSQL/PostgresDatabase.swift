import CPostgres
import LinuxSystem

/// A connection to a database of PostgreSQL.
///
/// A connection that was lost is made anew with the next statement outside a transaction; a statement that was under
/// way fails, because nobody knows what became of it. A server that takes statements and answers none, as one that is
/// stopped does, is as good as lost: who has waited too long for it fails, and after that every statement fails at
/// once for some seconds, so that many of them do not wait one after another.
///
/// - Isolation: one thread at a time.
@safe
package final class PostgresDatabase: StateDatabase {
    private let connection: OpaquePointer
    package let place: String
    private var isInTransaction = false
    /// Whether a statement was given up, whose answer may still come.
    private var isSilent = false
    /// Before this instant nothing is attempted.
    private var restEnd = Nanoseconds.zero
    private let clock: any MonotonicClock
    /// Times of this connection; tests are less patient.
    var patience = Patience()
    package var dialect: StateDialect { .postgres }

    /// How long somebody waits for the server.
    struct Patience {
        /// For the answer to a statement, which the server itself gives up earlier.
        var answer = Nanoseconds.milliseconds(DurableStateLimits.answerMilliseconds)
        /// After a failure, until it is asked again.
        var rest = Nanoseconds.milliseconds(DurableStateLimits.restMilliseconds)
    }

    /// Opens the library, if nobody has, and connects.
    ///
    /// - Parameter place: what faults call the database.
    init(url: String, place: String, clock: any MonotonicClock = SystemClock()) throws(StateFault) {
        self.place = place
        self.clock = clock
        // A literal of the program, or nothing.
        if let fault = unsafe rowan_pq_open() { throw .library(unsafe String(cString: fault)) }
        // Both texts are terminated by the conversion to C strings, and copied.
        guard
            let connection = unsafe rowan_pq_connect(
                url, "\(DurableStateLimits.connectSeconds)", "\(DurableStateLimits.answerMilliseconds)")
        else {
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
        isSilent = false
        // The connection is ours. Statements are sent without waiting for room, so that nothing waits without an end.
        guard unsafe rowan_pq_set_nonblocking(connection) == 0 else { throw connectionFault() }
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
        _ = try unsafe PostgresResult(self, answer(isSent: rowan_pq_send(connection, script) == 1))
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
                let isSent =
                    unsafe rowan_pq_send_params(connection, statement, Int32(values.count), list.baseAddress) == 1
                return unsafe answer(isSent: isSent)
            }
        }
    }

    /// Waits for the answer to what was sent.
    ///
    /// - Returns: what the last statement of a script has come to; nil if the connection is gone or silent.
    @unsafe
    private func answer(isSent: Bool) -> OpaquePointer? {
        guard isSent else { return nil }
        let end = clock.now() + patience.answer
        var last: OpaquePointer?
        while true {
            // The connection is ours, and so is every result until it is cleared or handed over.
            let flushed = unsafe rowan_pq_flush(connection)
            let isBusy = unsafe rowan_pq_is_busy(connection) != 0
            if flushed == 0, !isBusy {
                guard let next = unsafe rowan_pq_get_result(connection) else { return unsafe last }
                if let former = unsafe last { unsafe rowan_pq_clear(former) }
                unsafe last = next
                continue
            }
            let left = end - clock.now()
            isSilent = left <= .zero
            if !isSilent {
                unsafe DescriptorWait.wait(for: rowan_pq_socket(connection), forRoom: flushed > 0, atMost: left)
            }
            if unsafe isSilent || flushed < 0 || rowan_pq_consume_input(connection) == 0 {
                if let last = unsafe last { unsafe rowan_pq_clear(last) }
                return nil
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
        guard unsafe isSilent || rowan_pq_status(connection) != CONNECTION_OK else { return }
        if isInTransaction {
            isInTransaction = false
            throw connectionFault()
        }
        guard clock.now() >= restEnd else {
            throw .database(place: place, "it did not answer a moment ago, and is not asked again yet")
        }
        unsafe rowan_pq_reset(connection)
        guard unsafe rowan_pq_status(connection) == CONNECTION_OK else {
            restEnd = clock.now() + patience.rest
            throw connectionFault()
        }
        try prepareSession()
    }

    func connectionFault() -> StateFault {
        if isSilent {
            restEnd = clock.now() + patience.rest
            return .database(place: place, "it gives no answer within \(patience.answer.count / 1_000_000) ms")
        }
        // The text belongs to the connection, and is copied; libpq never shows a password in it.
        let words = unsafe String(cString: rowan_pq_error_message(connection))
        return .database(place: place, Self.sentence(words))
    }

    /// Words of several lines on one.
    static func sentence(_ words: String) -> String {
        words.split { $0 == "\n" || $0 == "\t" }.map { $0.drop { $0 == " " } }.joined(separator: "; ")
    }
}
