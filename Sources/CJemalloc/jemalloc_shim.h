#pragma once
// The shared library, on purpose: linking the Swift library statically hides the symbols of all archives, and a
// malloc that only the program sees would free what the C library has allocated.
#include <jemalloc/jemalloc.h>
