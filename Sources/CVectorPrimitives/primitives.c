#include "CVectorPrimitives.h"

#if defined(__x86_64__)
#include <cpuid.h>

void rowan_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    registers[0] = registers[1] = registers[2] = registers[3] = 0;
    __get_cpuid_count(leaf, subleaf, &registers[0], &registers[1], &registers[2], &registers[3]);
}

uint64_t rowan_saved_register_states(void) {
    uint32_t registers[4];
    rowan_cpuid(1, 0, registers);
    if (!(registers[2] & 1u << 27)) return 0;  // OSXSAVE: without it the instruction below does not exist.
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}
#else
void rowan_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    registers[0] = registers[1] = registers[2] = registers[3] = 0;
}

uint64_t rowan_saved_register_states(void) { return 0; }
#endif
