#pragma once
// What the kernel of Shapley values needs: its layouts, and one double or one float per row of a few rows in a vector.
//
// Included by CVectorPrimitives.h; the same rules hold.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---------------------------------------------------------------------------------------------------------------------
// Layouts shared by the evaluator, which fills them, and the kernel, which reads them.

/// An inner node. Values that are at least `threshold` go right.
typedef struct {
    double threshold;
    /// The parts of the cover that go left and right; together 1.
    double left_share;
    double right_share;
    /// Product of the shares of the path's earlier edges that ask for the same feature; 1 where there is none.
    double earlier_share;
    /// Values of children that are leaves.
    double left_value;
    double right_value;
    uint32_t column;
    /// Index of the sum of the node's feature.
    uint32_t sum;
    /// Level of the nearest ancestor that asks for the same feature; -1 where there is none.
    int32_t earlier_level;
    /// Bit 0: the left child is a leaf; bit 1: the right one.
    uint32_t leaf_children;
} rowan_shapley_node;

/// What a step of a walk does with a node: bits 0-1 of a step, the node being bits 6 and up.
enum {
    /// Comes to the node.
    rowan_step_enter = 0,
    /// Has been in both subtrees.
    rowan_step_leave = 1,
    /// Both at once, for a twig: a node below the root whose children are leaves or have two leaves each.
    rowan_step_visit = 2,
    rowan_step_action = 3,
    /// Bit 2: the node is a right child; bit 3: it is the root.
    rowan_step_right = 4,
    rowan_step_root = 8,
    /// Bit 4: the left child of a twig has two leaves and is the next node; bit 5: its right child has, and follows.
    rowan_step_left_fork = 16,
    rowan_step_right_fork = 32,
    rowan_step_node_shift = 6,
};

/// A tree of at least one inner node.
typedef struct {
    uint64_t first_step;
    uint64_t step_count;
    /// Points of the quadrature rule over [0, 1], and the walk that carries the first of them.
    uint32_t first_walk;
    uint32_t point_count;
} rowan_shapley_tree;

enum {
    /// Points that one walk through a tree carries.
    rowan_walk_point_count = 8,
    /// Numbers of a node's factors: right child followed, not followed, left child followed, not followed, and the
    /// density of the node's variable.
    rowan_level_factor_count = 5 * rowan_walk_point_count,
    /// Nodes of a twig.
    rowan_twig_node_count = 3,
    /// Numbers of the points of one walk: of each where it is, 1 minus that, and its weight. Places behind the last
    /// point hold 1, 0 and 0.
    rowan_walk_number_count = 3 * rowan_walk_point_count,
};

/// Everything that the kernel reads and writes. The evaluator has checked the sizes.
///
/// What stands behind an untyped address are numbers as the lanes have them, floats or doubles.
typedef struct {
    const float *_Nonnull rows;
    size_t feature_count;
    /// Rows that exist, at least 1 and at most the rows of all vectors.
    size_t row_count;
    size_t vector_count;
    /// What values of the rows the trees compare, as in the other kernels.
    const uint32_t *_Nonnull column_features;
    size_t kept_end;
    size_t missing_high_end;
    size_t column_count;
    /// column_count x vector_count vectors
    void *_Nonnull column_values;
    /// Whether the columns are to be filled from the rows; else they are those of the call before.
    bool fills_columns;
    const rowan_shapley_node *_Nonnull nodes;
    const uint32_t *_Nonnull steps;
    const rowan_shapley_tree *_Nonnull trees;
    size_t tree_count;
    /// rowan_walk_number_count numbers for every walk of every rule.
    const void *_Nonnull points;
    /// The most points of a walk, at most rowan_walk_point_count.
    size_t walk_point_count;
    /// level_count: the node of each level that the walk has come to.
    uint32_t *_Nonnull level_nodes;
    /// (level_count + rowan_twig_node_count) x 5 x rowan_walk_point_count: those of twigs stand behind those of levels.
    void *_Nonnull factors;
    size_t level_count;
    /// level_count x 3 x vector_count x walk_point_count vectors: of each level the weighted product of the
    /// factors above it, then the values of its left and of its right node.
    void *_Nonnull level_values;
    /// level_count x 3 x vector_count masks: of each level who goes right, who has followed the path's earlier edges of
    /// the same feature, and who follows the edge that the walk has taken.
    uint8_t *_Nonnull masks;
    /// sum_count x vector_count vectors: the Shapley values of the rows.
    void *_Nonnull sums;
    size_t sum_count;
} rowan_shapley_block;

