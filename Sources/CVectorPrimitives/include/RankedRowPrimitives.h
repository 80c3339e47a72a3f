#pragma once
// What the kernels for single rows by ranks need: their layouts, and questions answered in vectors.
//
// Included by CVectorPrimitives.h; the same rules hold.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// ---------------------------------------------------------------------------------------------------------------------
// Layouts shared by the engines, which fill them, and the kernels, which read them.

/// Trees that go through their blocks side by side.
enum { rowan_pending_count = 64 };

/// How the trees of a forest are evaluated by ranks.
typedef enum {
    /// Trees of depth 6 after padding, one after the other.
    rowan_ranked_perfect,
    /// Oblivious trees, one in each lane.
    rowan_ranked_oblivious,
    /// Trees of any shape and at most 128 leaves, one in each lane.
    rowan_ranked_free,
    /// Trees of any shape and size, four levels at a time; ranks have two bytes.
    rowan_ranked_blocks,
} rowan_ranked_shape;

/// Four levels of a tree in one cache line: fifteen questions in heap order at the places 1 to 15, sixteen exits.
///
/// A leaf above the last level has all exits below it.
typedef struct {
    /// Sixteen bytes: the column of each question.
    uint64_t columns[2];
    /// Sixteen times two bytes: the number of each question's threshold, its highest bit flipped.
    uint64_t thresholds[4];
    /// The block behind the first exit that leads to one; those of later exits follow.
    uint32_t first_child;
    /// The leaf behind the first exit that leads to one; those of later exits follow.
    uint32_t first_leaf;
    /// Exits that lead to blocks.
    uint16_t children;
    /// Exits that are the first of another leaf than the first leaf.
    uint16_t leaf_starts;
    /// Questions that a missing value answers with yes, at their places.
    uint16_t missing_right;
    uint16_t unused;
} rowan_tree_block;

/// Everything that the kernels of ranked rows read and write. The engine has checked the sizes.
///
/// The rank of a value is the number of its column's sorted thresholds that it reaches; threshold `v` is reached where
/// the rank is above `v`. Ranks and numbers of thresholds are kept with their highest bit flipped, so that a signed
/// compare orders them. Lanes are the bytes of a vector, `rowan_ranked_lane_count` of them.
typedef struct {
    /// Feature of each column, at most 64 columns.
    const uint32_t *_Nonnull features;
    size_t column_count;
    /// First value of each column's table of thresholds.
    const uint32_t *_Nonnull table_starts;
    /// Compares that find a rank in each column's table, 2 to 4.
    const uint32_t *_Nonnull level_counts;
    /// A table has 16, 256, 4,096 pivots for its levels but the last, then sixteens of sorted thresholds, the last with
    /// at least one NaN at its end. A pivot is the last value of a sixteen of the level behind it; NaN stands where
    /// there is none.
    const float *_Nonnull tables;
    /// The ranks of the row in work, in the order of the instruction set: 64 bytes, or 64 times two.
    uint8_t *_Nonnull ranks;
    /// Questions: columns, then the number of the threshold in each column, 255 for one never reached. Perfect trees
    /// take 64 columns and 64 thresholds each, in heap order. Oblivious trees take a vector of columns and one of
    /// thresholds for each level of a vector of trees, from the highest bit of the leaf's number down. Free trees take
    /// those and a vector of the leftmost leaf on each question's left, for each place of a group of two vectors of
    /// trees, the first one's before the second one's; the k-th place asks the question between the leaves k and k + 1.
    /// The last group is one vector where that holds its trees.
    const uint8_t *_Nonnull questions;
    /// Words of 64 answers, enough for all questions.
    size_t answer_word_count;
    /// For each column `answer_word_count` words: the questions that a missing value answers with yes.
    const uint64_t *_Nonnull column_answers;
    /// The same of no column: zeros.
    const uint64_t *_Nonnull no_answers;
    /// Room for those of all values missing in the row.
    uint64_t *_Nonnull row_answers;
    size_t tree_count;
    /// Levels of every tree after padding; of free trees the bits of a leaf's number; of blocks the most on a way.
    uint32_t depth;
    rowan_ranked_shape shape;
    /// Sums of a row.
    uint32_t margin_count;
    /// Values of a leaf, for neighbouring sums; 1 of perfect trees.
    uint32_t leaf_width;
    /// The sum that each tree adds to, or the first of them.
    const uint32_t *_Nonnull tree_margins;
    /// First vector of questions of each group of free trees, and the number of all.
    const uint32_t *_Nonnull group_vectors;
    /// The roots of all trees, then the blocks below.
    const rowan_tree_block *_Nonnull blocks;
    /// 2^depth leaves per tree, the values of a leaf together; those of blocks as they come.
    const void *_Nonnull leaves;
    /// Perfect trees: an answer per bit, a word for each tree, up to a multiple of eight.
    uint64_t *_Nonnull answers;
    /// Perfect trees: eight words. Lanes: a byte each of two vectors. Blocks: four bytes per tree.
    void *_Nonnull leaf_numbers;
    /// Blocks: trees that are not at a leaf yet, the block that each has come to, and its answers; with room for the
    /// trees in work at a time, `rowan_pending_count`.
    uint32_t *_Nonnull pending_trees;
    uint32_t *_Nonnull pending_blocks;
    uint32_t *_Nonnull pending_answers;
    /// The sums, holding the start values.
    void *_Nonnull sums;
} rowan_ranked_row;

