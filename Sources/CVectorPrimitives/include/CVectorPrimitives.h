#pragma once
// What the forest kernels need and Swift cannot say: single vector instructions, chosen by the instruction set that the
// importing target is compiled for, CPU identification, and the memory layout that engines and kernels share.
//
// Every vector function is one instruction or a few, has one definition per instruction set, and is inlined into the
// Swift loop that calls it. The kernels above read the same for all of them; where an instruction set needs another
// algorithm, it has its own Swift file.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "BinCountPrimitives.h"
#include "EncoderPrimitives.h"
#include "RankedRowPrimitives.h"
#include "ShapleyPrimitives.h"
#include "ShapleyRowPrimitives.h"
#include "VectorScanPrimitives.h"

// ---------------------------------------------------------------------------------------------------------------------
// Layouts shared by the engines, which fill them, and the kernels, which read them.

/// A node of a tree that is walked: the value of `column` goes right, to `left + 2`, where it is at least `threshold`.
/// `left` counts in units of eight bytes from the first node. A leaf has the threshold NaN, to which no value compares,
/// and itself as left child, so that a walk may run longer than the tree is deep.
typedef struct {
    float threshold;
    uint32_t column;
    uint32_t left;
    /// Index of a leaf's value; 0 in an inner node.
    uint32_t leaf;
} rowan_walk_node;

/// Up to eight trees that are walked side by side; absent ones repeat the first.
typedef struct {
    uint32_t roots[8];
    uint32_t tree_count;
    /// Steps that reach a leaf in all of them.
    uint32_t depth;
} rowan_walk_group;

/// A question of an oblivious tree.
typedef struct {
    float threshold;
    uint32_t column;
} rowan_split;

/// An oblivious tree of `depth` splits and `2^depth` leaves.
typedef struct {
    uint32_t first_split;
    uint32_t first_leaf;
    uint32_t depth;
} rowan_oblivious_tree;

/// Which values of a row the trees compare, and what stands for a missing one.
///
/// Columns `0 ..< kept_end` are the values themselves, so that NaN is at least nothing and goes left; in
/// `kept_end ..< missing_high_end` NaN becomes +infinity and goes right; in the rest, which serve questions that only a
/// missing value answers with right, NaN becomes +infinity and everything else -infinity.
typedef struct {
    const uint32_t *_Nonnull features;
    size_t kept_end;
    size_t missing_high_end;
    size_t count;
} rowan_columns;

/// How a block finds the leaves of a tree.
typedef enum {
    /// A network of selects over the conditions of a tree padded to one depth.
    rowan_plane_perfect,
    /// The conditions are the bits of the leaf's number.
    rowan_plane_oblivious,
    /// A tree of any shape: which rows reach a node is handed down from parents to children.
    rowan_plane_free,
} rowan_plane_shape;

/// Up to four trees of one margin, shape and (padded) depth, which stand one behind the other in the tables.
typedef struct {
    /// A perfect tree has `2^depth` plane offsets in heap order, of which the first is unused; an oblivious tree has
    /// `depth`, the first for bit 0 of the leaf's number; the nodes of all free trees of a group stand together,
    /// parents before their children.
    uint32_t first_place;
    /// A tree has `max(2^depth, 16)` leaf values, left to right.
    uint32_t first_leaf;
    /// Bits of a leaf's number.
    uint32_t depth;
    uint32_t tree_count;
    uint32_t margin;
    rowan_plane_shape shape;
    /// Inner nodes of all free trees of the group.
    uint32_t node_count;
    /// Leaves of each free tree, at most 256.
    uint16_t leaf_counts[4];
} rowan_plane_group;

/// An inner node of a free tree.
typedef struct {
    /// As in `plane_offsets`.
    uint32_t plane_offset;
    /// Where the rows are kept that reach the node, and those that go left and right, in bytes from `reach`.
    uint32_t own;
    uint32_t left;
    uint32_t right;
} rowan_plane_node;

/// A binary search for the ranks of a column's values among up to 255 of its sorted thresholds.
typedef struct {
    uint32_t column;
    /// Condition of the lowest threshold; the others follow.
    uint32_t first_condition;
    uint32_t condition_count;
    /// Decisions that a search takes, 1 to 8.
    uint32_t level_count;
    /// First float of the search's tables: sixteen for each of the first five levels, then 32, 64 and 128. A level's
    /// table holds the threshold for each way to the level, at the way's decisions read as a number, the first decision
    /// as the lowest bit; NaN where there is no threshold.
    uint32_t first_table;
} rowan_rank_search;

