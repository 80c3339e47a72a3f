#include "CTLSClient.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

struct rowan_test_client {
    SSL_CTX *context;
    SSL *session;
    BIO *in;
    BIO *out;
    SSL_SESSION *ticket;
};

static int keep_ticket(SSL *session, SSL_SESSION *ticket) {
    struct rowan_test_client *client = SSL_get_app_data(session);
    SSL_SESSION_free(client->ticket);
    client->ticket = ticket;
    return 1;
}

struct rowan_test_client *rowan_test_client_make(
    const char *authorities_file, const char *host, const char *certificate_file, const char *key_file, int version,
    const uint8_t *protocols, unsigned protocols_count, int wants_staple) {
    struct rowan_test_client *client = calloc(1, sizeof *client);
    client->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_options(client->context, SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
    if (version) {
        SSL_CTX_set_security_level(client->context, 0);
        SSL_CTX_set_min_proto_version(client->context, version);
        SSL_CTX_set_max_proto_version(client->context, version);
    }
    if (authorities_file) {
        SSL_CTX_load_verify_locations(client->context, authorities_file, NULL);
        SSL_CTX_set_verify(client->context, SSL_VERIFY_PEER, NULL);
    }
    if (certificate_file) {
        SSL_CTX_use_certificate_chain_file(client->context, certificate_file);
        SSL_CTX_use_PrivateKey_file(client->context, key_file, SSL_FILETYPE_PEM);
    }
    SSL_CTX_set_session_cache_mode(client->context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(client->context, keep_ticket);
    client->session = SSL_new(client->context);
    client->in = BIO_new(BIO_s_mem());
    client->out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(client->in, -1);
    SSL_set_bio(client->session, client->in, client->out);
    SSL_set_app_data(client->session, client);
    if (host) {
        SSL_set_tlsext_host_name(client->session, host);
        SSL_set1_host(client->session, host);
    }
    if (protocols_count) SSL_set_alpn_protos(client->session, protocols, protocols_count);
    if (wants_staple) SSL_set_tlsext_status_type(client->session, TLSEXT_STATUSTYPE_ocsp);
    SSL_set_connect_state(client->session);
    return client;
}

void rowan_test_client_free(struct rowan_test_client *client) {
    // Otherwise the library takes the session for broken, and its ticket with it.
    SSL_set_shutdown(client->session, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(client->session);
    SSL_SESSION_free(client->ticket);
    SSL_CTX_free(client->context);
    free(client);
}

void rowan_test_client_resume(struct rowan_test_client *client, const struct rowan_test_client *other) {
    if (!other->ticket) return;
    // A copy, because a session that a newer ticket has replaced is not used again.
    SSL_SESSION *copy = SSL_SESSION_dup(other->ticket);
    SSL_set_session(client->session, copy);
    SSL_SESSION_free(copy);
}

void rowan_test_client_feed(struct rowan_test_client *client, const uint8_t *bytes, size_t count) {
    BIO_write(client->in, bytes, (int)count);
}

size_t rowan_test_client_drain(struct rowan_test_client *client, uint8_t *bytes, size_t capacity) {
    int count = BIO_read(client->out, bytes, (int)capacity);
    return count > 0 ? (size_t)count : 0;
}

int rowan_test_client_handshake(struct rowan_test_client *client) {
    ERR_clear_error();
    int result = SSL_do_handshake(client->session);
    char byte;
    // Tickets come behind the handshake and are taken in on the way to the first byte.
    if (result == 1) result = SSL_peek(client->session, &byte, 1);
    if (result == 1 || SSL_is_init_finished(client->session)) return 1;
    return SSL_get_error(client->session, result) == SSL_ERROR_WANT_READ ? 0 : -1;
}

int rowan_test_client_read(struct rowan_test_client *client, uint8_t *bytes, int capacity) {
    ERR_clear_error();
    int count = SSL_read(client->session, bytes, capacity);
    if (count > 0) return count;
    switch (SSL_get_error(client->session, count)) {
    case SSL_ERROR_WANT_READ: return 0;
    case SSL_ERROR_ZERO_RETURN: return -1;
    default: return -2;
    }
}

int rowan_test_client_write(struct rowan_test_client *client, const uint8_t *bytes, int count) {
    ERR_clear_error();
    return SSL_write(client->session, bytes, count);
}

void rowan_test_client_finish(struct rowan_test_client *client) { SSL_shutdown(client->session); }

int rowan_test_client_renew(struct rowan_test_client *client) {
    ERR_clear_error();
    if (SSL_version(client->session) == TLS1_3_VERSION) {
        return SSL_key_update(client->session, SSL_KEY_UPDATE_REQUESTED) && SSL_do_handshake(client->session) == 1;
    }
    if (!SSL_renegotiate(client->session)) return 0;
    SSL_do_handshake(client->session);
    return 1;
}

int rowan_test_client_version(const struct rowan_test_client *client) { return SSL_version(client->session); }

int rowan_test_client_is_resumed(const struct rowan_test_client *client) {
    return SSL_session_reused(client->session);
}

long rowan_test_client_early_data_limit(const struct rowan_test_client *client) {
    return client->ticket ? (long)SSL_SESSION_get_max_early_data(client->ticket) : -1;
}

long rowan_test_client_verification(const struct rowan_test_client *client) {
    return SSL_get_verify_result(client->session);
}

size_t rowan_test_client_staple(const struct rowan_test_client *client) {
    const unsigned char *bytes = NULL;
    long count = SSL_get_tlsext_status_ocsp_resp(client->session, &bytes);
    return count > 0 ? (size_t)count : 0;
}

void rowan_test_client_peer_name(const struct rowan_test_client *client, char *text, int capacity) {
    X509 *certificate = SSL_get1_peer_certificate(client->session);
    text[0] = 0;
    if (!certificate) return;
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, capacity);
    X509_free(certificate);
}

void rowan_test_client_protocol(const struct rowan_test_client *client, char *text, int capacity) {
    const unsigned char *name = NULL;
    unsigned count = 0;
    SSL_get0_alpn_selected(client->session, &name, &count);
    if (count >= (unsigned)capacity) count = (unsigned)capacity - 1;
    if (count) memcpy(text, name, count);
    text[count] = 0;
}

void rowan_test_client_fault(char *text, int capacity) {
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    text[0] = 0;
    if (reason) strncat(text, reason, (size_t)capacity - 1);
}
