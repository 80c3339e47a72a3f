#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Longest text that the two formatters below write.
#define ROWAN_FLOAT_TEXT_LIMIT 32

/// Converts a decimal that already satisfies JSON's grammar to the nearest float (ties to even).
/// Returns the number of bytes read, 0 when the text is no number. Overflow gives an infinity, underflow a zero.
size_t rowan_parse_float(const char *text, size_t length, float *value);
size_t rowan_parse_double(const char *text, size_t length, double *value);

/// Writes the shortest decimal that reads back to the same value; the value must be finite. Returns the length.
size_t rowan_format_float(float value, char *text);
size_t rowan_format_double(double value, char *text);

/// Writes `digits` digits of the value's exact decimal expansion in scientific form: d.ddd…e±dd. Returns the length,
/// which is at most digits + 8; the value must be finite.
size_t rowan_format_exact_digits(double value, int digits, char *text);

#ifdef __cplusplus
}
#endif

/// The eight bytes from an offset on, the first one lowest: Swift 6.3 has no load of an integer from a span of bytes.
static inline uint64_t rowan_load_eight_bytes(const void *text, size_t offset) {
    uint64_t bytes;
    memcpy(&bytes, (const char *)text + offset, sizeof bytes);
    return bytes;
}

/// Writes eight bytes from an offset on, the lowest one first.
static inline void rowan_store_eight_bytes(void *text, size_t offset, uint64_t bytes) {
    memcpy((char *)text + offset, &bytes, sizeof bytes);
}

/// One bit for each of the sixteen bytes from an offset on, the first one lowest: 1 where the byte is no digit.
static inline uint32_t rowan_marks_of_non_digits(const void *text, size_t offset) {
    const char *bytes = (const char *)text + offset;
#ifdef __SSE2__
    // Moved by 0x50, the digits are the ten smallest signed bytes.
    __m128i moved = _mm_add_epi8(_mm_loadu_si128((const __m128i *)bytes), _mm_set1_epi8(0x50));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpgt_epi8(moved, _mm_set1_epi8(-119)));
#else
    uint32_t marks = 0;
    for (unsigned index = 0; index < 16; index++) marks |= (uint32_t)((uint8_t)(bytes[index] - '0') > 9) << index;
    return marks;
#endif
}

/// Copies the bytes from an offset on; the regions do not overlap.
static inline void rowan_copy_bytes(void *target, const void *text, size_t offset, size_t count) {
    memcpy(target, (const char *)text + offset, count);
}

/// Powers of ten that are exact in the type; the exponent must not exceed 19 and 22. Constant tables that Swift 6.3
/// would initialise behind a lock.
static inline uint64_t rowan_integer_power_of_ten(unsigned exponent) {
    static const uint64_t powers[] = {
        1ULL, 10ULL, 100ULL, 1000ULL, 10000ULL, 100000ULL, 1000000ULL, 10000000ULL, 100000000ULL, 1000000000ULL,
        10000000000ULL, 100000000000ULL, 1000000000000ULL, 10000000000000ULL, 100000000000000ULL,
        1000000000000000ULL, 10000000000000000ULL, 100000000000000000ULL, 1000000000000000000ULL,
        10000000000000000000ULL};
    return powers[exponent];
}

static inline double rowan_double_power_of_ten(unsigned exponent) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return powers[exponent];
}