/// Everything that the block kernel reads and writes. The engine has checked the sizes.
typedef struct {
    const float *_Nonnull rows;
    size_t feature_count;
    /// Rows that exist, at least 1.
    size_t row_count;
    /// Rows that are computed: 64, 128, 256 or 512, at most the bits of the instruction set's
    /// vector. Rows behind the last repeat it.
    size_t row_capacity;
    rowan_columns columns;
    /// column_count x (row_capacity + 16)
    float *_Nonnull column_values;
    /// First condition of each column, and the condition count.
    const uint32_t *_Nonnull condition_starts;
    const float *_Nonnull thresholds;
    size_t condition_count;
    /// Searches over all columns, for instruction sets that find conditions by ranks.
    const rowan_rank_search *_Nonnull searches;
    size_t search_count;
    const float *_Nonnull search_tables;
    /// Eight planes for the ranks of each search, and 36 planes more.
    uint8_t *_Nonnull rank_planes;
    /// (condition_count + 1) planes of row_capacity bits, one behind the other; the last one holds zeros. Behind it is
    /// room for a vector.
    uint8_t *_Nonnull planes;
    const rowan_plane_group *_Nonnull groups;
    size_t group_count;
    /// Planes by their distance from the first in a full block, in units of eight bytes.
    const uint32_t *_Nonnull plane_offsets;
    const rowan_plane_node *_Nonnull free_nodes;
    /// Which rows reach the leaves and inner nodes of the free trees in work, a vector each. The first holds ones and
    /// is that of all roots; the leaves of the trees follow, each tree's up to whole eights, then inner nodes.
    uint8_t *_Nonnull reach;
    /// Leaf values as `packLeaves` of the instruction set arranged them.
    const void *_Nonnull leaves;
    /// 4 x row_capacity + 64 bytes
    uint8_t *_Nonnull leaf_numbers;
    /// margin_count x row_capacity sums, holding the start value; rows stand in the kernel's own order.
    void *_Nonnull sums;
} rowan_block;

/// Everything that the row kernel reads and writes. The engine has checked the sizes.
typedef struct {
    /// One value per column.
    const float *_Nonnull column_values;
    /// vector_count x 16: the thresholds of each column, NaN behind its last one up to a multiple of sixteen.
    const float *_Nonnull thresholds;
    /// The column that each sixteen thresholds belong to.
    const uint32_t *_Nonnull vector_columns;
    size_t vector_count;
    /// (vector_count + 1) x 16 bytes; the last sixteen are zero.
    uint8_t *_Nonnull answers;
    const rowan_plane_group *_Nonnull groups;
    size_t group_count;
    int trees_are_oblivious;
    /// Answers by their place, arranged as the plane offsets of a block are.
    const uint16_t *_Nonnull answer_places;
    /// Leaf values, `max(2^depth, 16)` per tree.
    const void *_Nonnull leaves;
    /// One sum per margin, holding the start value.
    void *_Nonnull sums;
} rowan_row;

// ---------------------------------------------------------------------------------------------------------------------
// Identification of the processor (primitives.c).

/// Registers eax, ebx, ecx, edx that CPUID returns; zeros where the leaf does not exist.
void rowan_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[_Nonnull 4]);
/// Register states that the operating system saves (XCR0); 0 where it does not say.
uint64_t rowan_saved_register_states(void);

// ---------------------------------------------------------------------------------------------------------------------
// Vector instructions.

#if defined(__x86_64__)
#include <immintrin.h>
#define ROWAN_PRIMITIVE static inline __attribute__((always_inline))

#if defined(__AVX512BW__)
/// A vector of bits, one per row of a full block.
typedef __m512i rowan_plane;
/// A plane as words of 64 rows.
typedef uint64_t rowan_plane_words __attribute__((ext_vector_type(8)));
enum { rowan_plane_bit_count = 512 };
ROWAN_PRIMITIVE rowan_plane rowan_plane_load(const void *_Nonnull p) { return _mm512_loadu_si512(p); }
ROWAN_PRIMITIVE void rowan_plane_store(void *_Nonnull p, rowan_plane v) { _mm512_storeu_si512(p, v); }
ROWAN_PRIMITIVE rowan_plane rowan_plane_bytes(uint8_t byte) { return _mm512_set1_epi8((char)byte); }
ROWAN_PRIMITIVE rowan_plane rowan_plane_and(rowan_plane a, rowan_plane b) { return _mm512_and_si512(a, b); }
/// Stores sixteen bytes: 1 where `value` is at least the threshold, else 0.
ROWAN_PRIMITIVE void rowan_store_answers(uint8_t *_Nonnull answers, const float *_Nonnull thresholds, float value) {
    const __mmask16 reached = _mm512_cmp_ps_mask(_mm512_loadu_ps(thresholds), _mm512_set1_ps(value), _CMP_LE_OQ);
    _mm_storeu_si128((__m128i *)answers, _mm_maskz_set1_epi8(reached, 1));
}

