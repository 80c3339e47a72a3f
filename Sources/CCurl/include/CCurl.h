#pragma once
// libcurl, opened when it is first needed instead of being linked: it brings thirty libraries with it, which would cost
// every server 8 MB of memory and the time to start that most of them never use. The functions below look up libcurl's
// own and call them; nothing here has a behaviour of its own. curl_easy_setopt(3) and curl_easy_getinfo(3) are
// variadic, so each kind of argument has a function.
#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>

/// Opens libcurl and libcrypto once, from any thread, and makes them ready.
///
/// NULL, or a sentence that says what is missing, which lives as long as the process.
const char *rowan_curl_open(void);

// The functions below need a call of rowan_curl_open that has returned NULL.

/// curl_easy_init(3): NULL without memory.
void *rowan_curl_make(void);
/// curl_easy_cleanup(3).
void rowan_curl_free(void *handle);
/// curl_easy_reset(3): forgets options and keeps connections.
void rowan_curl_reset(void *handle);
/// Options that take a long.
CURLcode rowan_curl_set_number(void *handle, CURLoption option, long value);
/// Options that take a curl_off_t.
CURLcode rowan_curl_set_size(void *handle, CURLoption option, int64_t value);
/// Options that take a text, which libcurl copies.
CURLcode rowan_curl_set_text(void *handle, CURLoption option, const char *value);
/// CURLOPT_POSTFIELDS, which libcurl does not copy.
CURLcode rowan_curl_set_body(void *handle, const void *bytes);
/// CURLOPT_ERRORBUFFER: CURL_ERROR_SIZE bytes.
CURLcode rowan_curl_set_error_buffer(void *handle, char *buffer);
/// CURLOPT_HTTPHEADER.
CURLcode rowan_curl_set_fields(void *handle, struct curl_slist *fields);

typedef size_t (*rowan_curl_receiver)(char *bytes, size_t size, size_t count, void *context);
typedef int (*rowan_curl_watcher)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
/// What libcurl calls with the context for each line of a head, for the bytes of a body, and now and then.
CURLcode rowan_curl_set_receivers(
    void *handle, rowan_curl_receiver head, rowan_curl_receiver body, rowan_curl_watcher watcher, void *context);

/// curl_easy_perform(3).
CURLcode rowan_curl_perform(void *handle);
/// CURLINFO_RESPONSE_CODE.
long rowan_curl_status(void *handle);
/// CURLINFO_RETRY_AFTER: seconds, 0 without the field.
int64_t rowan_curl_retry_after(void *handle);
/// CURLINFO_CONNECT_TIME_T: microseconds until there was a connection, 0 if there was none.
int64_t rowan_curl_connect_time(void *handle);
/// curl_easy_strerror(3).
const char *rowan_curl_text(CURLcode code);

/// curl_slist_append(3): NULL without memory, the list then being as it was.
struct curl_slist *rowan_curl_append(struct curl_slist *list, const char *line);
/// curl_slist_free_all(3).
void rowan_curl_free_fields(struct curl_slist *list);

/// SHA-256 of libcrypto, which libcurl brings with it: 32 bytes into `digest`.
void rowan_sha256(const void *bytes, size_t count, uint8_t *digest);
/// HMAC with SHA-256 of libcrypto: 32 bytes into `digest`; 0 if the library refuses.
int rowan_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t *digest);
