#pragma once
// libpq, opened when it is first needed instead of being linked: it brings Kerberos and LDAP with it, which most
// servers never use. The functions below look up libpq's own and call them; nothing here has a behaviour of its own,
// but that notices of a server go nowhere instead of to standard error.
#include <postgresql/libpq-fe.h>

/// Opens libpq once, from any thread.
///
/// NULL, or a sentence that says what is missing, which lives as long as the process.
const char *rowan_pq_open(void);

// The functions below need a call of rowan_pq_open that has returned NULL; each is libpq's of the same name.

/// PQconnectdbParams(3); times as libpq reads them: seconds for the connection, milliseconds of silence that end it.
PGconn *rowan_pq_connect(const char *url, const char *connect_timeout, const char *silence);
void rowan_pq_finish(PGconn *connection);
void rowan_pq_reset(PGconn *connection);
ConnStatusType rowan_pq_status(const PGconn *connection);
const char *rowan_pq_error_message(const PGconn *connection);
int rowan_pq_set_nonblocking(PGconn *connection);
int rowan_pq_send(PGconn *connection, const char *script);
int rowan_pq_send_params(PGconn *connection, const char *statement, int count, const char *const *values);
int rowan_pq_flush(PGconn *connection);
int rowan_pq_socket(const PGconn *connection);
int rowan_pq_consume_input(PGconn *connection);
int rowan_pq_is_busy(PGconn *connection);
PGresult *rowan_pq_get_result(PGconn *connection);
ExecStatusType rowan_pq_result_status(const PGresult *result);
const char *rowan_pq_result_message(const PGresult *result);
int rowan_pq_row_count(const PGresult *result);
int rowan_pq_column_count(const PGresult *result);
unsigned int rowan_pq_column_type(const PGresult *result, int column);
int rowan_pq_is_null(const PGresult *result, int row, int column);
const char *rowan_pq_value(const PGresult *result, int row, int column);
int rowan_pq_value_length(const PGresult *result, int row, int column);
/// PQcmdTuples(3): the number of rows that were changed, as text.
const char *rowan_pq_changed_rows(PGresult *result);
void rowan_pq_clear(PGresult *result);
