#pragma once
// OpenSSL, opened when a server is first given a certificate instead of being linked: libcrypto costs every process
// memory and time to start that servers without TLS never use. The functions below look up OpenSSL's own and call them,
// and hold what Swift cannot say: macros, and callbacks that OpenSSL's structures need.
//
// A session never touches a socket. What the peer has sent is lent to a call, and what is to be sent to it comes back,
// in a `rowan_tls_wire`.
#include "digest.h"

#include <stddef.h>
#include <stdint.h>

/// Opens libssl and libcrypto once, from any thread.
///
/// NULL, or a sentence that says what is missing, which lives as long as the process.
const char *rowan_openssl_open(void);

// The functions below need a call of rowan_openssl_open that has returned NULL.

// MARK: Certificates

/// A certificate, those that lead from it to its authority, and its private key; they never change.
struct rowan_tls_pair;

enum {
    ROWAN_TLS_PAIR_WHOLE = 0,
    /// The text holds no certificate in PEM form.
    ROWAN_TLS_PAIR_NO_CERTIFICATE,
    /// A certificate in the text is damaged.
    ROWAN_TLS_PAIR_BAD_CERTIFICATE,
    /// The text holds no private key in PEM form, or a damaged one.
    ROWAN_TLS_PAIR_NO_KEY,
    /// The key is encrypted.
    ROWAN_TLS_PAIR_ENCRYPTED_KEY,
    /// The key is not that of the first certificate.
    ROWAN_TLS_PAIR_MISMATCH,
    /// The library refuses the pair: the key is too short, or signed with a digest that is broken.
    ROWAN_TLS_PAIR_REFUSED,
};

/// Reads a chain, leaf first, and the leaf's key; NULL with one of the values above.
struct rowan_tls_pair *rowan_tls_pair_make(
    const void *chain, size_t chain_count, const void *key, size_t key_count, int *fault);
void rowan_tls_pair_free(struct rowan_tls_pair *pair);
/// Seconds since 1970 from which and until which the leaf is valid; the least and the greatest number if unreadable.
int64_t rowan_tls_pair_not_before(const struct rowan_tls_pair *pair);
int64_t rowan_tls_pair_not_after(const struct rowan_tls_pair *pair);
/// Calls back with each DNS name of the leaf's alternative names, or with its common name if it has none.
void rowan_tls_pair_names(
    const struct rowan_tls_pair *pair, void (*each)(const uint8_t *name, size_t count, void *context), void *context);

/// Whether a text is an OCSP response that says "good"; `next_update` is seconds since 1970, or the greatest number.
int rowan_tls_staple_is_good(const void *bytes, size_t count, int64_t *next_update);

// MARK: Contexts

/// What sessions share (SSL_CTX); any number of threads may make sessions of one that is not changed any more.
struct ssl_ctx_st;

/// A key that session tickets are sealed with.
struct rowan_tls_ticket_key {
    uint8_t name[16];
    uint8_t cipher[32];
    uint8_t digest[32];
};

/// Most keys of one context: the one that seals, and older ones that still open.
enum { ROWAN_TLS_TICKET_KEYS = 3 };

/// Makes a context for servers that answers with a pair; NULL without memory or if the library refuses the pair.
///
/// - protocols: what is agreed on by ALPN, in the order of preference and in the wire's form.
/// - staple: an OCSP response to hand over, or nothing.
/// - ticket_keys: 1 to ROWAN_TLS_TICKET_KEYS, the one that seals first.
struct ssl_ctx_st *rowan_tls_context_make(
    const struct rowan_tls_pair *pair, const uint8_t *protocols, size_t protocols_count, const void *staple,
    size_t staple_count, const struct rowan_tls_ticket_key *ticket_keys, size_t ticket_key_count, long ticket_seconds);
void rowan_tls_context_free(struct ssl_ctx_st *context);
/// Demands a certificate of every client that leads to one of these authorities; returns how many there are, 0 for a
/// text without any, -1 for a damaged one.
int rowan_tls_context_demand_clients(struct ssl_ctx_st *context, const void *authorities, size_t count);
/// Lets the name that a client asks for choose another context; `chosen` returns NULL to keep this one.
void rowan_tls_context_choose(
    struct ssl_ctx_st *context, struct ssl_ctx_st *(*chosen)(const char *name, void *argument), void *argument);

/// Random bytes of the library's generator; 0 if it has none.
int rowan_tls_random(void *bytes, size_t count);

// MARK: Sessions

/// One connection's state (SSL).
struct ssl_st;

/// The bytes of a connection as they are on the network; lent to one call.
struct rowan_tls_wire {
    /// What has arrived and was not used; the call moves both.
    const uint8_t *input;
    size_t input_count;
    /// Room for what is to be sent, and how much of it is used.
    uint8_t *output;
    size_t output_capacity;
    size_t output_count;
};

enum {
    /// Done; a read has filled the room it was given.
    ROWAN_TLS_DONE = 0,
    /// Goes on with more of what the peer sends.
    ROWAN_TLS_WANTS_INPUT,
    /// Goes on with more room for output.
    ROWAN_TLS_WANTS_ROOM,
    /// The peer has said that it sends nothing more.
    ROWAN_TLS_ENDED,
    /// The session is over; `rowan_tls_fault` says why.
    ROWAN_TLS_FAILED,
};

/// NULL without memory.
struct ssl_st *rowan_tls_session_make(struct ssl_ctx_st *context);
void rowan_tls_session_free(struct ssl_st *session);
int rowan_tls_handshake(struct ssl_st *session, struct rowan_tls_wire *wire);
/// Opens records; `count` is how many bytes were put into `plain`, whatever the result.
int rowan_tls_read(struct ssl_st *session, struct rowan_tls_wire *wire, void *plain, size_t capacity, size_t *count);
/// Seals bytes into records; `count` is how many.
int rowan_tls_write(
    struct ssl_st *session, struct rowan_tls_wire *wire, const void *plain, size_t plain_count, size_t *count);
/// Says that nothing more will be sent.
void rowan_tls_finish(struct ssl_st *session, struct rowan_tls_wire *wire);
/// Whether a read may give something without more input.
int rowan_tls_has_pending(const struct ssl_st *session);

enum {
    /// What the peer has sent is not TLS, or nothing could be agreed on.
    ROWAN_TLS_FAULT_PROTOCOL = 0,
    /// The peer has shown no certificate, or one that is not trusted.
    ROWAN_TLS_FAULT_CERTIFICATE,
    /// The peer has refused what it was sent, by an alert.
    ROWAN_TLS_FAULT_ALERT,
};

/// Why the last call of this thread has failed: OpenSSL's reason, or a certificate's; cut to `capacity`, with a zero.
/// Returns one of the values above.
int rowan_tls_fault(const struct ssl_st *session, char *text, size_t capacity);
/// 0x0303 for TLS 1.2, 0x0304 for TLS 1.3.
int rowan_tls_version(const struct ssl_st *session);
/// Whether a ticket has shortened the handshake.
int rowan_tls_is_resumed(const struct ssl_st *session);
/// What ALPN has agreed on; NULL for nothing.
const uint8_t *rowan_tls_protocol(const struct ssl_st *session, size_t *count);
/// The subject of the client's certificate as RFC 2253 writes it; the length, cut to `capacity`; 0 for none.
size_t rowan_tls_subject(const struct ssl_st *session, char *text, size_t capacity);
