#pragma once
// What the kernel needs that compares one vector of small integers with many: its layout, and sums of products.
//
// Included by CVectorPrimitives.h; the same rules hold.
#include <stddef.h>
#include <stdint.h>

/// Vectors one behind the other, what they are multiplied by to be numbers again, and where their products with the
/// query go. The caller has checked the sizes.
typedef struct {
    /// row_count x width numbers.
    const int8_t *_Nonnull rows;
    size_t row_count;
    /// Numbers of a vector, a multiple of 64; those behind its end are 0.
    size_t width;
    /// The query's numbers, each in 16 bits.
    const int16_t *_Nonnull query;
    /// One for each vector, the query's own in it.
    const float *_Nonnull scales;
    /// One for each vector.
    float *_Nonnull scores;
} rowan_scan_block;

#if defined(__x86_64__)
#include <immintrin.h>
#define ROWAN_SCAN static inline __attribute__((always_inline))

#if defined(__AVX512BW__)
typedef __m512i rowan_scan_words;
enum { rowan_scan_word_count = 32 };
ROWAN_SCAN rowan_scan_words rowan_scan_zero(void) { return _mm512_setzero_si512(); }
ROWAN_SCAN rowan_scan_words rowan_scan_load_row(const int8_t *_Nonnull p) {
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)p));
}
ROWAN_SCAN rowan_scan_words rowan_scan_load_query(const int16_t *_Nonnull p) { return _mm512_loadu_si512(p); }
/// Adds the products of neighbours, two by two, to sums of 32 bits.
ROWAN_SCAN rowan_scan_words rowan_scan_add_products(
    rowan_scan_words sums, rowan_scan_words left, rowan_scan_words right) {
    return _mm512_add_epi32(sums, _mm512_madd_epi16(left, right));
}
ROWAN_SCAN rowan_scan_words rowan_scan_add(rowan_scan_words left, rowan_scan_words right) {
    return _mm512_add_epi32(left, right);
}
ROWAN_SCAN int32_t rowan_scan_sum(rowan_scan_words sums) { return _mm512_reduce_add_epi32(sums); }

#elif defined(__AVX2__)
typedef __m256i rowan_scan_words;
enum { rowan_scan_word_count = 16 };
ROWAN_SCAN rowan_scan_words rowan_scan_zero(void) { return _mm256_setzero_si256(); }
ROWAN_SCAN rowan_scan_words rowan_scan_load_row(const int8_t *_Nonnull p) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)p));
}
ROWAN_SCAN rowan_scan_words rowan_scan_load_query(const int16_t *_Nonnull p) {
    return _mm256_loadu_si256((const __m256i *)p);
}
/// Adds the products of neighbours, two by two, to sums of 32 bits.
ROWAN_SCAN rowan_scan_words rowan_scan_add_products(
    rowan_scan_words sums, rowan_scan_words left, rowan_scan_words right) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(left, right));
}
ROWAN_SCAN rowan_scan_words rowan_scan_add(rowan_scan_words left, rowan_scan_words right) {
    return _mm256_add_epi32(left, right);
}
ROWAN_SCAN int32_t rowan_scan_sum(rowan_scan_words sums) {
    const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    const __m128i quarter = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(quarter, _mm_shuffle_epi32(quarter, 0xB1)));
}

#else
typedef __m128i rowan_scan_words;
enum { rowan_scan_word_count = 8 };
ROWAN_SCAN rowan_scan_words rowan_scan_zero(void) { return _mm_setzero_si128(); }
ROWAN_SCAN rowan_scan_words rowan_scan_load_row(const int8_t *_Nonnull p) {
    return _mm_cvtepi8_epi16(_mm_loadl_epi64((const __m128i *)p));
}
ROWAN_SCAN rowan_scan_words rowan_scan_load_query(const int16_t *_Nonnull p) {
    return _mm_loadu_si128((const __m128i *)p);
}
/// Adds the products of neighbours, two by two, to sums of 32 bits.
ROWAN_SCAN rowan_scan_words rowan_scan_add_products(
    rowan_scan_words sums, rowan_scan_words left, rowan_scan_words right) {
    return _mm_add_epi32(sums, _mm_madd_epi16(left, right));
}
ROWAN_SCAN rowan_scan_words rowan_scan_add(rowan_scan_words left, rowan_scan_words right) {
    return _mm_add_epi32(left, right);
}
ROWAN_SCAN int32_t rowan_scan_sum(rowan_scan_words sums) {
    const __m128i half = _mm_add_epi32(sums, _mm_shuffle_epi32(sums, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1)));
}
#endif
#endif
