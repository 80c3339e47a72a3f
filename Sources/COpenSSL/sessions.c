#include "COpenSSL.h"
#include "library.h"

#include <string.h>

// MARK: The wire as the library sees it

static int read_wire(BIO *bio, char *to, int count) {
    struct rowan_tls_wire *wire = rowan_BIO_get_data(bio);
    rowan_BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    if (!wire || wire->input_count == 0) {
        rowan_BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY);
        return -1;
    }
    size_t taken = wire->input_count < (size_t)count ? wire->input_count : (size_t)count;
    memcpy(to, wire->input, taken);
    wire->input += taken;
    wire->input_count -= taken;
    return (int)taken;
}

static int write_wire(BIO *bio, const char *from, int count) {
    struct rowan_tls_wire *wire = rowan_BIO_get_data(bio);
    rowan_BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    size_t room = wire ? wire->output_capacity - wire->output_count : 0;
    if (room == 0) {
        rowan_BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY);
        return -1;
    }
    size_t taken = room < (size_t)count ? room : (size_t)count;
    memcpy(wire->output + wire->output_count, from, taken);
    wire->output_count += taken;
    return (int)taken;
}

static long control_wire(BIO *bio, int command, long number, void *pointer) {
    // Nothing is held back, so flushing is done; everything else, such as kernel TLS, is not offered.
    return command == BIO_CTRL_FLUSH;
}

static int create_wire(BIO *bio) {
    rowan_BIO_set_init(bio, 1);
    return 1;
}

BIO_METHOD *rowan_tls_make_wire_method(void) {
    BIO_METHOD *method = rowan_BIO_meth_new(rowan_BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rowan wire");
    if (!method) return NULL;
    rowan_BIO_meth_set_read(method, read_wire);
    rowan_BIO_meth_set_write(method, write_wire);
    rowan_BIO_meth_set_ctrl(method, control_wire);
    rowan_BIO_meth_set_create(method, create_wire);
    return method;
}

// MARK: Sessions

struct ssl_st *rowan_tls_session_make(struct ssl_ctx_st *context) {
    SSL *session = rowan_SSL_new(context);
    BIO *bio = session ? rowan_BIO_new(rowan_openssl_wire_method) : NULL;
    if (!bio) {
        rowan_SSL_free(session);
        return NULL;
    }
    // One reference for both directions, which the session takes over.
    rowan_SSL_set_bio(session, bio, bio);
    rowan_SSL_set_accept_state(session);
    return session;
}

void rowan_tls_session_free(struct ssl_st *session) { rowan_SSL_free(session); }

static void attach(SSL *session, struct rowan_tls_wire *wire) { rowan_BIO_set_data(rowan_SSL_get_rbio(session), wire); }

static int outcome(SSL *session, int result) {
    int outcome;
    switch (rowan_SSL_get_error(session, result)) {
    case SSL_ERROR_NONE: outcome = ROWAN_TLS_DONE; break;
    case SSL_ERROR_WANT_READ: outcome = ROWAN_TLS_WANTS_INPUT; break;
    case SSL_ERROR_WANT_WRITE: outcome = ROWAN_TLS_WANTS_ROOM; break;
    case SSL_ERROR_ZERO_RETURN: outcome = ROWAN_TLS_ENDED; break;
    default: outcome = ROWAN_TLS_FAILED; break;
    }
    attach(session, NULL);
    return outcome;
}

int rowan_tls_handshake(struct ssl_st *session, struct rowan_tls_wire *wire) {
    attach(session, wire);
    rowan_ERR_clear_error();
    return outcome(session, rowan_SSL_do_handshake(session));
}

int rowan_tls_read(struct ssl_st *session, struct rowan_tls_wire *wire, void *plain, size_t capacity, size_t *count) {
    attach(session, wire);
    rowan_ERR_clear_error();
    *count = 0;
    while (*count < capacity) {
        size_t opened = 0;
        int result = rowan_SSL_read_ex(session, (uint8_t *)plain + *count, capacity - *count, &opened);
        if (result != 1) return outcome(session, result);
        *count += opened;
    }
    attach(session, NULL);
    return ROWAN_TLS_DONE;
}

int rowan_tls_write(
    struct ssl_st *session, struct rowan_tls_wire *wire, const void *plain, size_t plain_count, size_t *count) {
    attach(session, wire);
    rowan_ERR_clear_error();
    *count = 0;
    while (*count < plain_count) {
        size_t sealed = 0;
        int result = rowan_SSL_write_ex(session, (const uint8_t *)plain + *count, plain_count - *count, &sealed);
        if (result != 1) return outcome(session, result);
        *count += sealed;
    }
    attach(session, NULL);
    return ROWAN_TLS_DONE;
}

void rowan_tls_finish(struct ssl_st *session, struct rowan_tls_wire *wire) {
    attach(session, wire);
    rowan_ERR_clear_error();
    rowan_SSL_shutdown(session);
    attach(session, NULL);
}

int rowan_tls_has_pending(const struct ssl_st *session) { return rowan_SSL_has_pending(session); }

// MARK: Facts

int rowan_tls_fault(const struct ssl_st *session, char *text, size_t capacity) {
    const char *reason = NULL;
    int kind = ROWAN_TLS_FAULT_PROTOCOL;
    unsigned long error = rowan_ERR_peek_error();
    long verification = rowan_SSL_get_verify_result(session);
    if (verification != X509_V_OK) {
        reason = rowan_X509_verify_cert_error_string(verification);
        kind = ROWAN_TLS_FAULT_CERTIFICATE;
    } else if (error != 0) {
        reason = rowan_ERR_reason_error_string(error);
        int number = ERR_GET_REASON(error);
        if (number == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) kind = ROWAN_TLS_FAULT_CERTIFICATE;
        if (number > SSL_AD_REASON_OFFSET) kind = ROWAN_TLS_FAULT_ALERT;
    }
    if (!reason) reason = "unknown";
    size_t count = strlen(reason);
    if (count >= capacity) count = capacity - 1;
    memcpy(text, reason, count);
    text[count] = 0;
    rowan_ERR_clear_error();
    return kind;
}

int rowan_tls_version(const struct ssl_st *session) { return rowan_SSL_version(session); }

int rowan_tls_is_resumed(const struct ssl_st *session) { return rowan_SSL_session_reused(session); }

const uint8_t *rowan_tls_protocol(const struct ssl_st *session, size_t *count) {
    const unsigned char *protocol = NULL;
    unsigned length = 0;
    rowan_SSL_get0_alpn_selected(session, &protocol, &length);
    *count = length;
    return protocol;
}

size_t rowan_tls_subject(const struct ssl_st *session, char *text, size_t capacity) {
    X509 *certificate = rowan_SSL_get1_peer_certificate(session);
    if (!certificate) return 0;
    int count = 0;
    BIO *bio = rowan_BIO_new(rowan_BIO_s_mem());
    if (bio && rowan_X509_NAME_print_ex(bio, rowan_X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) >= 0) {
        count = rowan_BIO_read(bio, text, (int)capacity);
    }
    rowan_BIO_free(bio);
    rowan_X509_free(certificate);
    return count > 0 ? (size_t)count : 0;
}
