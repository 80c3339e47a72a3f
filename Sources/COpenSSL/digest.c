// The functions that work on a context of the caller's neither allocate nor lock, unlike the one-step functions of
// OpenSSL 3, which look the algorithm up each time; they are deprecated in favour of those and stay in the library.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "digest.h"

#include <dlfcn.h>
#include <openssl/sha.h>
#include <pthread.h>

static __typeof__(SHA256_Init) *sha256_init;
static __typeof__(SHA256_Update) *sha256_update;
static __typeof__(SHA256_Final) *sha256_final;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *fault;

static void open_library(void) {
    void *crypto = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!crypto) {
        fault = "the library libcrypto.so.3 is missing: install the package libssl3";
        return;
    }
    sha256_init = (__typeof__(SHA256_Init) *)dlsym(crypto, "SHA256_Init");
    sha256_update = (__typeof__(SHA256_Update) *)dlsym(crypto, "SHA256_Update");
    sha256_final = (__typeof__(SHA256_Final) *)dlsym(crypto, "SHA256_Final");
    if (!sha256_init || !sha256_update || !sha256_final) fault = "the installed libcrypto computes no SHA-256";
}

const char *rowan_digest_open(void) {
    pthread_once(&once, open_library);
    return fault;
}

void rowan_digest_sha256(const void *bytes, size_t count, uint8_t *digest) {
    SHA256_CTX context;
    sha256_init(&context);
    sha256_update(&context, bytes, count);
    sha256_final(digest, &context);
}