#if defined(__AVX2__)
#include <immintrin.h>
#define ROWAN_RANKED static inline __attribute__((always_inline))

/// Bits of `bits` below bit `end`, counted.
ROWAN_RANKED uint32_t rowan_count_below(uint32_t bits, uint32_t end) {
    return (uint32_t)_mm_popcnt_u32(_bzhi_u32(bits, end));
}
ROWAN_RANKED void rowan_prefetch(const void *_Nonnull p) { _mm_prefetch((const char *)p, _MM_HINT_T0); }
#if defined(__AVX512BW__)
typedef __m512i rowan_rank_bank;
/// A byte per lane.
typedef __m512i rowan_lanes;
enum { rowan_ranked_lane_count = 64 };

/// How many of sixteen sorted thresholds `value` reaches.
ROWAN_RANKED uint32_t rowan_count_reached(const float *_Nonnull thresholds, float value) {
    const __mmask16 reached = _mm512_cmp_ps_mask(_mm512_loadu_ps(thresholds), _mm512_set1_ps(value), _CMP_LE_OQ);
    return (uint32_t)_mm_popcnt_u32(reached);
}

#if defined(__AVX512VBMI__)
/// All 64 ranks; only the first bank is used.
ROWAN_RANKED rowan_rank_bank rowan_bank_load(const uint8_t *_Nonnull ranks, const int bank) {
    (void)bank;
    return _mm512_loadu_si512(ranks);
}
ROWAN_RANKED __m512i rowan_pick_ranks(
    rowan_rank_bank ranks, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    __m512i column) {
    (void)bank1, (void)bank2, (void)bank3, (void)bank_count;
    return _mm512_permutexvar_epi8(column, ranks);
}
#else
/// Sixteen ranks, once in every quarter.
ROWAN_RANKED rowan_rank_bank rowan_bank_load(const uint8_t *_Nonnull ranks, const int bank) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(ranks + 16 * bank)));
}
/// The ranks of columns below 64; the first `bank_count` banks are used.
ROWAN_RANKED __m512i rowan_pick_ranks(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    __m512i column) {
    // A shuffle reads zero where the top bit is set: adding 0x70 sets it for columns of other banks, then 16 or more.
    const __m512i outside = _mm512_set1_epi8(0x70);
    __m512i rank = _mm512_shuffle_epi8(bank0, _mm512_add_epi8(column, outside));
    if (bank_count > 1)
        rank = _mm512_or_si512(rank, _mm512_shuffle_epi8(
            bank1, _mm512_add_epi8(_mm512_xor_si512(column, _mm512_set1_epi8(0x10)), outside)));
    if (bank_count > 2)
        rank = _mm512_or_si512(rank, _mm512_shuffle_epi8(
            bank2, _mm512_add_epi8(_mm512_xor_si512(column, _mm512_set1_epi8(0x20)), outside)));
    if (bank_count > 3)
        rank = _mm512_or_si512(rank, _mm512_shuffle_epi8(
            bank3, _mm512_add_epi8(_mm512_xor_si512(column, _mm512_set1_epi8(0x30)), outside)));
    return rank;
}
#endif
/// Bit i is set where the rank of question i's column is above its threshold.
ROWAN_RANKED uint64_t rowan_answers_64(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const uint8_t *_Nonnull questions) {
    const __m512i rank = rowan_pick_ranks(bank0, bank1, bank2, bank3, bank_count, _mm512_loadu_si512(questions));
    return _mm512_cmpgt_epi8_mask(rank, _mm512_loadu_si512(questions + 64));
}
/// A vector of answers, all bits of a lane set for yes. `missing` has a bit per lane that makes it yes, if there are
/// any.
ROWAN_RANKED rowan_lanes rowan_lane_answers(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const uint8_t *_Nonnull questions, const uint8_t *_Nonnull missing, int any_missing) {
    uint64_t answers = rowan_answers_64(bank0, bank1, bank2, bank3, bank_count, questions);
    if (any_missing) {
        uint64_t yes;
        memcpy(&yes, missing, 8);
        answers |= yes;
    }
    return _mm512_movm_epi8(answers);
}
/// Stores the last places of eight walks down perfect trees of depth 6, 64 to 127: bit i answers the node at place i.
ROWAN_RANKED void rowan_walk_eight(uint64_t *_Nonnull places, const uint64_t *_Nonnull answers) {
    const __m512i one = _mm512_set1_epi64(1), bits = _mm512_loadu_si512(answers);
    __m512i place = one;
    for (int level = 0; level < 6; level++)
        place = _mm512_ternarylogic_epi64(_mm512_add_epi64(place, place), _mm512_srlv_epi64(bits, place), one, 0xF8);
    _mm512_storeu_si512(places, place);
}

