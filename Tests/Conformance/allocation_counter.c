// Counts the calls that allocate, in a file that the test maps: preloaded into the real server binary.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic unsigned long before_setup;
static _Atomic unsigned long *counter = &before_setup;

__attribute__((constructor)) static void map_counter(void) {
    const char *path = getenv("ROWAN_ALLOCATION_COUNTER");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *memory = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory != MAP_FAILED) counter = memory;
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

#define COUNTED(result, name, parameters, arguments)            \
    result name parameters {                                    \
        static result(*original) parameters;                    \
        if (!original) original = (result(*) parameters)next(#name); \
        atomic_fetch_add(counter, 1);                           \
        return original arguments;                              \
    }

COUNTED(void *, malloc, (size_t size), (size))
COUNTED(void *, realloc, (void *memory, size_t size), (memory, size))
COUNTED(int, posix_memalign, (void **memory, size_t alignment, size_t size), (memory, alignment, size))
COUNTED(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
COUNTED(void *, memalign, (size_t alignment, size_t size), (alignment, size))
