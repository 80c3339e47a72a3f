#pragma once
// What the kernel needs that counts how many values are at least as great as edges: its layout, and a few floats or
// doubles of a row in a vector, each with its count.
//
// Included by CVectorPrimitives.h; the same rules hold.
#include <stddef.h>
#include <stdint.h>

enum {
    /// Columns whose edges stand side by side.
    rowan_bin_lane_count = 16,
    /// Edges that one pass over the rows compares with; the edges of a block are a multiple of it.
    rowan_bin_edge_step = 4,
};

/// Sixteen adjacent columns of some rows, and the edges that their values are compared with. The caller has checked the
/// sizes.
///
/// Numbers are all floats, with counts of 32 bits, or all doubles, with counts of 64 bits.
typedef struct {
    /// The first row's first column. A vector is read where at least one of its lanes counts, so that what follows the
    /// last row's columns must be readable for 60 bytes.
    const void *_Nonnull rows;
    size_t row_count;
    /// Numbers from one row to the next.
    size_t row_stride;
    /// Columns that count, at most rowan_bin_lane_count.
    size_t lane_count;
    /// edge_count x rowan_bin_lane_count numbers; NaN, which no value is at least, where a column has fewer.
    const void *_Nonnull edges;
    /// A multiple of rowan_bin_edge_step.
    size_t edge_count;
    /// edge_count x rowan_bin_lane_count counts.
    void *_Nonnull counts;
} rowan_bin_block;

#if defined(__x86_64__)
#include <immintrin.h>
#define ROWAN_BIN static inline __attribute__((always_inline))

#if defined(__AVX512BW__)
typedef __m512 rowan_bin_singles;
typedef __m512i rowan_bin_single_counts;
enum { rowan_bin_single_count = 16 };
ROWAN_BIN rowan_bin_singles rowan_bin_load_singles(const float *_Nonnull p) { return _mm512_loadu_ps(p); }
ROWAN_BIN rowan_bin_single_counts rowan_bin_load_single_counts(const uint32_t *_Nonnull p) {
    return _mm512_loadu_si512(p);
}
ROWAN_BIN void rowan_bin_store_single_counts(uint32_t *_Nonnull p, rowan_bin_single_counts v) {
    _mm512_storeu_si512(p, v);
}
/// Adds one in the lanes whose value is at least the edge.
ROWAN_BIN rowan_bin_single_counts rowan_bin_count_singles(
    rowan_bin_single_counts counts, rowan_bin_singles values, rowan_bin_singles edges) {
    const __mmask16 reached = _mm512_cmp_ps_mask(edges, values, _CMP_LE_OQ);
    return _mm512_mask_sub_epi32(counts, reached, counts, _mm512_set1_epi32(-1));
}

typedef __m512d rowan_bin_doubles;
typedef __m512i rowan_bin_double_counts;
enum { rowan_bin_double_count = 8 };
ROWAN_BIN rowan_bin_doubles rowan_bin_load_doubles(const double *_Nonnull p) { return _mm512_loadu_pd(p); }
ROWAN_BIN rowan_bin_double_counts rowan_bin_load_double_counts(const uint64_t *_Nonnull p) {
    return _mm512_loadu_si512(p);
}
ROWAN_BIN void rowan_bin_store_double_counts(uint64_t *_Nonnull p, rowan_bin_double_counts v) {
    _mm512_storeu_si512(p, v);
}
ROWAN_BIN rowan_bin_double_counts rowan_bin_count_doubles(
    rowan_bin_double_counts counts, rowan_bin_doubles values, rowan_bin_doubles edges) {
    const __mmask8 reached = _mm512_cmp_pd_mask(edges, values, _CMP_LE_OQ);
    return _mm512_mask_sub_epi64(counts, reached, counts, _mm512_set1_epi64(-1));
}

