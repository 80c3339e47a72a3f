#pragma once
// The functions of OpenSSL that are called, as pointers that rowan_openssl_open looks up.
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Each function with the library that has it.
#define ROWAN_OPENSSL_FUNCTIONS(function) \
    function(crypto, ASN1_STRING_get0_data) \
    function(crypto, ASN1_STRING_length) \
    function(crypto, ASN1_TIME_to_tm) \
    function(crypto, BIO_clear_flags) \
    function(crypto, BIO_ctrl) \
    function(crypto, BIO_free) \
    function(crypto, BIO_get_data) \
    function(crypto, BIO_get_new_index) \
    function(crypto, BIO_meth_new) \
    function(crypto, BIO_meth_set_create) \
    function(crypto, BIO_meth_set_ctrl) \
    function(crypto, BIO_meth_set_read) \
    function(crypto, BIO_meth_set_write) \
    function(crypto, BIO_new) \
    function(crypto, BIO_new_mem_buf) \
    function(crypto, BIO_read) \
    function(crypto, BIO_s_mem) \
    function(crypto, BIO_set_data) \
    function(crypto, BIO_set_flags) \
    function(crypto, BIO_set_init) \
    function(crypto, CRYPTO_free) \
    function(crypto, CRYPTO_get_ex_new_index) \
    function(crypto, CRYPTO_malloc) \
    function(crypto, ERR_clear_error) \
    function(crypto, ERR_peek_error) \
    function(crypto, ERR_peek_last_error) \
    function(crypto, ERR_reason_error_string) \
    function(crypto, EVP_DecryptInit_ex) \
    function(crypto, EVP_EncryptInit_ex) \
    function(crypto, EVP_MAC_CTX_set_params) \
    function(crypto, EVP_PKEY_free) \
    function(crypto, EVP_aes_256_cbc) \
    function(crypto, GENERAL_NAMES_free) \
    function(crypto, GENERAL_NAME_get0_value) \
    function(crypto, OCSP_BASICRESP_free) \
    function(crypto, OCSP_RESPONSE_free) \
    function(crypto, OCSP_resp_get0) \
    function(crypto, OCSP_response_get1_basic) \
    function(crypto, OCSP_response_status) \
    function(crypto, OCSP_single_get0_status) \
    function(crypto, OPENSSL_init_crypto) \
    function(crypto, OPENSSL_sk_new_null) \
    function(crypto, OPENSSL_sk_num) \
    function(crypto, OPENSSL_sk_pop_free) \
    function(crypto, OPENSSL_sk_push) \
    function(crypto, OPENSSL_sk_value) \
    function(crypto, OSSL_PARAM_construct_end) \
    function(crypto, OSSL_PARAM_construct_octet_string) \
    function(crypto, OSSL_PARAM_construct_utf8_string) \
    function(crypto, PEM_read_bio_PrivateKey) \
    function(crypto, PEM_read_bio_X509) \
    function(crypto, RAND_bytes) \
    function(crypto, X509_NAME_get_entry) \
    function(crypto, X509_NAME_get_index_by_NID) \
    function(crypto, X509_NAME_ENTRY_get_data) \
    function(crypto, X509_NAME_print_ex) \
    function(crypto, X509_STORE_add_cert) \
    function(crypto, X509_check_private_key) \
    function(crypto, X509_free) \
    function(crypto, X509_get0_notAfter) \
    function(crypto, X509_get0_notBefore) \
    function(crypto, X509_get_ext_d2i) \
    function(crypto, X509_get_subject_name) \
    function(crypto, X509_verify_cert_error_string) \
    function(crypto, d2i_OCSP_RESPONSE) \
    function(ssl, OPENSSL_init_ssl) \
    function(ssl, SSL_CTX_add_client_CA) \
    function(ssl, SSL_CTX_callback_ctrl) \
    function(ssl, SSL_CTX_ctrl) \
    function(ssl, SSL_CTX_free) \
    function(ssl, SSL_CTX_get_cert_store) \
    function(ssl, SSL_CTX_get_ex_data) \
    function(ssl, SSL_CTX_new) \
    function(ssl, SSL_CTX_set_alpn_select_cb) \
    function(ssl, SSL_CTX_set_cipher_list) \
    function(ssl, SSL_CTX_set_ex_data) \
    function(ssl, SSL_CTX_set_options) \
    function(ssl, SSL_CTX_set_session_id_context) \
    function(ssl, SSL_CTX_set_timeout) \
    function(ssl, SSL_CTX_set_tlsext_ticket_key_evp_cb) \
    function(ssl, SSL_CTX_set_verify) \
    function(ssl, SSL_CTX_use_cert_and_key) \
    function(ssl, SSL_ctrl) \
    function(ssl, SSL_do_handshake) \
    function(ssl, SSL_free) \
    function(ssl, SSL_get0_alpn_selected) \
    function(ssl, SSL_get1_peer_certificate) \
    function(ssl, SSL_get_SSL_CTX) \
    function(ssl, SSL_get_error) \
    function(ssl, SSL_get_rbio) \
    function(ssl, SSL_get_servername) \
    function(ssl, SSL_get_verify_result) \
    function(ssl, SSL_has_pending) \
    function(ssl, SSL_new) \
    function(ssl, SSL_read_ex) \
    function(ssl, SSL_select_next_proto) \
    function(ssl, SSL_session_reused) \
    function(ssl, SSL_set_SSL_CTX) \
    function(ssl, SSL_set_accept_state) \
    function(ssl, SSL_set_bio) \
    function(ssl, SSL_shutdown) \
    function(ssl, SSL_version) \
    function(ssl, SSL_write_ex) \
    function(ssl, TLS_server_method)

#define ROWAN_OPENSSL_DECLARE(library, name) extern __typeof__(name) *rowan_##name;
ROWAN_OPENSSL_FUNCTIONS(ROWAN_OPENSSL_DECLARE)
#undef ROWAN_OPENSSL_DECLARE

/// What the library's structures carry for us, by these numbers; set when the library is opened.
extern int rowan_openssl_extras;
/// How sessions reach the bytes of their connection.
extern BIO_METHOD *rowan_openssl_wire_method;

/// Makes the method once.
BIO_METHOD *rowan_tls_make_wire_method(void);
/// Frees what a context carries.
void rowan_tls_free_extras(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argl, void *argp);