// Leaf values by permutes. An index lane is 32 bits wide; the lookup ignores the bits above those of the table.
ROWAN_PRIMITIVE __m512i rowan_lanes_load(const void *_Nonnull p) { return _mm512_loadu_si512(p); }
ROWAN_PRIMITIVE __m512i rowan_lanes_shift_down(__m512i a, const unsigned count) { return _mm512_srli_epi32(a, count); }
ROWAN_PRIMITIVE __m512i rowan_look_up_16(__m512i index, const uint32_t *_Nonnull table) {
    return _mm512_permutexvar_epi32(index, _mm512_loadu_si512(table));
}
ROWAN_PRIMITIVE __m512i rowan_look_up_32(__m512i index, const uint32_t *_Nonnull table) {
    return _mm512_permutex2var_epi32(_mm512_loadu_si512(table), index, _mm512_loadu_si512(table + 16));
}
/// `high` where the bit of `index` that has the value `bit` is set, else `low`.
ROWAN_PRIMITIVE __m512i rowan_lanes_choose(__m512i index, const uint32_t bit, __m512i low, __m512i high) {
    return _mm512_mask_blend_epi32(_mm512_test_epi32_mask(index, _mm512_set1_epi32((int)bit)), low, high);
}
ROWAN_PRIMITIVE __m512 rowan_floats_load(const float *_Nonnull p) { return _mm512_loadu_ps(p); }
ROWAN_PRIMITIVE void rowan_floats_store(float *_Nonnull p, __m512 v) { _mm512_storeu_ps(p, v); }
ROWAN_PRIMITIVE __m512 rowan_floats_add(__m512 sum, __m512i bits) {
    return _mm512_add_ps(sum, _mm512_castsi512_ps(bits));
}
ROWAN_PRIMITIVE __m512d rowan_doubles_load(const double *_Nonnull p) { return _mm512_loadu_pd(p); }
ROWAN_PRIMITIVE void rowan_doubles_store(double *_Nonnull p, __m512d v) { _mm512_storeu_pd(p, v); }
/// Adds the doubles whose low and high words stand in lanes 0, 1, 4, 5, 8, 9, 12, 13.
ROWAN_PRIMITIVE __m512d rowan_doubles_add_low(__m512d sum, __m512i low_words, __m512i high_words) {
    return _mm512_add_pd(sum, _mm512_castsi512_pd(_mm512_unpacklo_epi32(low_words, high_words)));
}
/// Adds the doubles whose low and high words stand in lanes 2, 3, 6, 7, 10, 11, 14, 15.
ROWAN_PRIMITIVE __m512d rowan_doubles_add_high(__m512d sum, __m512i low_words, __m512i high_words) {
    return _mm512_add_pd(sum, _mm512_castsi512_pd(_mm512_unpackhi_epi32(low_words, high_words)));
}

