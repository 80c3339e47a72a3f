#include "COpenSSL.h"
#include "library.h"
#include "pair.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/// What a context carries for its callbacks.
struct extras {
    struct rowan_tls_ticket_key ticket_keys[ROWAN_TLS_TICKET_KEYS];
    size_t ticket_key_count;
    uint8_t protocols[64];
    size_t protocols_count;
    void *staple;
    size_t staple_count;
    struct ssl_ctx_st *(*chosen)(const char *name, void *argument);
    void *argument;
};

void rowan_tls_free_extras(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argl, void *argp) {
    struct extras *extras = pointer;
    if (!extras) return;
    explicit_bzero(extras->ticket_keys, sizeof extras->ticket_keys);
    free(extras->staple);
    free(extras);
}

static struct extras *extras_of(const SSL_CTX *context) {
    return rowan_SSL_CTX_get_ex_data(context, rowan_openssl_extras);
}

// MARK: Callbacks

static int select_protocol(
    SSL *session, const unsigned char **selected, unsigned char *count, const unsigned char *offered,
    unsigned offered_count, void *argument) {
    const struct extras *extras = argument;
    int outcome = rowan_SSL_select_next_proto(
        (unsigned char **)selected, count, extras->protocols, (unsigned)extras->protocols_count, offered,
        offered_count);
    // RFC 7301 section 3.2: a client that names only what the server does not speak is refused.
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static int give_staple(SSL *session, void *argument) {
    const struct extras *extras = extras_of(rowan_SSL_get_SSL_CTX(session));
    if (extras->staple_count == 0) return SSL_TLSEXT_ERR_NOACK;
    // The session frees the copy.
    void *copy = rowan_CRYPTO_malloc(extras->staple_count, __FILE__, __LINE__);
    if (!copy) return SSL_TLSEXT_ERR_NOACK;
    memcpy(copy, extras->staple, extras->staple_count);
    rowan_SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_STATUS_REQ_OCSP_RESP, (long)extras->staple_count, copy);
    return SSL_TLSEXT_ERR_OK;
}

static int choose_context(SSL *session, int *alert, void *argument) {
    const struct extras *extras = argument;
    const char *name = rowan_SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    if (!name) return SSL_TLSEXT_ERR_NOACK;
    struct ssl_ctx_st *chosen = extras->chosen(name, extras->argument);
    if (chosen) rowan_SSL_set_SSL_CTX(session, chosen);
    return SSL_TLSEXT_ERR_OK;
}

static int use_ticket_key(const struct rowan_tls_ticket_key *key, EVP_MAC_CTX *mac) {
    OSSL_PARAM parameters[] = {
        rowan_OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)key->digest, sizeof key->digest),
        rowan_OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
        rowan_OSSL_PARAM_construct_end(),
    };
    return rowan_EVP_MAC_CTX_set_params(mac, parameters);
}

/// Seals with the newest key; what another key has sealed is opened and sealed anew:
/// SSL_CTX_set_tlsext_ticket_key_cb(3).
static int find_ticket_key(
    SSL *session, unsigned char *name, unsigned char *vector, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
    int is_sealing) {
    const struct extras *extras = extras_of(rowan_SSL_get_SSL_CTX(session));
    if (is_sealing) {
        const struct rowan_tls_ticket_key *key = &extras->ticket_keys[0];
        memcpy(name, key->name, sizeof key->name);
        if (rowan_RAND_bytes(vector, EVP_MAX_IV_LENGTH) != 1) return -1;
        if (!rowan_EVP_EncryptInit_ex(cipher, rowan_EVP_aes_256_cbc(), NULL, key->cipher, vector)) return -1;
        return use_ticket_key(key, mac) ? 1 : -1;
    }
    for (size_t index = 0; index < extras->ticket_key_count; index += 1) {
        const struct rowan_tls_ticket_key *key = &extras->ticket_keys[index];
        if (memcmp(name, key->name, sizeof key->name) != 0) continue;
        if (!rowan_EVP_DecryptInit_ex(cipher, rowan_EVP_aes_256_cbc(), NULL, key->cipher, vector)) return -1;
        if (!use_ticket_key(key, mac)) return -1;
        return index == 0 ? 1 : 2;
    }
    return 0;
}

// MARK: Making