ROWAN_RANKED rowan_lanes rowan_lanes_of(uint8_t byte) { return _mm512_set1_epi8((char)byte); }
ROWAN_RANKED void rowan_lanes_store(void *_Nonnull p, rowan_lanes v) { _mm512_storeu_si512(p, v); }
/// Doubles every lane, then adds 1 where an answer is yes.
ROWAN_RANKED rowan_lanes rowan_lanes_append(rowan_lanes v, rowan_lanes answers) {
    return _mm512_sub_epi8(_mm512_add_epi8(v, v), answers);
}
/// The leaves that remain leftmost after one more question of each tree, which has `next - 1` on its left: `next` where
/// the answer is yes and `leaf` is not left of all that the question has on its left. `questions` are followed by
/// those.
ROWAN_RANKED rowan_lanes rowan_lanes_next_leaf(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const uint8_t *_Nonnull questions, const uint8_t *_Nonnull missing, int any_missing, rowan_lanes leaf,
    rowan_lanes next) {
    uint64_t answers = rowan_answers_64(bank0, bank1, bank2, bank3, bank_count, questions);
    if (any_missing) {
        uint64_t yes;
        memcpy(&yes, missing, 8);
        answers |= yes;
    }
    const __mmask64 moves = _mm512_mask_cmple_epi8_mask(answers, _mm512_loadu_si512(questions + 128), leaf);
    return _mm512_mask_mov_epi8(leaf, moves, next);
}
ROWAN_RANKED rowan_lanes rowan_lanes_add(rowan_lanes a, rowan_lanes b) { return _mm512_add_epi8(a, b); }

/// Blocks whose exits are found at a time.
enum { rowan_exit_count = 16 };
/// Turns the answers of blocks into the exits to which they lead, 0 to 15: bit i answers the question at place i.
ROWAN_RANKED void rowan_block_exits(uint32_t *_Nonnull answers) {
    const __m512i one = _mm512_set1_epi32(1), bits = _mm512_loadu_si512(answers);
    __m512i place = one;
    for (int level = 0; level < 4; level++)
        place = _mm512_ternarylogic_epi32(_mm512_add_epi32(place, place), _mm512_srlv_epi32(bits, place), one, 0xF8);
    _mm512_storeu_si512(answers, _mm512_sub_epi32(place, _mm512_set1_epi32(16)));
}
/// Stores a rank of two bytes.
ROWAN_RANKED void rowan_wide_rank_store(uint8_t *_Nonnull ranks, size_t column, uint32_t rank) {
    ((uint16_t *)ranks)[column] = (uint16_t)(rank ^ 0x8000);
}
/// The ranks of 32 columns, from bank 0 or 1.
ROWAN_RANKED rowan_rank_bank rowan_wide_bank_load(const uint8_t *_Nonnull ranks, const int bank) {
    return _mm512_loadu_si512(ranks + 64 * (bank & 1));
}
/// The answers of a block at bits 1 to 15; missing values have the rank 0xFFFF.
ROWAN_RANKED uint32_t rowan_block_answers(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const rowan_tree_block *_Nonnull block, int any_missing) {
    (void)bank2, (void)bank3;
    const __m512i column =
        _mm512_castsi256_si512(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)block->columns)));
    const __m256i rank = _mm512_castsi512_si256(
        bank_count > 2 ? _mm512_permutex2var_epi16(bank0, column, bank1) : _mm512_permutexvar_epi16(column, bank0));
    const uint32_t above =
        _mm256_cmpgt_epi16_mask(rank, _mm256_loadu_si256((const __m256i *)block->thresholds));
    if (!any_missing) return above;
    const uint32_t missing = _mm256_cmpeq_epi16_mask(rank, _mm256_set1_epi16(0x7FFF));
    return (above & ~missing) | (missing & block->missing_right);
}

