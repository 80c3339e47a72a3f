#include "CCurl.h"

#include <dlfcn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <pthread.h>

// The headers check what is given to the variadic functions by macros of the same names.
#undef curl_easy_setopt
#undef curl_easy_getinfo

// Each function of the libraries that is called, with the library that has it.
#define FUNCTIONS(library_function) \
    library_function(curl, curl_global_init) \
    library_function(curl, curl_easy_init) \
    library_function(curl, curl_easy_cleanup) \
    library_function(curl, curl_easy_reset) \
    library_function(curl, curl_easy_setopt) \
    library_function(curl, curl_easy_perform) \
    library_function(curl, curl_easy_getinfo) \
    library_function(curl, curl_easy_strerror) \
    library_function(curl, curl_slist_append) \
    library_function(curl, curl_slist_free_all) \
    library_function(crypto, OPENSSL_init_crypto) \
    library_function(crypto, EVP_sha256) \
    library_function(crypto, HMAC) \
    library_function(crypto, SHA256)

#define DECLARE(library, name) static __typeof__(name) *p_##name;
FUNCTIONS(DECLARE)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *fault;

static void open_libraries(void) {
    // Of curl's flavours the one with OpenSSL, so that a process has one library for TLS and for hashes.
    void *curl = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    void *crypto = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!curl) {
        fault = "the library libcurl.so.4 is missing: install the package libcurl4";
        return;
    }
    if (!crypto) {
        fault = "the library libcrypto.so.3 is missing: install the package libssl3";
        return;
    }
#define LOOK_UP(library, name) \
    p_##name = (__typeof__(name) *)dlsym(library, #name); \
    if (!p_##name) { \
        fault = "the installed libcurl or libcrypto lacks the function " #name; \
        return; \
    }
    FUNCTIONS(LOOK_UP)
    // A process ends while other threads may still be using TLS: nothing is torn down under them.
    p_OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    if (p_curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) fault = "libcurl cannot be made ready";
}

const char *rowan_curl_open(void) {
    pthread_once(&once, open_libraries);
    return fault;
}

void *rowan_curl_make(void) { return p_curl_easy_init(); }
void rowan_curl_free(void *handle) { p_curl_easy_cleanup(handle); }
void rowan_curl_reset(void *handle) { p_curl_easy_reset(handle); }

CURLcode rowan_curl_set_number(void *handle, CURLoption option, long value) {
    return p_curl_easy_setopt(handle, option, value);
}

CURLcode rowan_curl_set_size(void *handle, CURLoption option, int64_t value) {
    return p_curl_easy_setopt(handle, option, (curl_off_t)value);
}

CURLcode rowan_curl_set_text(void *handle, CURLoption option, const char *value) {
    return p_curl_easy_setopt(handle, option, value);
}

CURLcode rowan_curl_set_body(void *handle, const void *bytes) {
    return p_curl_easy_setopt(handle, CURLOPT_POSTFIELDS, bytes);
}

CURLcode rowan_curl_set_error_buffer(void *handle, char *buffer) {
    return p_curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode rowan_curl_set_fields(void *handle, struct curl_slist *fields) {
    return p_curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
}

CURLcode rowan_curl_set_receivers(
    void *handle, rowan_curl_receiver head, rowan_curl_receiver body, rowan_curl_watcher watcher, void *context) {
    CURLcode code = p_curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, head);
    if (!code) code = p_curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    if (!code) code = p_curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    if (!code) code = p_curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
    if (!code) code = p_curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, watcher);
    if (!code) code = p_curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
    if (!code) code = p_curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    return code;
}

CURLcode rowan_curl_perform(void *handle) { return p_curl_easy_perform(handle); }

long rowan_curl_status(void *handle) {
    long status = 0;
    p_curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

int64_t rowan_curl_retry_after(void *handle) {
    curl_off_t seconds = 0;
    p_curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    return seconds;
}

int64_t rowan_curl_connect_time(void *handle) {
    curl_off_t microseconds = 0;
    p_curl_easy_getinfo(handle, CURLINFO_CONNECT_TIME_T, &microseconds);
    return microseconds;
}

const char *rowan_curl_text(CURLcode code) { return p_curl_easy_strerror(code); }

struct curl_slist *rowan_curl_append(struct curl_slist *list, const char *line) {
    return p_curl_slist_append(list, line);
}

void rowan_curl_free_fields(struct curl_slist *list) { p_curl_slist_free_all(list); }

void rowan_sha256(const void *bytes, size_t count, uint8_t *digest) { p_SHA256(bytes, count, digest); }

int rowan_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *digest) {
    return p_HMAC(p_EVP_sha256(), key, (int)key_count, bytes, count, digest, NULL) != NULL;
}