/// What every context of ours is: TLS 1.2 and 1.3 with forward secrecy and authenticated encryption, no renegotiation,
/// no compression, no early data.
static int restrict_to_modern(SSL_CTX *context) {
    rowan_SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE
            | SSL_OP_PRIORITIZE_CHACHA);
    // Buffers are given back between requests, so that an idle connection holds none.
    rowan_SSL_CTX_ctrl(
        context, SSL_CTRL_MODE,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS, NULL);
    // Sessions live in tickets that clients hold; nothing is kept here, so there is nothing to lock.
    rowan_SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
    return rowan_SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL) == 1
        && rowan_SSL_CTX_ctrl(context, SSL_CTRL_SET_GROUPS_LIST, 0, "X25519:P-256:P-384") == 1
        && rowan_SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK") == 1;
}

static int carry(
    SSL_CTX *context, const uint8_t *protocols, size_t protocols_count, const void *staple, size_t staple_count,
    const struct rowan_tls_ticket_key *keys, size_t key_count) {
    struct extras *extras = calloc(1, sizeof *extras);
    if (!extras || !rowan_SSL_CTX_set_ex_data(context, rowan_openssl_extras, extras)) {
        free(extras);
        return 0;
    }
    if (protocols_count > sizeof extras->protocols || key_count == 0 || key_count > ROWAN_TLS_TICKET_KEYS) return 0;
    memcpy(extras->protocols, protocols, protocols_count);
    extras->protocols_count = protocols_count;
    memcpy(extras->ticket_keys, keys, key_count * sizeof *keys);
    extras->ticket_key_count = key_count;
    if (staple_count > 0) {
        extras->staple = malloc(staple_count);
        if (!extras->staple) return 0;
        memcpy(extras->staple, staple, staple_count);
        extras->staple_count = staple_count;
    }
    if (protocols_count > 0) rowan_SSL_CTX_set_alpn_select_cb(context, select_protocol, extras);
    rowan_SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, (void (*)(void))give_staple);
    return rowan_SSL_CTX_set_tlsext_ticket_key_evp_cb(context, find_ticket_key);
}

struct ssl_ctx_st *rowan_tls_context_make(
    const struct rowan_tls_pair *pair, const uint8_t *protocols, size_t protocols_count, const void *staple,
    size_t staple_count, const struct rowan_tls_ticket_key *ticket_keys, size_t ticket_key_count, long ticket_seconds) {
    static const unsigned char name[] = "rowan";
    rowan_ERR_clear_error();
    SSL_CTX *context = rowan_SSL_CTX_new(rowan_TLS_server_method());
    if (!context) return NULL;
    rowan_SSL_CTX_set_timeout(context, ticket_seconds);
    if (restrict_to_modern(context)
        && rowan_SSL_CTX_use_cert_and_key(context, pair->leaf, pair->key, (STACK_OF(X509) *)pair->chain, 1) == 1
        && carry(context, protocols, protocols_count, staple, staple_count, ticket_keys, ticket_key_count)
        && rowan_SSL_CTX_set_session_id_context(context, name, sizeof name - 1) == 1) {
        return context;
    }
    rowan_SSL_CTX_free(context);
    rowan_ERR_clear_error();
    return NULL;
}

void rowan_tls_context_free(struct ssl_ctx_st *context) { rowan_SSL_CTX_free(context); }

int rowan_tls_context_demand_clients(struct ssl_ctx_st *context, const void *authorities, size_t count) {
    if (count > INT_MAX) return -1;
    rowan_ERR_clear_error();
    BIO *text = rowan_BIO_new_mem_buf(authorities, (int)count);
    if (!text) return -1;
    X509_STORE *store = rowan_SSL_CTX_get_cert_store(context);
    int number = 0;
    int is_whole = 1;
    X509 *certificate;
    while (is_whole && (certificate = rowan_PEM_read_bio_X509(text, NULL, NULL, NULL))) {
        is_whole = rowan_X509_STORE_add_cert(store, certificate) && rowan_SSL_CTX_add_client_CA(context, certificate);
        rowan_X509_free(certificate);
        number += is_whole;
    }
    unsigned long error = rowan_ERR_peek_last_error();
    is_whole = is_whole && ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    rowan_BIO_free(text);
    rowan_ERR_clear_error();
    if (!is_whole) return -1;
    rowan_SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return number;
}

void rowan_tls_context_choose(
    struct ssl_ctx_st *context, struct ssl_ctx_st *(*chosen)(const char *name, void *argument), void *argument) {
    struct extras *extras = extras_of(context);
    extras->chosen = chosen;
    extras->argument = argument;
    rowan_SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, (void (*)(void))choose_context);
    rowan_SSL_CTX_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_ARG, 0, extras);
}

int rowan_tls_random(void *bytes, size_t count) {
    return count <= INT_MAX && rowan_RAND_bytes(bytes, (int)count) == 1;
}
