#pragma once
// What is known only while the program is built. The manifest passes it on from the variables BUILD_COMMIT and
// BUILD_COMPILER, which the Makefile sets; a plain `swift build` knows neither and says so.

/// The commit that was built.
const char *rowan_build_commit(void);

/// The compiler that built it.
const char *rowan_build_compiler(void);
