#pragma once
// What the kernel of Shapley values of a single row needs beyond ShapleyPrimitives.h: its layouts, and vectors whose
// lanes are nodes.
//
// Included by CVectorPrimitives.h; the same rules hold.
#include <stddef.h>
#include <stdint.h>

#include "ShapleyPrimitives.h"

// ---------------------------------------------------------------------------------------------------------------------
// Layouts shared by the evaluator, which fills them, and the kernel, which reads them.

enum {
    /// Numbers of a lane, each a vector: threshold, left and right share, left and right gain, left and right value,
    /// earlier share. The right value of a fork is the difference of its leaves.
    rowan_shapley_lane_number_count = 8,
    /// Indices of a lane, each a vector: its column, and where it stands who has followed the earlier edge of the
    /// feature; 0 without such an edge.
    rowan_shapley_lane_index_count = 2,
    /// Moves of a vector, a byte for each lane: from left and right children to their parents, from parents to left and
    /// to right children.
    rowan_shapley_lane_move_count = 4,
};

/// A vector of nodes of one level of some trees. Sets of lanes have a bit for each.
typedef struct {
    /// Slot of the first of the lanes' children that are no leaves: left ones in the order of lanes, then right ones.
    uint32_t first_child;
    uint32_t left_child_count;
    /// Lanes whose left and right children are no leaves.
    uint32_t left_lanes;
    uint32_t right_lanes;
    /// Lanes of two leaves below a root.
    uint32_t fork_lanes;
    /// Lanes whose feature the path has asked for.
    uint32_t repeated_lanes;
} rowan_shapley_lanes;

/// Some trees of one quadrature rule, level by level.
typedef struct {
    uint32_t first_vector;
    uint32_t vector_count;
    /// Vectors of roots, which stand first.
    uint32_t root_vector_count;
    /// Points of the rule, and the walk that carries the first of them.
    uint32_t first_walk;
    uint32_t point_count;
} rowan_shapley_group;

/// What a node adds to a sum.
typedef struct {
    uint32_t slot;
    uint32_t sum;
} rowan_shapley_term;

/// The terms of a tree in the order of a walk.
typedef struct {
    uint64_t first_term;
    uint32_t term_count;
    uint32_t walk_count;
} rowan_shapley_tree_terms;

/// Everything that the kernel of a single row reads and writes. The evaluator has checked the sizes.
///
/// What stands behind an untyped address are numbers as the lanes have them, floats or doubles.
typedef struct {
    const float *_Nonnull row;
    const uint32_t *_Nonnull column_features;
    size_t kept_end;
    size_t missing_high_end;
    size_t column_count;
    /// column_count
    void *_Nonnull column_values;
    const rowan_shapley_group *_Nonnull groups;
    size_t group_count;
    const rowan_shapley_lanes *_Nonnull lanes;
    /// What lanes have of each, vector by vector.
    const void *_Nonnull numbers;
    const uint32_t *_Nonnull indices;
    const uint8_t *_Nonnull moves;
    /// rowan_walk_number_count numbers for every walk of every rule.
    const void *_Nonnull points;
    /// Numbers between the points of a group: its slots, and a vector more.
    size_t slot_stride;
    /// Points of a walk x slot_stride: the weighted product above each node, then its value.
    void *_Nonnull products;
    /// Of the same shape: factors of right edges.
    void *_Nonnull factors;
    /// slot_stride: what turns an integral into a contribution.
    void *_Nonnull gains;
    /// A vector of ones, and two for each vector of a group: 1 where the row has followed the right and the left edge.
    void *_Nonnull follows;
    /// The greatest number of walks x slot_count: what every node adds.
    void *_Nonnull contributions;
    /// Slots of all groups.
    size_t slot_count;
    const rowan_shapley_term *_Nonnull terms;
    const rowan_shapley_tree_terms *_Nonnull trees;
    /// Trees before the end of each run.
    const uint32_t *_Nonnull run_ends;
    size_t run_count;
    /// sum_count: sums of a run.
    void *_Nonnull run_sums;
    /// sum_count: the Shapley values of the row.
    double *_Nonnull sums;
    size_t sum_count;
} rowan_shapley_row;