// Ranks of sixteen values by binary search.
/// Bit i is set where value i is at least threshold i; NaN is at least nothing, and nothing is at least NaN.
ROWAN_PRIMITIVE uint16_t rowan_reaches(__m512 values, __m512 thresholds) {
    return _mm512_cmp_ps_mask(thresholds, values, _CMP_LE_OQ);
}
/// Decisions so far, one number per value; the first has the value 1.
ROWAN_PRIMITIVE __m512i rowan_path_start(uint16_t decisions) { return _mm512_maskz_set1_epi32(decisions, 1); }
ROWAN_PRIMITIVE __m512i rowan_path_append(__m512i path, uint16_t decisions, const int bit) {
    return _mm512_mask_or_epi32(path, decisions, path, _mm512_set1_epi32(bit));
}
ROWAN_PRIMITIVE __m512 rowan_pick_16(__m512i path, __m512 table) { return _mm512_permutexvar_ps(path, table); }
ROWAN_PRIMITIVE __m512 rowan_pick_32(__m512i path, __m512 low, __m512 high) {
    return _mm512_permutex2var_ps(low, path, high);
}
/// `high` where a bit of the mask is set, else `low`.
ROWAN_PRIMITIVE __m512 rowan_floats_choose(uint16_t mask, __m512 low, __m512 high) {
    return _mm512_mask_blend_ps(mask, low, high);
}
/// The first `bit_count` bits of a plane, 64, 128, 256 or 512, as often as they fit a vector.
ROWAN_PRIMITIVE rowan_plane rowan_plane_repeat(const void *_Nonnull p, const size_t bit_count) {
    if (bit_count == 64) return _mm512_broadcastq_epi64(_mm_loadl_epi64((const __m128i *)p));
    if (bit_count == 128) return _mm512_broadcast_i64x2(_mm_loadu_si128((const __m128i *)p));
    if (bit_count == 256) return _mm512_broadcast_i64x4(_mm256_loadu_si256((const __m256i *)p));
    return _mm512_loadu_si512(p);
}
/// a | (b & c)
ROWAN_PRIMITIVE rowan_plane rowan_plane_or_and(rowan_plane a, rowan_plane b, rowan_plane c) {
    return _mm512_ternarylogic_epi64(a, b, c, 0xF8);
}

enum { rowan_transposed_row_count = 16 };
/// Turns sixteen rows of four values, `row_stride` apart, into four columns, `column_stride` apart.
ROWAN_PRIMITIVE void rowan_transpose(
    const float *_Nonnull rows, size_t row_stride, float *_Nonnull columns, size_t column_stride) {
    __m512 quarters[4];
    // Broadcasting loads place the quarters without a shuffle; two rounds of shuffles within quarters remain.
    for (int i = 0; i < 4; i++) {
        const float *q = rows + (size_t)i * row_stride;
        __m512 a = _mm512_castps128_ps512(_mm_loadu_ps(q));
        a = _mm512_mask_broadcast_f32x4(a, 0x00F0, _mm_loadu_ps(q + 4 * row_stride));
        a = _mm512_mask_broadcast_f32x4(a, 0x0F00, _mm_loadu_ps(q + 8 * row_stride));
        quarters[i] = _mm512_mask_broadcast_f32x4(a, 0xF000, _mm_loadu_ps(q + 12 * row_stride));
    }
    const __m512 a = _mm512_unpacklo_ps(quarters[0], quarters[1]), b = _mm512_unpackhi_ps(quarters[0], quarters[1]);
    const __m512 c = _mm512_unpacklo_ps(quarters[2], quarters[3]), d = _mm512_unpackhi_ps(quarters[2], quarters[3]);
    _mm512_storeu_ps(columns, _mm512_shuffle_ps(a, c, 0x44));
    _mm512_storeu_ps(columns + column_stride, _mm512_shuffle_ps(a, c, 0xEE));
    _mm512_storeu_ps(columns + 2 * column_stride, _mm512_shuffle_ps(b, d, 0x44));
    _mm512_storeu_ps(columns + 3 * column_stride, _mm512_shuffle_ps(b, d, 0xEE));
}

#elif defined(__AVX2__)
typedef __m256i rowan_plane;
/// A plane as words of 64 rows.
typedef uint64_t rowan_plane_words __attribute__((ext_vector_type(4)));
enum { rowan_plane_bit_count = 256 };
ROWAN_PRIMITIVE rowan_plane rowan_plane_load(const void *_Nonnull p) { return _mm256_loadu_si256((const __m256i *)p); }
ROWAN_PRIMITIVE void rowan_plane_store(void *_Nonnull p, rowan_plane v) { _mm256_storeu_si256((__m256i *)p, v); }
ROWAN_PRIMITIVE rowan_plane rowan_plane_bytes(uint8_t byte) { return _mm256_set1_epi8((char)byte); }
ROWAN_PRIMITIVE rowan_plane rowan_plane_and(rowan_plane a, rowan_plane b) { return _mm256_and_si256(a, b); }
ROWAN_PRIMITIVE rowan_plane rowan_plane_or(rowan_plane a, rowan_plane b) { return _mm256_or_si256(a, b); }
ROWAN_PRIMITIVE rowan_plane rowan_plane_shift_up(rowan_plane a, const unsigned count) {
    return _mm256_slli_epi64(a, (int)count);
}
ROWAN_PRIMITIVE __m256 rowan_floats_load(const float *_Nonnull p) { return _mm256_loadu_ps(p); }
ROWAN_PRIMITIVE rowan_plane rowan_plane_repeat(const void *_Nonnull p, const size_t bit_count) {
    if (bit_count == 64) return _mm256_broadcastq_epi64(_mm_loadl_epi64((const __m128i *)p));
    if (bit_count == 128) return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)p));
    return _mm256_loadu_si256((const __m256i *)p);
}
ROWAN_PRIMITIVE rowan_plane rowan_plane_or_and(rowan_plane a, rowan_plane b, rowan_plane c) {
    return _mm256_or_si256(a, _mm256_and_si256(b, c));
}