#else
typedef __m256i rowan_rank_bank;
typedef __m256i rowan_lanes;
enum { rowan_ranked_lane_count = 32 };

ROWAN_RANKED uint32_t rowan_count_reached(const float *_Nonnull thresholds, float value) {
    const __m256 v = _mm256_set1_ps(value);
    const __m256 low = _mm256_cmp_ps(_mm256_loadu_ps(thresholds), v, _CMP_LE_OQ);
    const __m256 high = _mm256_cmp_ps(_mm256_loadu_ps(thresholds + 8), v, _CMP_LE_OQ);
    // The pack mixes the order, which does not matter for a count, and leaves two bytes for each.
    const __m256i both = _mm256_packs_epi32(_mm256_castps_si256(low), _mm256_castps_si256(high));
    return (uint32_t)_mm_popcnt_u32((uint32_t)_mm256_movemask_epi8(both)) / 2;
}
/// Sixteen ranks, once in each half.
ROWAN_RANKED rowan_rank_bank rowan_bank_load(const uint8_t *_Nonnull ranks, const int bank) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(ranks + 16 * bank)));
}
ROWAN_RANKED __m256i rowan_pick_ranks(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    __m256i column) {
    // A shuffle takes the lower four bits of a column; the next two, moved to the top, choose between banks.
    __m256i rank = _mm256_shuffle_epi8(bank0, column);
    if (bank_count > 1)
        rank = _mm256_blendv_epi8(rank, _mm256_shuffle_epi8(bank1, column), _mm256_slli_epi16(column, 3));
    if (bank_count == 3)
        rank = _mm256_blendv_epi8(rank, _mm256_shuffle_epi8(bank2, column), _mm256_slli_epi16(column, 2));
    if (bank_count > 3) {
        const __m256i upper = _mm256_blendv_epi8(
            _mm256_shuffle_epi8(bank2, column), _mm256_shuffle_epi8(bank3, column), _mm256_slli_epi16(column, 3));
        rank = _mm256_blendv_epi8(rank, upper, _mm256_slli_epi16(column, 2));
    }
    return rank;
}
ROWAN_RANKED __m256i rowan_answers_32(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const uint8_t *_Nonnull columns, const uint8_t *_Nonnull thresholds) {
    const __m256i column = _mm256_loadu_si256((const __m256i *)columns);
    const __m256i rank = rowan_pick_ranks(bank0, bank1, bank2, bank3, bank_count, column);
    return _mm256_cmpgt_epi8(rank, _mm256_loadu_si256((const __m256i *)thresholds));
}
ROWAN_RANKED uint64_t rowan_answers_64(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const uint8_t *_Nonnull questions) {
    const __m256i low = rowan_answers_32(bank0, bank1, bank2, bank3, bank_count, questions, questions + 64);
    const __m256i high = rowan_answers_32(bank0, bank1, bank2, bank3, bank_count, questions + 32, questions + 96);
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}
ROWAN_RANKED rowan_lanes rowan_lane_answers(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const uint8_t *_Nonnull questions, const uint8_t *_Nonnull missing, int any_missing) {
    __m256i answers = rowan_answers_32(bank0, bank1, bank2, bank3, bank_count, questions, questions + 32);
    if (any_missing) {
        uint32_t yes;
        memcpy(&yes, missing, 4);
        // Every byte gets the eight bits in which its own stands, and keeps that one.
        const __m256i spread = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
        const __m256i own = _mm256_set1_epi64x((long long)0x8040201008040201);
        const __m256i bits = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32((int)yes), spread), own);
        answers = _mm256_or_si256(answers, _mm256_cmpeq_epi8(bits, own));
    }
    return answers;
}
ROWAN_RANKED void rowan_walk_eight(uint64_t *_Nonnull places, const uint64_t *_Nonnull answers) {
    const __m256i one = _mm256_set1_epi64x(1);
    for (int half = 0; half < 2; half++) {
        const __m256i bits = _mm256_loadu_si256((const __m256i *)(answers + 4 * half));
        __m256i place = one;
        for (int level = 0; level < 6; level++)
            place = _mm256_or_si256(
                _mm256_add_epi64(place, place), _mm256_and_si256(_mm256_srlv_epi64(bits, place), one));
        _mm256_storeu_si256((__m256i *)(places + 4 * half), place);
    }
}

