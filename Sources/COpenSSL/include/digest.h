#pragma once
// SHA-256 of libcrypto, which is opened when the first hash is wanted: a server that knows no keys does without.
#include <stddef.h>
#include <stdint.h>

/// Opens libcrypto once, from any thread.
///
/// NULL, or a sentence that says what is missing, which lives as long as the process.
const char *rowan_digest_open(void);

/// SHA-256: 32 bytes into `digest`. Needs a call of rowan_digest_open that has returned NULL.
void rowan_digest_sha256(const void *bytes, size_t count, uint8_t *digest);
