#pragma once
#include <sqlite3.h>
#include <stddef.h>

// SQLITE_TRANSIENT, which makes SQLite copy what it is given, is a cast that Swift cannot import.
static inline int rowan_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int byte_count) {
    // Without bytes there may be no address, and the value would be NULL.
    return sqlite3_bind_text(statement, index, byte_count == 0 ? "" : bytes, byte_count, SQLITE_TRANSIENT);
}

static inline int rowan_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int byte_count) {
    // As above.
    if (byte_count == 0) return sqlite3_bind_zeroblob(statement, index, 0);
    return sqlite3_bind_blob(statement, index, bytes, byte_count, SQLITE_TRANSIENT);
}

// sqlite3_db_config(3) is variadic.
static inline int rowan_sqlite_be_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
}
