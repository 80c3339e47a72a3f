#pragma once
#include "library.h"

struct rowan_tls_pair {
    X509 *leaf;
    /// Certificates that lead from the leaf to its authority; without the leaf.
    OPENSSL_STACK *chain;
    EVP_PKEY *key;
};
