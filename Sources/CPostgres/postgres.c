#include "CPostgres.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

// Each function of the library that is called.
#define FUNCTIONS(function) \
    function(PQconnectdbParams) \
    function(PQfinish) \
    function(PQreset) \
    function(PQstatus) \
    function(PQerrorMessage) \
    function(PQsetNoticeProcessor) \
    function(PQsetnonblocking) \
    function(PQsendQuery) \
    function(PQsendQueryParams) \
    function(PQflush) \
    function(PQsocket) \
    function(PQconsumeInput) \
    function(PQisBusy) \
    function(PQgetResult) \
    function(PQresultStatus) \
    function(PQresultErrorMessage) \
    function(PQntuples) \
    function(PQnfields) \
    function(PQftype) \
    function(PQgetisnull) \
    function(PQgetvalue) \
    function(PQgetlength) \
    function(PQcmdTuples) \
    function(PQclear)

#define DECLARE(name) static __typeof__(name) *p_##name;
FUNCTIONS(DECLARE)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *fault;

static void open_library(void) {
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fault = "the library libpq.so.5 is missing: install the package libpq5";
        return;
    }
#define LOOK_UP(name) \
    p_##name = (__typeof__(name) *)dlsym(library, #name); \
    if (!p_##name) { \
        fault = "the installed libpq lacks the function " #name; \
        return; \
    }
    FUNCTIONS(LOOK_UP)
}

const char *rowan_pq_open(void) {
    pthread_once(&once, open_library);
    return fault;
}

static void ignore_notice(void *context, const char *message) {
    (void)context;
    (void)message;
}

PGconn *rowan_pq_connect(const char *url, const char *connect_timeout, const char *silence) {
    // What stands in the URL wins over what stands before it.
    const char *names[] = {
        "connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "application_name", "dbname", NULL};
    const char *values[] = {connect_timeout, silence, "10", "5", "3", "rowan", url, NULL};
    PGconn *connection = p_PQconnectdbParams(names, values, 1);
    if (connection) p_PQsetNoticeProcessor(connection, ignore_notice, NULL);
    return connection;
}

void rowan_pq_finish(PGconn *connection) { p_PQfinish(connection); }
void rowan_pq_reset(PGconn *connection) { p_PQreset(connection); }
ConnStatusType rowan_pq_status(const PGconn *connection) { return p_PQstatus(connection); }
const char *rowan_pq_error_message(const PGconn *connection) { return p_PQerrorMessage(connection); }
int rowan_pq_set_nonblocking(PGconn *connection) { return p_PQsetnonblocking(connection, 1); }
int rowan_pq_send(PGconn *connection, const char *script) { return p_PQsendQuery(connection, script); }

int rowan_pq_send_params(PGconn *connection, const char *statement, int count, const char *const *values) {
    return p_PQsendQueryParams(connection, statement, count, NULL, values, NULL, NULL, 0);
}

int rowan_pq_flush(PGconn *connection) { return p_PQflush(connection); }
int rowan_pq_socket(const PGconn *connection) { return p_PQsocket(connection); }
int rowan_pq_consume_input(PGconn *connection) { return p_PQconsumeInput(connection); }
int rowan_pq_is_busy(PGconn *connection) { return p_PQisBusy(connection); }
PGresult *rowan_pq_get_result(PGconn *connection) { return p_PQgetResult(connection); }

ExecStatusType rowan_pq_result_status(const PGresult *result) { return p_PQresultStatus(result); }
const char *rowan_pq_result_message(const PGresult *result) { return p_PQresultErrorMessage(result); }
int rowan_pq_row_count(const PGresult *result) { return p_PQntuples(result); }
int rowan_pq_column_count(const PGresult *result) { return p_PQnfields(result); }
unsigned int rowan_pq_column_type(const PGresult *result, int column) { return p_PQftype(result, column); }
int rowan_pq_is_null(const PGresult *result, int row, int column) { return p_PQgetisnull(result, row, column); }
const char *rowan_pq_value(const PGresult *result, int row, int column) { return p_PQgetvalue(result, row, column); }
int rowan_pq_value_length(const PGresult *result, int row, int column) { return p_PQgetlength(result, row, column); }
const char *rowan_pq_changed_rows(PGresult *result) { return p_PQcmdTuples(result); }
void rowan_pq_clear(PGresult *result) { p_PQclear(result); }