#elif defined(__AVX2__)
typedef __m256 rowan_bin_singles;
typedef __m256i rowan_bin_single_counts;
enum { rowan_bin_single_count = 8 };
ROWAN_BIN rowan_bin_singles rowan_bin_load_singles(const float *_Nonnull p) { return _mm256_loadu_ps(p); }
ROWAN_BIN rowan_bin_single_counts rowan_bin_load_single_counts(const uint32_t *_Nonnull p) {
    return _mm256_loadu_si256((const __m256i *)p);
}
ROWAN_BIN void rowan_bin_store_single_counts(uint32_t *_Nonnull p, rowan_bin_single_counts v) {
    _mm256_storeu_si256((__m256i *)p, v);
}
/// Adds one in the lanes whose value is at least the edge.
ROWAN_BIN rowan_bin_single_counts rowan_bin_count_singles(
    rowan_bin_single_counts counts, rowan_bin_singles values, rowan_bin_singles edges) {
    return _mm256_sub_epi32(counts, _mm256_castps_si256(_mm256_cmp_ps(edges, values, _CMP_LE_OQ)));
}

typedef __m256d rowan_bin_doubles;
typedef __m256i rowan_bin_double_counts;
enum { rowan_bin_double_count = 4 };
ROWAN_BIN rowan_bin_doubles rowan_bin_load_doubles(const double *_Nonnull p) { return _mm256_loadu_pd(p); }
ROWAN_BIN rowan_bin_double_counts rowan_bin_load_double_counts(const uint64_t *_Nonnull p) {
    return _mm256_loadu_si256((const __m256i *)p);
}
ROWAN_BIN void rowan_bin_store_double_counts(uint64_t *_Nonnull p, rowan_bin_double_counts v) {
    _mm256_storeu_si256((__m256i *)p, v);
}
ROWAN_BIN rowan_bin_double_counts rowan_bin_count_doubles(
    rowan_bin_double_counts counts, rowan_bin_doubles values, rowan_bin_doubles edges) {
    return _mm256_sub_epi64(counts, _mm256_castpd_si256(_mm256_cmp_pd(edges, values, _CMP_LE_OQ)));
}

#else
typedef __m128 rowan_bin_singles;
typedef __m128i rowan_bin_single_counts;
enum { rowan_bin_single_count = 4 };
ROWAN_BIN rowan_bin_singles rowan_bin_load_singles(const float *_Nonnull p) { return _mm_loadu_ps(p); }
ROWAN_BIN rowan_bin_single_counts rowan_bin_load_single_counts(const uint32_t *_Nonnull p) {
    return _mm_loadu_si128((const __m128i *)p);
}
ROWAN_BIN void rowan_bin_store_single_counts(uint32_t *_Nonnull p, rowan_bin_single_counts v) {
    _mm_storeu_si128((__m128i *)p, v);
}
/// Adds one in the lanes whose value is at least the edge.
ROWAN_BIN rowan_bin_single_counts rowan_bin_count_singles(
    rowan_bin_single_counts counts, rowan_bin_singles values, rowan_bin_singles edges) {
    return _mm_sub_epi32(counts, _mm_castps_si128(_mm_cmple_ps(edges, values)));
}

typedef __m128d rowan_bin_doubles;
typedef __m128i rowan_bin_double_counts;
enum { rowan_bin_double_count = 2 };
ROWAN_BIN rowan_bin_doubles rowan_bin_load_doubles(const double *_Nonnull p) { return _mm_loadu_pd(p); }
ROWAN_BIN rowan_bin_double_counts rowan_bin_load_double_counts(const uint64_t *_Nonnull p) {
    return _mm_loadu_si128((const __m128i *)p);
}
ROWAN_BIN void rowan_bin_store_double_counts(uint64_t *_Nonnull p, rowan_bin_double_counts v) {
    _mm_storeu_si128((__m128i *)p, v);
}
ROWAN_BIN rowan_bin_double_counts rowan_bin_count_doubles(
    rowan_bin_double_counts counts, rowan_bin_doubles values, rowan_bin_doubles edges) {
    return _mm_sub_epi64(counts, _mm_castpd_si128(_mm_cmple_pd(edges, values)));
}
#endif
#endif
