import CPostgres

/// What PostgreSQL has answered to one statement.
///
/// - Isolation: the thread of the connection.
@safe
final class PostgresResult {
    private let result: OpaquePointer

    /// Sends a statement and takes its answer.
    convenience init(_ database: PostgresDatabase, _ statement: String, _ values: [StateValue]) throws(StateFault) {
        try unsafe self.init(database, database.send(statement, values))
    }

    /// Takes an answer over; without one the connection is gone.
    init(_ database: PostgresDatabase, _ result: OpaquePointer?) throws(StateFault) {
        guard let result = unsafe result else { throw database.connectionFault() }
        unsafe self.result = result
        // The result is ours until `deinit`, and the text is copied.
        switch unsafe rowan_pq_result_status(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: break
        default:
            let words = unsafe String(cString: rowan_pq_result_message(result))
            throw .database(place: database.place, PostgresDatabase.sentence(words))
        }
    }

    deinit {
        // The result is ours.
        unsafe rowan_pq_clear(result)
    }

    // The result is ours, and its texts are copied.
    var rowCount: Int { unsafe Int(rowan_pq_row_count(result)) }
    var changedRowCount: Int { unsafe Int(String(cString: rowan_pq_changed_rows(result))) ?? 0 }

    /// Types by their numbers.
    ///
    /// - Source: PostgreSQL's `pg_type.dat`.
    private enum TypeNumber {
        static let bytes: UInt32 = 17
        static let integers: Set<UInt32> = [20, 21, 23]
        static let reals: Set<UInt32> = [700, 701]
    }

    /// The values of one row.
    func row(_ row: Int) -> [StateValue] {
        // The result is ours, the row and the columns are there, and texts are copied.
        let columnCount = unsafe rowan_pq_column_count(result)
        return (0..<columnCount).map { column in
            if unsafe rowan_pq_is_null(result, Int32(row), column) != 0 { return .null }
            let text = unsafe String(cString: rowan_pq_value(result, Int32(row), column))
            let type = unsafe rowan_pq_column_type(result, column)
            if TypeNumber.integers.contains(type) { return Int64(text).map(StateValue.integer) ?? .text(text) }
            if TypeNumber.reals.contains(type) { return Double(text).map(StateValue.real) ?? .text(text) }
            return type == TypeNumber.bytes ? .bytes(Self.bytes(text)) : .text(text)
        }
    }

    /// Reads `\x` and two digits for each byte.
    private static func bytes(_ text: String) -> [UInt8] {
        let digits = Array(text.utf8.dropFirst(2))
        return stride(from: 0, to: digits.count - 1, by: 2).map { index in
            value(digits[index]) << 4 | value(digits[index + 1])
        }
    }

    private static func value(_ digit: UInt8) -> UInt8 {
        digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
    }
}
