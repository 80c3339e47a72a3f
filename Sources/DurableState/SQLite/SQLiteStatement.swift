import CSQLite

/// One prepared statement, which is run again and again.
///
/// - Isolation: the thread of the connection, which outlives it.
@safe
final class SQLiteStatement {
    private let handle: OpaquePointer

    /// What a step has come to.
    enum Step {
        case row
        case done
        case failed
    }

    /// Prepares a statement; nil if the connection refuses it and says why.
    @unsafe
    init?(_ text: String, on connection: OpaquePointer) {
        var statement: OpaquePointer?
        // The text is terminated by the conversion to a C string.
        let code = unsafe sqlite3_prepare_v3(connection, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let handle = unsafe statement else { return nil }
        unsafe self.handle = handle
    }

    deinit {
        // The statement is ours.
        unsafe sqlite3_finalize(handle)
    }

    /// Goes back to the beginning.
    func reset() {
        // The statement is ours; why it has failed was said before.
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    /// Gives one of its values; false if SQLite refuses.
    func bind(_ value: StateValue, as name: String) -> Bool {
        // The statement is ours; SQLite copies texts and bytes.
        let index = unsafe sqlite3_bind_parameter_index(handle, name)
        precondition(index > 0, "a statement names each of its values")
        let code: Int32
        switch value {
        case .null: code = unsafe sqlite3_bind_null(handle, index)
        case .integer(let number): code = unsafe sqlite3_bind_int64(handle, index, number)
        case .real(let number): code = unsafe sqlite3_bind_double(handle, index, number)
        case .text(let text):
            code = unsafe Array(text.utf8).withUnsafeBytes { raw in
                let characters = unsafe raw.bindMemory(to: CChar.self)
                return unsafe rowan_sqlite_bind_text(handle, index, characters.baseAddress, Int32(raw.count))
            }
        case .bytes(let bytes):
            code = unsafe bytes.withUnsafeBytes { raw in
                unsafe rowan_sqlite_bind_blob(handle, index, raw.baseAddress, Int32(raw.count))
            }
        }
        return code == SQLITE_OK
    }

    /// Goes on to the next row.
    func step() -> Step {
        // The statement is ours.
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: .row
        case SQLITE_DONE: .done
        default: .failed
        }
    }

    /// The row that it stands on.
    var row: [StateValue] {
        // The statement is ours.
        let count = unsafe sqlite3_column_count(handle)
        return (0..<count).map(value)
    }

    private func value(_ column: Int32) -> StateValue {
        // The statement stands on a row, whose texts and bytes are valid until the next step; they are copied.
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, column))
        case SQLITE_NULL: return .null
        case let type:
            let blob = unsafe sqlite3_column_blob(handle, column)
            let count = unsafe blob == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: blob, count: count))
            return type == SQLITE_TEXT ? .text(String(decoding: bytes, as: UTF8.self)) : .bytes(bytes)
        }
    }
}
