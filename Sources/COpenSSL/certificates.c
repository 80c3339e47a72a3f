#include "COpenSSL.h"
#include "library.h"
#include "pair.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void free_certificate(void *certificate) { rowan_X509_free(certificate); }

/// Whoever starts a server cannot be asked for a password.
static int refuse_password(char *buffer, int size, int is_writing, void *was_asked) {
    *(int *)was_asked = 1;
    return -1;
}

/// Whether a text ended where no further object begins, instead of inside a damaged one.
static int ended_between_objects(void) {
    unsigned long error = rowan_ERR_peek_last_error();
    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static int read_chain(struct rowan_tls_pair *pair, BIO *text) {
    pair->chain = rowan_OPENSSL_sk_new_null();
    if (!pair->chain) return ROWAN_TLS_PAIR_BAD_CERTIFICATE;
    X509 *certificate;
    while ((certificate = rowan_PEM_read_bio_X509(text, NULL, NULL, NULL))) {
        if (!pair->leaf) {
            pair->leaf = certificate;
        } else if (!rowan_OPENSSL_sk_push(pair->chain, certificate)) {
            rowan_X509_free(certificate);
            return ROWAN_TLS_PAIR_BAD_CERTIFICATE;
        }
    }
    if (!ended_between_objects()) return ROWAN_TLS_PAIR_BAD_CERTIFICATE;
    return pair->leaf ? ROWAN_TLS_PAIR_WHOLE : ROWAN_TLS_PAIR_NO_CERTIFICATE;
}

static int read_key(struct rowan_tls_pair *pair, BIO *text) {
    int was_asked = 0;
    pair->key = rowan_PEM_read_bio_PrivateKey(text, NULL, refuse_password, &was_asked);
    if (pair->key) return ROWAN_TLS_PAIR_WHOLE;
    return was_asked ? ROWAN_TLS_PAIR_ENCRYPTED_KEY : ROWAN_TLS_PAIR_NO_KEY;
}

static int read_pair(struct rowan_tls_pair *pair, BIO *chain, BIO *key) {
    if (!chain || !key) return ROWAN_TLS_PAIR_BAD_CERTIFICATE;
    int fault = read_chain(pair, chain);
    if (fault) return fault;
    fault = read_key(pair, key);
    if (fault) return fault;
    return rowan_X509_check_private_key(pair->leaf, pair->key) == 1 ? ROWAN_TLS_PAIR_WHOLE : ROWAN_TLS_PAIR_MISMATCH;
}

struct rowan_tls_pair *rowan_tls_pair_make(
    const void *chain, size_t chain_count, const void *key, size_t key_count, int *fault) {
    struct rowan_tls_pair *pair = calloc(1, sizeof *pair);
    *fault = ROWAN_TLS_PAIR_BAD_CERTIFICATE;
    if (!pair || chain_count > INT_MAX || key_count > INT_MAX) {
        free(pair);
        return NULL;
    }
    rowan_ERR_clear_error();
    BIO *chain_text = rowan_BIO_new_mem_buf(chain, (int)chain_count);
    BIO *key_text = rowan_BIO_new_mem_buf(key, (int)key_count);
    *fault = read_pair(pair, chain_text, key_text);
    rowan_BIO_free(chain_text);
    rowan_BIO_free(key_text);
    rowan_ERR_clear_error();
    if (*fault == ROWAN_TLS_PAIR_WHOLE) return pair;
    rowan_tls_pair_free(pair);
    return NULL;
}

void rowan_tls_pair_free(struct rowan_tls_pair *pair) {
    rowan_X509_free(pair->leaf);
    rowan_OPENSSL_sk_pop_free(pair->chain, free_certificate);
    rowan_EVP_PKEY_free(pair->key);
    free(pair);
}

static int64_t seconds(const ASN1_TIME *time, int64_t otherwise) {
    struct tm parts;
    if (!time || !rowan_ASN1_TIME_to_tm(time, &parts)) return otherwise;
    return timegm(&parts);
}

int64_t rowan_tls_pair_not_before(const struct rowan_tls_pair *pair) {
    return seconds(rowan_X509_get0_notBefore(pair->leaf), INT64_MIN);
}

int64_t rowan_tls_pair_not_after(const struct rowan_tls_pair *pair) {
    return seconds(rowan_X509_get0_notAfter(pair->leaf), INT64_MAX);
}

void rowan_tls_pair_names(
    const struct rowan_tls_pair *pair, void (*each)(const uint8_t *name, size_t count, void *context), void *context) {
    int count = 0;
    GENERAL_NAMES *names = rowan_X509_get_ext_d2i(pair->leaf, NID_subject_alt_name, NULL, NULL);
    for (int index = 0; names && index < rowan_OPENSSL_sk_num((OPENSSL_STACK *)names); index += 1) {
        int type = 0;
        const ASN1_STRING *text =
            rowan_GENERAL_NAME_get0_value(rowan_OPENSSL_sk_value((OPENSSL_STACK *)names, index), &type);
        if (type != GEN_DNS) continue;
        count += 1;
        each(rowan_ASN1_STRING_get0_data(text), (size_t)rowan_ASN1_STRING_length(text), context);
    }
    if (names) rowan_GENERAL_NAMES_free(names);
    if (count > 0) return;
    X509_NAME *subject = rowan_X509_get_subject_name(pair->leaf);
    int place = rowan_X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (place < 0) return;
    const ASN1_STRING *text = rowan_X509_NAME_ENTRY_get_data(rowan_X509_NAME_get_entry(subject, place));
    each(rowan_ASN1_STRING_get0_data(text), (size_t)rowan_ASN1_STRING_length(text), context);
}

int rowan_tls_staple_is_good(const void *bytes, size_t count, int64_t *next_update) {
    const unsigned char *position = bytes;
    int is_good = 0;
    *next_update = INT64_MAX;
    OCSP_RESPONSE *response = count <= LONG_MAX ? rowan_d2i_OCSP_RESPONSE(NULL, &position, (long)count) : NULL;
    OCSP_BASICRESP *basic = NULL;
    if (response && rowan_OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        basic = rowan_OCSP_response_get1_basic(response);
    }
    OCSP_SINGLERESP *single = basic ? rowan_OCSP_resp_get0(basic, 0) : NULL;
    if (single) {
        ASN1_GENERALIZEDTIME *next = NULL;
        is_good = rowan_OCSP_single_get0_status(single, NULL, NULL, NULL, &next) == V_OCSP_CERTSTATUS_GOOD;
        *next_update = seconds(next, INT64_MAX);
    }
    if (basic) rowan_OCSP_BASICRESP_free(basic);
    if (response) rowan_OCSP_RESPONSE_free(response);
    rowan_ERR_clear_error();
    return is_good;
}