ROWAN_RANKED rowan_lanes rowan_lanes_of(uint8_t byte) { return _mm256_set1_epi8((char)byte); }
ROWAN_RANKED void rowan_lanes_store(void *_Nonnull p, rowan_lanes v) { _mm256_storeu_si256((__m256i *)p, v); }
ROWAN_RANKED rowan_lanes rowan_lanes_append(rowan_lanes v, rowan_lanes answers) {
    return _mm256_sub_epi8(_mm256_add_epi8(v, v), answers);
}
ROWAN_RANKED rowan_lanes rowan_lanes_next_leaf(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const uint8_t *_Nonnull questions, const uint8_t *_Nonnull missing, int any_missing, rowan_lanes leaf,
    rowan_lanes next) {
    const __m256i answers =
        rowan_lane_answers(bank0, bank1, bank2, bank3, bank_count, questions, missing, any_missing);
    const __m256i is_left = _mm256_cmpgt_epi8(_mm256_loadu_si256((const __m256i *)(questions + 64)), leaf);
    return _mm256_blendv_epi8(leaf, next, _mm256_andnot_si256(is_left, answers));
}
ROWAN_RANKED rowan_lanes rowan_lanes_add(rowan_lanes a, rowan_lanes b) { return _mm256_add_epi8(a, b); }

enum { rowan_exit_count = 8 };
ROWAN_RANKED void rowan_block_exits(uint32_t *_Nonnull answers) {
    const __m256i one = _mm256_set1_epi32(1), bits = _mm256_loadu_si256((const __m256i *)answers);
    __m256i place = one;
    for (int level = 0; level < 4; level++)
        place = _mm256_or_si256(
            _mm256_add_epi32(place, place), _mm256_and_si256(_mm256_srlv_epi32(bits, place), one));
    _mm256_storeu_si256((__m256i *)answers, _mm256_sub_epi32(place, _mm256_set1_epi32(16)));
}
/// Stores the lower byte of a rank among sixteen such bytes, its upper byte among the sixteen that follow.
ROWAN_RANKED void rowan_wide_rank_store(uint8_t *_Nonnull ranks, size_t column, uint32_t rank) {
    uint8_t *bank = ranks + (column >> 4) * 32 + (column & 15);
    bank[0] = (uint8_t)rank;
    bank[16] = (uint8_t)(rank >> 8 ^ 0x80);
}
/// The ranks of sixteen columns.
ROWAN_RANKED rowan_rank_bank rowan_wide_bank_load(const uint8_t *_Nonnull ranks, const int bank) {
    return _mm256_loadu_si256((const __m256i *)(ranks + 32 * bank));
}
ROWAN_RANKED uint32_t rowan_block_answers(
    rowan_rank_bank bank0, rowan_rank_bank bank1, rowan_rank_bank bank2, rowan_rank_bank bank3, const int bank_count,
    const rowan_tree_block *_Nonnull block, int any_missing) {
    const __m256i column = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)block->columns));
    const __m256i bytes = rowan_pick_ranks(bank0, bank1, bank2, bank3, bank_count, column);
    const __m128i low_bytes = _mm256_castsi256_si128(bytes), high_bytes = _mm256_extracti128_si256(bytes, 1);
    const __m128i low = _mm_unpacklo_epi8(low_bytes, high_bytes), high = _mm_unpackhi_epi8(low_bytes, high_bytes);
    const __m128i *thresholds = (const __m128i *)block->thresholds;
    const uint32_t above = (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(
        _mm_cmpgt_epi16(low, _mm_loadu_si128(thresholds)), _mm_cmpgt_epi16(high, _mm_loadu_si128(thresholds + 1))));
    if (!any_missing) return above;
    const __m128i highest = _mm_set1_epi16(0x7FFF);
    const uint32_t missing = (uint32_t)_mm_movemask_epi8(
        _mm_packs_epi16(_mm_cmpeq_epi16(low, highest), _mm_cmpeq_epi16(high, highest)));
    return (above & ~missing) | (missing & block->missing_right);
}
#endif
#endif