#if defined(__x86_64__)
#include <immintrin.h>
#define ROWAN_SHAPLEY static inline __attribute__((always_inline))

// One double per row, and the same with one float per row.
#if defined(__AVX512BW__)
typedef __m512d rowan_doubles;
typedef __mmask8 rowan_mask;
enum { rowan_double_count = 8, rowan_mask_byte_count = 1 };
ROWAN_SHAPLEY rowan_doubles rowan_vector_load(const double *_Nonnull p) { return _mm512_loadu_pd(p); }
ROWAN_SHAPLEY void rowan_vector_store(double *_Nonnull p, rowan_doubles v) { _mm512_storeu_pd(p, v); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_of(double x) { return _mm512_set1_pd(x); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_add(rowan_doubles a, rowan_doubles b) { return _mm512_add_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_subtract(rowan_doubles a, rowan_doubles b) { return _mm512_sub_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_multiply(rowan_doubles a, rowan_doubles b) { return _mm512_mul_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_divide(rowan_doubles a, rowan_doubles b) { return _mm512_div_pd(a, b); }
/// `yes` in the rows of the mask, else `no`.
ROWAN_SHAPLEY rowan_doubles rowan_vector_choose(rowan_mask mask, rowan_doubles yes, rowan_doubles no) {
    return _mm512_mask_blend_pd(mask, no, yes);
}
/// The rows whose value is at least `threshold`; NaN is at least nothing.
ROWAN_SHAPLEY rowan_mask rowan_mask_at_least(const double *_Nonnull values, double threshold) {
    return _mm512_cmp_pd_mask(_mm512_loadu_pd(values), _mm512_set1_pd(threshold), _CMP_GE_OQ);
}
ROWAN_SHAPLEY rowan_mask rowan_mask_all(void) { return 0xFF; }
ROWAN_SHAPLEY rowan_mask rowan_mask_and(rowan_mask a, rowan_mask b) { return a & b; }
/// The rows of `a` that are not rows of `b`.
ROWAN_SHAPLEY rowan_mask rowan_mask_without(rowan_mask a, rowan_mask b) { return (rowan_mask)(a & ~b); }
ROWAN_SHAPLEY rowan_mask rowan_mask_load(const uint8_t *_Nonnull p) { return *p; }
ROWAN_SHAPLEY void rowan_mask_store(uint8_t *_Nonnull p, rowan_mask mask) { *p = mask; }

typedef __m512 rowan_singles;
typedef __mmask16 rowan_single_mask;
enum { rowan_single_count = 16, rowan_single_mask_byte_count = 2 };
ROWAN_SHAPLEY rowan_singles rowan_single_load(const float *_Nonnull p) { return _mm512_loadu_ps(p); }
ROWAN_SHAPLEY void rowan_single_store(float *_Nonnull p, rowan_singles v) { _mm512_storeu_ps(p, v); }
ROWAN_SHAPLEY rowan_singles rowan_single_of(float x) { return _mm512_set1_ps(x); }
ROWAN_SHAPLEY rowan_singles rowan_single_add(rowan_singles a, rowan_singles b) { return _mm512_add_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_subtract(rowan_singles a, rowan_singles b) { return _mm512_sub_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_multiply(rowan_singles a, rowan_singles b) { return _mm512_mul_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_divide(rowan_singles a, rowan_singles b) { return _mm512_div_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_choose(rowan_single_mask mask, rowan_singles yes, rowan_singles no) {
    return _mm512_mask_blend_ps(mask, no, yes);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_at_least(const float *_Nonnull values, float threshold) {
    return _mm512_cmp_ps_mask(_mm512_loadu_ps(values), _mm512_set1_ps(threshold), _CMP_GE_OQ);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_all(void) { return 0xFFFF; }
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_and(rowan_single_mask a, rowan_single_mask b) { return a & b; }
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_without(rowan_single_mask a, rowan_single_mask b) {
    return (rowan_single_mask)(a & ~b);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_load(const uint8_t *_Nonnull p) {
    rowan_single_mask mask;
    __builtin_memcpy(&mask, p, sizeof mask);
    return mask;
}
ROWAN_SHAPLEY void rowan_single_mask_store(uint8_t *_Nonnull p, rowan_single_mask mask) {
    __builtin_memcpy(p, &mask, sizeof mask);
}

#elif defined(__AVX2__)
typedef __m256d rowan_doubles;
typedef __m256d rowan_mask;
enum { rowan_double_count = 4, rowan_mask_byte_count = 32 };
ROWAN_SHAPLEY rowan_doubles rowan_vector_load(const double *_Nonnull p) { return _mm256_loadu_pd(p); }
ROWAN_SHAPLEY void rowan_vector_store(double *_Nonnull p, rowan_doubles v) { _mm256_storeu_pd(p, v); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_of(double x) { return _mm256_set1_pd(x); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_add(rowan_doubles a, rowan_doubles b) { return _mm256_add_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_subtract(rowan_doubles a, rowan_doubles b) { return _mm256_sub_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_multiply(rowan_doubles a, rowan_doubles b) { return _mm256_mul_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_divide(rowan_doubles a, rowan_doubles b) { return _mm256_div_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_choose(rowan_mask mask, rowan_doubles yes, rowan_doubles no) {
    return _mm256_blendv_pd(no, yes, mask);
}
ROWAN_SHAPLEY rowan_mask rowan_mask_at_least(const double *_Nonnull values, double threshold) {
    return _mm256_cmp_pd(_mm256_loadu_pd(values), _mm256_set1_pd(threshold), _CMP_GE_OQ);
}
ROWAN_SHAPLEY rowan_mask rowan_mask_all(void) { return _mm256_castsi256_pd(_mm256_set1_epi64x(-1)); }
ROWAN_SHAPLEY rowan_mask rowan_mask_and(rowan_mask a, rowan_mask b) { return _mm256_and_pd(a, b); }
ROWAN_SHAPLEY rowan_mask rowan_mask_without(rowan_mask a, rowan_mask b) { return _mm256_andnot_pd(b, a); }
ROWAN_SHAPLEY rowan_mask rowan_mask_load(const uint8_t *_Nonnull p) { return _mm256_loadu_pd((const double *)p); }
ROWAN_SHAPLEY void rowan_mask_store(uint8_t *_Nonnull p, rowan_mask mask) { _mm256_storeu_pd((double *)p, mask); }

typedef __m256 rowan_singles;
typedef __m256 rowan_single_mask;
enum { rowan_single_count = 8, rowan_single_mask_byte_count = 32 };
ROWAN_SHAPLEY rowan_singles rowan_single_load(const float *_Nonnull p) { return _mm256_loadu_ps(p); }
ROWAN_SHAPLEY void rowan_single_store(float *_Nonnull p, rowan_singles v) { _mm256_storeu_ps(p, v); }
ROWAN_SHAPLEY rowan_singles rowan_single_of(float x) { return _mm256_set1_ps(x); }
ROWAN_SHAPLEY rowan_singles rowan_single_add(rowan_singles a, rowan_singles b) { return _mm256_add_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_subtract(rowan_singles a, rowan_singles b) { return _mm256_sub_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_multiply(rowan_singles a, rowan_singles b) { return _mm256_mul_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_divide(rowan_singles a, rowan_singles b) { return _mm256_div_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_choose(rowan_single_mask mask, rowan_singles yes, rowan_singles no) {
    return _mm256_blendv_ps(no, yes, mask);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_at_least(const float *_Nonnull values, float threshold) {
    return _mm256_cmp_ps(_mm256_loadu_ps(values), _mm256_set1_ps(threshold), _CMP_GE_OQ);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_all(void) { return _mm256_castsi256_ps(_mm256_set1_epi32(-1)); }
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_and(rowan_single_mask a, rowan_single_mask b) {
    return _mm256_and_ps(a, b);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_without(rowan_single_mask a, rowan_single_mask b) {
    return _mm256_andnot_ps(b, a);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_load(const uint8_t *_Nonnull p) {
    return _mm256_loadu_ps((const float *)p);
}
ROWAN_SHAPLEY void rowan_single_mask_store(uint8_t *_Nonnull p, rowan_single_mask mask) {
    _mm256_storeu_ps((float *)p, mask);
}

#else
typedef __m128d rowan_doubles;
typedef __m128d rowan_mask;
enum { rowan_double_count = 2, rowan_mask_byte_count = 16 };
ROWAN_SHAPLEY rowan_doubles rowan_vector_load(const double *_Nonnull p) { return _mm_loadu_pd(p); }
ROWAN_SHAPLEY void rowan_vector_store(double *_Nonnull p, rowan_doubles v) { _mm_storeu_pd(p, v); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_of(double x) { return _mm_set1_pd(x); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_add(rowan_doubles a, rowan_doubles b) { return _mm_add_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_subtract(rowan_doubles a, rowan_doubles b) { return _mm_sub_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_multiply(rowan_doubles a, rowan_doubles b) { return _mm_mul_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_divide(rowan_doubles a, rowan_doubles b) { return _mm_div_pd(a, b); }
ROWAN_SHAPLEY rowan_doubles rowan_vector_choose(rowan_mask mask, rowan_doubles yes, rowan_doubles no) {
    // Bits of zero and of numbers; one instruction more than a blend, which not every importer's target has.
    return _mm_or_pd(_mm_and_pd(mask, yes), _mm_andnot_pd(mask, no));
}
ROWAN_SHAPLEY rowan_mask rowan_mask_at_least(const double *_Nonnull values, double threshold) {
    return _mm_cmpge_pd(_mm_loadu_pd(values), _mm_set1_pd(threshold));
}
ROWAN_SHAPLEY rowan_mask rowan_mask_all(void) { return _mm_castsi128_pd(_mm_set1_epi32(-1)); }
ROWAN_SHAPLEY rowan_mask rowan_mask_and(rowan_mask a, rowan_mask b) { return _mm_and_pd(a, b); }
ROWAN_SHAPLEY rowan_mask rowan_mask_without(rowan_mask a, rowan_mask b) { return _mm_andnot_pd(b, a); }
ROWAN_SHAPLEY rowan_mask rowan_mask_load(const uint8_t *_Nonnull p) { return _mm_loadu_pd((const double *)p); }
ROWAN_SHAPLEY void rowan_mask_store(uint8_t *_Nonnull p, rowan_mask mask) { _mm_storeu_pd((double *)p, mask); }

typedef __m128 rowan_singles;
typedef __m128 rowan_single_mask;
enum { rowan_single_count = 4, rowan_single_mask_byte_count = 16 };
ROWAN_SHAPLEY rowan_singles rowan_single_load(const float *_Nonnull p) { return _mm_loadu_ps(p); }
ROWAN_SHAPLEY void rowan_single_store(float *_Nonnull p, rowan_singles v) { _mm_storeu_ps(p, v); }
ROWAN_SHAPLEY rowan_singles rowan_single_of(float x) { return _mm_set1_ps(x); }
ROWAN_SHAPLEY rowan_singles rowan_single_add(rowan_singles a, rowan_singles b) { return _mm_add_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_subtract(rowan_singles a, rowan_singles b) { return _mm_sub_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_multiply(rowan_singles a, rowan_singles b) { return _mm_mul_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_divide(rowan_singles a, rowan_singles b) { return _mm_div_ps(a, b); }
ROWAN_SHAPLEY rowan_singles rowan_single_choose(rowan_single_mask mask, rowan_singles yes, rowan_singles no) {
    return _mm_or_ps(_mm_and_ps(mask, yes), _mm_andnot_ps(mask, no));
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_at_least(const float *_Nonnull values, float threshold) {
    return _mm_cmpge_ps(_mm_loadu_ps(values), _mm_set1_ps(threshold));
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_all(void) { return _mm_castsi128_ps(_mm_set1_epi32(-1)); }
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_and(rowan_single_mask a, rowan_single_mask b) {
    return _mm_and_ps(a, b);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_without(rowan_single_mask a, rowan_single_mask b) {
    return _mm_andnot_ps(b, a);
}
ROWAN_SHAPLEY rowan_single_mask rowan_single_mask_load(const uint8_t *_Nonnull p) {
    return _mm_loadu_ps((const float *)p);
}
ROWAN_SHAPLEY void rowan_single_mask_store(uint8_t *_Nonnull p, rowan_single_mask mask) {
    _mm_storeu_ps((float *)p, mask);
}
#endif
#endif
