#include "CBuildFacts.h"

#ifndef ROWAN_COMMIT
#define ROWAN_COMMIT "unknown"
#endif

#ifndef ROWAN_COMPILER
#define ROWAN_COMPILER __VERSION__
#endif

const char *rowan_build_commit(void) { return ROWAN_COMMIT; }

const char *rowan_build_compiler(void) { return ROWAN_COMPILER; }