#if defined(__x86_64__)

#if defined(__AVX512BW__)
/// The lanes of a set.
ROWAN_SHAPLEY rowan_mask rowan_mask_of(uint32_t lanes) { return (rowan_mask)lanes; }
/// Loads number by number: the instructions that gather are slow on many processors.
ROWAN_SHAPLEY rowan_doubles rowan_vector_pick(const double *_Nonnull p, const uint32_t *_Nonnull indices) {
    return _mm512_setr_pd(
        p[indices[0]], p[indices[1]], p[indices[2]], p[indices[3]], p[indices[4]], p[indices[5]], p[indices[6]],
        p[indices[7]]);
}
ROWAN_SHAPLEY rowan_mask rowan_mask_at_least_each(rowan_doubles a, rowan_doubles b) {
    return _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ);
}
/// For each lane the one whose number is moved there.
typedef __m512i rowan_vector_moves;
ROWAN_SHAPLEY rowan_vector_moves rowan_vector_moves_load(const uint8_t *_Nonnull p) {
    return _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)p));
}
ROWAN_SHAPLEY rowan_doubles rowan_vector_move(rowan_doubles v, rowan_vector_moves moves) {
    return _mm512_permutexvar_pd(moves, v);
}

ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_of(uint32_t lanes) { return (rowan_single_mask)lanes; }
ROWAN_SHAPLEY rowan_singles rowan_single_pick(const float *_Nonnull p, const uint32_t *_Nonnull indices) {
    return _mm512_setr_ps(
        p[indices[0]], p[indices[1]], p[indices[2]], p[indices[3]], p[indices[4]], p[indices[5]], p[indices[6]],
        p[indices[7]], p[indices[8]], p[indices[9]], p[indices[10]], p[indices[11]], p[indices[12]], p[indices[13]],
        p[indices[14]], p[indices[15]]);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_at_least_each(rowan_singles a, rowan_singles b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_GE_OQ);
}
typedef __m512i rowan_single_moves;
ROWAN_SHAPLEY rowan_single_moves rowan_single_moves_load(const uint8_t *_Nonnull p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)p));
}
ROWAN_SHAPLEY rowan_singles rowan_single_move(rowan_singles v, rowan_single_moves moves) {
    return _mm512_permutexvar_ps(moves, v);
}

#elif defined(__AVX2__)
ROWAN_SHAPLEY rowan_mask rowan_mask_of(uint32_t lanes) {
    const __m256i bits = _mm256_setr_epi64x(1, 2, 4, 8);
    return _mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(_mm256_set1_epi64x(lanes), bits), bits));
}
ROWAN_SHAPLEY rowan_doubles rowan_vector_pick(const double *_Nonnull p, const uint32_t *_Nonnull indices) {
    return _mm256_setr_pd(p[indices[0]], p[indices[1]], p[indices[2]], p[indices[3]]);
}
ROWAN_SHAPLEY rowan_mask rowan_mask_at_least_each(rowan_doubles a, rowan_doubles b) {
    return _mm256_cmp_pd(a, b, _CMP_GE_OQ);
}
typedef __m256i rowan_vector_moves;
ROWAN_SHAPLEY rowan_vector_moves rowan_vector_moves_load(const uint8_t *_Nonnull p) {
    // AVX2 moves single words alone: two for each lane, the low one first.
    uint32_t bytes;
    __builtin_memcpy(&bytes, p, sizeof bytes);
    const __m256i low = _mm256_slli_epi64(_mm256_cvtepu8_epi64(_mm_cvtsi32_si128((int)bytes)), 1);
    return _mm256_add_epi32(_mm256_or_si256(low, _mm256_slli_epi64(low, 32)), _mm256_set1_epi64x(1LL << 32));
}
ROWAN_SHAPLEY rowan_doubles rowan_vector_move(rowan_doubles v, rowan_vector_moves moves) {
    return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(v), moves));
}

ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_of(uint32_t lanes) {
    const __m256i bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)lanes), bits), bits));
}
ROWAN_SHAPLEY rowan_singles rowan_single_pick(const float *_Nonnull p, const uint32_t *_Nonnull indices) {
    return _mm256_setr_ps(
        p[indices[0]], p[indices[1]], p[indices[2]], p[indices[3]], p[indices[4]], p[indices[5]], p[indices[6]],
        p[indices[7]]);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_at_least_each(rowan_singles a, rowan_singles b) {
    return _mm256_cmp_ps(a, b, _CMP_GE_OQ);
}
typedef __m256i rowan_single_moves;
ROWAN_SHAPLEY rowan_single_moves rowan_single_moves_load(const uint8_t *_Nonnull p) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p));
}
ROWAN_SHAPLEY rowan_singles rowan_single_move(rowan_singles v, rowan_single_moves moves) {
    return _mm256_permutevar8x32_ps(v, moves);
}