// Ranks of eight values by binary search. Decisions are a vector of masks.
/// All bits of lane i are set where value i is at least threshold i; NaN is at least nothing, nothing is at least NaN.
ROWAN_PRIMITIVE __m256 rowan_reaches(__m256 values, __m256 thresholds) {
    return _mm256_cmp_ps(thresholds, values, _CMP_LE_OQ);
}
/// Four values from each address.
ROWAN_PRIMITIVE __m256 rowan_floats_load_halves(const float *_Nonnull low, const float *_Nonnull high) {
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(low)), _mm_loadu_ps(high), 1);
}
ROWAN_PRIMITIVE __m256i rowan_path_start(__m256 decisions) {
    return _mm256_srli_epi32(_mm256_castps_si256(decisions), 31);
}
ROWAN_PRIMITIVE __m256i rowan_path_append(__m256i path, __m256 decisions, const int bit) {
    return _mm256_or_si256(path, _mm256_and_si256(_mm256_castps_si256(decisions), _mm256_set1_epi32(bit)));
}
/// Four times eight paths as bytes: the lower halves of all, then the upper halves.
ROWAN_PRIMITIVE rowan_plane rowan_path_bytes(__m256i a, __m256i b, __m256i c, __m256i d) {
    return _mm256_packus_epi16(_mm256_packus_epi32(a, b), _mm256_packus_epi32(c, d));
}
/// The highest bit of each byte.
ROWAN_PRIMITIVE uint32_t rowan_top_bits(rowan_plane bytes) { return (uint32_t)_mm256_movemask_epi8(bytes); }
/// The lowest three bits of the path are looked at.
ROWAN_PRIMITIVE __m256 rowan_pick_8(__m256i path, const float *_Nonnull table) {
    return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), path);
}
/// `high` where a decision is yes, else `low`.
ROWAN_PRIMITIVE __m256 rowan_floats_choose(__m256 decisions, __m256 low, __m256 high) {
    return _mm256_blendv_ps(low, high, decisions);
}

// Leaf values by shuffles of bytes: float32 values as four tables of bytes, sixteen of them to a shuffle.
/// Makes indices for the sixteen from `first` on: bytes of other sixteens get the top bit, where a shuffle reads zero.
ROWAN_PRIMITIVE rowan_plane rowan_index_from(rowan_plane numbers, const uint8_t first) {
    return _mm256_adds_epu8(_mm256_xor_si256(numbers, _mm256_set1_epi8((char)first)), _mm256_set1_epi8(0x70));
}
ROWAN_PRIMITIVE rowan_plane rowan_look_up_bytes(rowan_plane index, const uint8_t *_Nonnull sixteen) {
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)sixteen)), index);
}
/// Joins the lower eight bytes of each half to pairs, and the upper eight.
ROWAN_PRIMITIVE rowan_plane rowan_pairs_low(rowan_plane a, rowan_plane b) { return _mm256_unpacklo_epi8(a, b); }
ROWAN_PRIMITIVE rowan_plane rowan_pairs_high(rowan_plane a, rowan_plane b) { return _mm256_unpackhi_epi8(a, b); }
/// Adds the floats whose lower and upper sixteen bits stand in the lower four places of each half.
ROWAN_PRIMITIVE __m256 rowan_floats_add_low(__m256 sum, rowan_plane low, rowan_plane high) {
    return _mm256_add_ps(sum, _mm256_castsi256_ps(_mm256_unpacklo_epi16(low, high)));
}
/// The same for the upper four places.
ROWAN_PRIMITIVE __m256 rowan_floats_add_high(__m256 sum, rowan_plane low, rowan_plane high) {
    return _mm256_add_ps(sum, _mm256_castsi256_ps(_mm256_unpackhi_epi16(low, high)));
}
ROWAN_PRIMITIVE void rowan_floats_store(float *_Nonnull p, __m256 v) { _mm256_storeu_ps(p, v); }

