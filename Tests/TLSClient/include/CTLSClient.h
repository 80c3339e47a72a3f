#pragma once
// A client of TLS for tests, over memory: OpenSSL's own, linked, without anything of the server's wrapper.
#include <stddef.h>
#include <stdint.h>

struct rowan_test_client;

/// Makes a client; NULL or 0 for what it does not care about.
///
/// - authorities_file: trusted, and demanded.
/// - host: asked for, and must stand in the certificate.
/// - version: 0x0301 to 0x0304.
/// - protocols: as ALPN writes names.
struct rowan_test_client *rowan_test_client_make(
    const char *authorities_file, const char *host, const char *certificate_file, const char *key_file, int version,
    const uint8_t *protocols, unsigned protocols_count, int wants_staple);
void rowan_test_client_free(struct rowan_test_client *client);
/// Begins with the session that another client has ended with; call it before anything else.
void rowan_test_client_resume(struct rowan_test_client *client, const struct rowan_test_client *other);
/// Takes what the server has sent.
void rowan_test_client_feed(struct rowan_test_client *client, const uint8_t *bytes, size_t count);
/// Gives what is to be sent to the server; the number of bytes.
size_t rowan_test_client_drain(struct rowan_test_client *client, uint8_t *bytes, size_t capacity);
/// 1 complete, 0 not yet, -1 failed.
int rowan_test_client_handshake(struct rowan_test_client *client);
/// The number of bytes; 0 for none yet, -1 when the server has ended cleanly, -2 for a fault.
int rowan_test_client_read(struct rowan_test_client *client, uint8_t *bytes, int capacity);
int rowan_test_client_write(struct rowan_test_client *client, const uint8_t *bytes, int count);
void rowan_test_client_finish(struct rowan_test_client *client);
/// TLS 1.3: asks the server for new keys. TLS 1.2: asks for another handshake. 1 if that could be asked for.
int rowan_test_client_renew(struct rowan_test_client *client);
int rowan_test_client_version(const struct rowan_test_client *client);
int rowan_test_client_is_resumed(const struct rowan_test_client *client);
long rowan_test_client_early_data_limit(const struct rowan_test_client *client);
long rowan_test_client_verification(const struct rowan_test_client *client);
size_t rowan_test_client_staple(const struct rowan_test_client *client);
/// The common name of the server's certificate, what ALPN agreed on, the fault, as text with a zero.
void rowan_test_client_peer_name(const struct rowan_test_client *client, char *text, int capacity);
void rowan_test_client_protocol(const struct rowan_test_client *client, char *text, int capacity);
void rowan_test_client_fault(char *text, int capacity);
