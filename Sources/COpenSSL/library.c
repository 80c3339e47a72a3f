#include "library.h"

#include "COpenSSL.h"
#include <dlfcn.h>
#include <pthread.h>

#define DEFINE(library, name) __typeof__(name) *rowan_##name;
ROWAN_OPENSSL_FUNCTIONS(DEFINE)

int rowan_openssl_extras = -1;
BIO_METHOD *rowan_openssl_wire_method;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *fault;

static void open_libraries(void) {
    void *crypto = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    void *ssl = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!crypto || !ssl) {
        fault = "the libraries libssl.so.3 and libcrypto.so.3 are missing: install the package libssl3";
        return;
    }
#define LOOK_UP(library, name) \
    rowan_##name = (__typeof__(name) *)dlsym(library, #name); \
    if (!rowan_##name) { \
        fault = "the installed libssl or libcrypto lacks the function " #name; \
        return; \
    }
    ROWAN_OPENSSL_FUNCTIONS(LOOK_UP)
    // A process ends while other threads may still be using TLS: nothing is torn down under them.
    rowan_OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    if (rowan_OPENSSL_init_ssl(0, NULL) != 1) {
        fault = "libssl cannot be made ready";
        return;
    }
    rowan_openssl_extras =
        rowan_CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, NULL, NULL, NULL, rowan_tls_free_extras);
    rowan_openssl_wire_method = rowan_tls_make_wire_method();
    if (rowan_openssl_extras < 0 || !rowan_openssl_wire_method) fault = "libssl has no memory";
}

const char *rowan_openssl_open(void) {
    pthread_once(&once, open_libraries);
    return fault;
}