#else
ROWAN_SHAPLEY rowan_mask rowan_mask_of(uint32_t lanes) {
    const int low = lanes & 1 ? -1 : 0, high = lanes & 2 ? -1 : 0;
    return _mm_castsi128_pd(_mm_setr_epi32(low, low, high, high));
}
ROWAN_SHAPLEY rowan_doubles rowan_vector_pick(const double *_Nonnull p, const uint32_t *_Nonnull indices) {
    return _mm_setr_pd(p[indices[0]], p[indices[1]]);
}
ROWAN_SHAPLEY rowan_mask rowan_mask_at_least_each(rowan_doubles a, rowan_doubles b) { return _mm_cmpge_pd(a, b); }
// Without an instruction for it, numbers are moved through memory.
typedef struct {
    uint8_t lanes[2];
} rowan_vector_moves;
ROWAN_SHAPLEY rowan_vector_moves rowan_vector_moves_load(const uint8_t *_Nonnull p) {
    rowan_vector_moves moves;
    __builtin_memcpy(&moves, p, sizeof moves);
    return moves;
}
ROWAN_SHAPLEY rowan_doubles rowan_vector_move(rowan_doubles v, rowan_vector_moves moves) {
    double numbers[2];
    _mm_storeu_pd(numbers, v);
    return _mm_setr_pd(numbers[moves.lanes[0]], numbers[moves.lanes[1]]);
}

ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_of(uint32_t lanes) {
    const __m128i bits = _mm_setr_epi32(1, 2, 4, 8);
    return _mm_castsi128_ps(_mm_cmpeq_epi32(_mm_and_si128(_mm_set1_epi32((int)lanes), bits), bits));
}
ROWAN_SHAPLEY rowan_singles rowan_single_pick(const float *_Nonnull p, const uint32_t *_Nonnull indices) {
    return _mm_setr_ps(p[indices[0]], p[indices[1]], p[indices[2]], p[indices[3]]);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_at_least_each(rowan_singles a, rowan_singles b) {
    return _mm_cmpge_ps(a, b);
}
typedef struct {
    uint8_t lanes[4];
} rowan_single_moves;
ROWAN_SHAPLEY rowan_single_moves rowan_single_moves_load(const uint8_t *_Nonnull p) {
    rowan_single_moves moves;
    __builtin_memcpy(&moves, p, sizeof moves);
    return moves;
}
ROWAN_SHAPLEY rowan_singles rowan_single_move(rowan_singles v, rowan_single_moves moves) {
    float numbers[4];
    _mm_storeu_ps(numbers, v);
    return _mm_setr_ps(
        numbers[moves.lanes[0]], numbers[moves.lanes[1]], numbers[moves.lanes[2]], numbers[moves.lanes[3]]);
}
#endif
#endif