ROWAN_PRIMITIVE void rowan_store_answers(uint8_t *_Nonnull answers, const float *_Nonnull thresholds, float value) {
    const __m256 v = _mm256_set1_ps(value);
    const __m256i low = _mm256_castps_si256(_mm256_cmp_ps(_mm256_loadu_ps(thresholds), v, _CMP_LE_OQ));
    const __m256i high = _mm256_castps_si256(_mm256_cmp_ps(_mm256_loadu_ps(thresholds + 8), v, _CMP_LE_OQ));
    // The pack works within halves; the permute restores the order of its four quarters.
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(low, high), 0xD8);
    const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128((__m128i *)answers, _mm_and_si128(bytes, _mm_set1_epi8(1)));
}

#else
typedef __m128i rowan_plane;
/// A plane as words of 64 rows.
typedef uint64_t rowan_plane_words __attribute__((ext_vector_type(2)));
enum { rowan_plane_bit_count = 128 };
ROWAN_PRIMITIVE rowan_plane rowan_plane_load(const void *_Nonnull p) { return _mm_loadu_si128((const __m128i *)p); }
ROWAN_PRIMITIVE void rowan_plane_store(void *_Nonnull p, rowan_plane v) { _mm_storeu_si128((__m128i *)p, v); }
ROWAN_PRIMITIVE rowan_plane rowan_plane_bytes(uint8_t byte) { return _mm_set1_epi8((char)byte); }
ROWAN_PRIMITIVE __m128i rowan_at_least_4(const float *_Nonnull values, __m128 t) {
    return _mm_castps_si128(_mm_cmple_ps(t, _mm_loadu_ps(values)));
}
/// Stores 64 bits: bit i is set where `values[i]` is at least `threshold`; NaN is at least nothing.
ROWAN_PRIMITIVE void rowan_store_at_least(void *_Nonnull bits, const float *_Nonnull values, float threshold) {
    const __m128 t = _mm_set1_ps(threshold);
    uint16_t *out = (uint16_t *)bits;
    for (int i = 0; i < 4; i++) {
        const float *v = values + 16 * i;
        // The packs saturate all-ones to all-ones and keep the order of values.
        __m128i low = _mm_packs_epi32(rowan_at_least_4(v, t), rowan_at_least_4(v + 4, t));
        __m128i high = _mm_packs_epi32(rowan_at_least_4(v + 8, t), rowan_at_least_4(v + 12, t));
        out[i] = (uint16_t)_mm_movemask_epi8(_mm_packs_epi16(low, high));
    }
}
ROWAN_PRIMITIVE __m128i rowan_reached_4(const float *_Nonnull thresholds, __m128 value) {
    return _mm_castps_si128(_mm_cmple_ps(_mm_loadu_ps(thresholds), value));
}
ROWAN_PRIMITIVE void rowan_store_answers(uint8_t *_Nonnull answers, const float *_Nonnull thresholds, float value) {
    const __m128 v = _mm_set1_ps(value);
    const __m128i low = _mm_packs_epi32(rowan_reached_4(thresholds, v), rowan_reached_4(thresholds + 4, v));
    const __m128i high = _mm_packs_epi32(rowan_reached_4(thresholds + 8, v), rowan_reached_4(thresholds + 12, v));
    _mm_storeu_si128((__m128i *)answers, _mm_and_si128(_mm_packs_epi16(low, high), _mm_set1_epi8(1)));
}
#endif

#if !defined(__AVX512BW__)
enum { rowan_transposed_row_count = 4 };
/// Turns four rows of four values, `row_stride` apart, into four columns, `column_stride` apart.
ROWAN_PRIMITIVE void rowan_transpose(
    const float *_Nonnull rows, size_t row_stride, float *_Nonnull columns, size_t column_stride) {
    __m128 a = _mm_loadu_ps(rows), b = _mm_loadu_ps(rows + row_stride);
    __m128 c = _mm_loadu_ps(rows + 2 * row_stride), d = _mm_loadu_ps(rows + 3 * row_stride);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(columns, a);
    _mm_storeu_ps(columns + column_stride, b);
    _mm_storeu_ps(columns + 2 * column_stride, c);
    _mm_storeu_ps(columns + 3 * column_stride, d);
}
#endif
#endif
