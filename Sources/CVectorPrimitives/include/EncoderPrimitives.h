#pragma once
// What the kernels of text encoders need: their layouts, a few floats in a vector, and the tile of a product.
//
// Included by CVectorPrimitives.h. Vectors are the compiler's own, so that one definition serves all instruction sets:
// only their width differs, and whether a multiplication and an addition are one instruction. The tile stands here and
// not in Swift because its sums have to stay in registers: an array of vectors that C unrolls does, one of Swift's lies
// in memory.
#include <stddef.h>
#include <stdint.h>

enum {
#if defined(__AVX512F__)
    rowan_encoder_lane_count = 16,
    /// Rows of a tile: with two vectors of columns, its sums take 24 of 32 registers.
    rowan_encoder_tile_row_count = 12,
#elif defined(__AVX__)
    rowan_encoder_lane_count = 8,
    /// 12 of 16 registers.
    rowan_encoder_tile_row_count = 6,
#else
    rowan_encoder_lane_count = 4,
    rowan_encoder_tile_row_count = 6,
#endif
    /// Columns of a panel.
    rowan_encoder_panel_width = 2 * rowan_encoder_lane_count,
};

/// A product and what it is added to: sums = start + rows x panels. The caller has checked the sizes.
typedef struct {
    /// row_count x depth
    const float *_Nonnull rows;
    size_t row_count;
    /// Floats from one row to the next.
    size_t row_stride;
    size_t depth;
    /// Each panel is depth x rowan_encoder_panel_width.
    const float *_Nonnull panels;
    size_t panel_count;
    /// What each row of sums begins with, as wide as they are; NULL: what is there.
    const float *_Nullable start;
    /// row_count x (panel_count x rowan_encoder_panel_width)
    float *_Nonnull sums;
    size_t sum_stride;
} rowan_encoder_product;

typedef float rowan_encoder_lanes __attribute__((ext_vector_type(rowan_encoder_lane_count)));
typedef int32_t rowan_encoder_words __attribute__((ext_vector_type(rowan_encoder_lane_count)));
/// The same at any address.
typedef float rowan_encoder_unaligned
    __attribute__((ext_vector_type(rowan_encoder_lane_count), aligned(4), may_alias));

#define ROWAN_ENCODER static inline __attribute__((always_inline))

ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_load(const float *_Nonnull p) {
    return *(const rowan_encoder_unaligned *)p;
}
ROWAN_ENCODER void rowan_encoder_store(float *_Nonnull p, rowan_encoder_lanes v) {
    *(rowan_encoder_unaligned *)p = v;
}
ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_of(float x) { return (rowan_encoder_lanes)(x); }
ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_add(rowan_encoder_lanes a, rowan_encoder_lanes b) { return a + b; }
ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_subtract(rowan_encoder_lanes a, rowan_encoder_lanes b) {
    return a - b;
}
ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_multiply(rowan_encoder_lanes a, rowan_encoder_lanes b) {
    return a * b;
}
ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_greatest(rowan_encoder_lanes a, rowan_encoder_lanes b) {
    return __builtin_elementwise_max(a, b);
}
/// a x b + c, rounded once where the instruction set can.
ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_multiply_add(
    rowan_encoder_lanes a, rowan_encoder_lanes b, rowan_encoder_lanes c) {
#if defined(__FMA__) || defined(__aarch64__)
    return __builtin_elementwise_fma(a, b, c);
#else
    return a * b + c;
#endif
}
/// The sum of all lanes: halves are added until one is left.
ROWAN_ENCODER float rowan_encoder_sum(rowan_encoder_lanes v) {
    float lanes[rowan_encoder_lane_count];
    __builtin_memcpy(lanes, &v, sizeof lanes);
#pragma clang loop unroll(full)
    for (int width = rowan_encoder_lane_count / 2; width > 0; width /= 2) {
#pragma clang loop unroll(full)
        for (int lane = 0; lane < width; lane++) lanes[lane] += lanes[lane + width];
    }
    return lanes[0];
}
ROWAN_ENCODER float rowan_encoder_maximum(rowan_encoder_lanes v) { return __builtin_reduce_max(v); }

/// The exponential function of numbers up to 88, within two units in the last place; 0 below -87.3.
///
/// Source: Cephes, expf.c: x = n ln 2 + r, and a polynomial of r.
ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_exponential(rowan_encoder_lanes x) {
    const rowan_encoder_words tiny = x < -87.3f;
    x = __builtin_elementwise_max(x, rowan_encoder_of(-87.3f));
    const rowan_encoder_lanes n = __builtin_elementwise_roundeven(x * 1.44269504088896341f);
    rowan_encoder_lanes r = rowan_encoder_multiply_add(n, rowan_encoder_of(-0.693359375f), x);
    r = rowan_encoder_multiply_add(n, rowan_encoder_of(2.12194440e-4f), r);
    rowan_encoder_lanes p = rowan_encoder_of(1.9875691500e-4f);
    p = rowan_encoder_multiply_add(p, r, rowan_encoder_of(1.3981999507e-3f));
    p = rowan_encoder_multiply_add(p, r, rowan_encoder_of(8.3334519073e-3f));
    p = rowan_encoder_multiply_add(p, r, rowan_encoder_of(4.1665795894e-2f));
    p = rowan_encoder_multiply_add(p, r, rowan_encoder_of(1.6666665459e-1f));
    p = rowan_encoder_multiply_add(p, r, rowan_encoder_of(5.0000001201e-1f));
    p = rowan_encoder_multiply_add(p, r * r, r + 1.0f);
    const rowan_encoder_words exponent = __builtin_convertvector(n, rowan_encoder_words) + 127;
    p *= (rowan_encoder_lanes)(exponent << 23);
    return (rowan_encoder_lanes)((rowan_encoder_words)p & ~tiny);
}

/// x times the normal distribution's share below x, with the exact error function.
///
/// Source: erff of N. Juffa, within a unit in the last place: two polynomials, which meet at 0.9277.
ROWAN_ENCODER rowan_encoder_lanes rowan_encoder_gelu(rowan_encoder_lanes x) {
    const rowan_encoder_lanes a = x * 0.70710678118654752f;
    const rowan_encoder_words sign = (rowan_encoder_words)a & INT32_MIN;
    const rowan_encoder_lanes t = __builtin_elementwise_min(__builtin_elementwise_abs(a), rowan_encoder_of(5.0f));
    const rowan_encoder_lanes s = t * t;
    rowan_encoder_lanes far = rowan_encoder_multiply_add(
        rowan_encoder_of(-1.72853470e-5f), t, rowan_encoder_of(3.83197126e-4f));
    const rowan_encoder_lanes u = rowan_encoder_multiply_add(
        rowan_encoder_of(-3.88396438e-3f), t, rowan_encoder_of(2.42546219e-2f));
    far = rowan_encoder_multiply_add(far, s, u);
    far = rowan_encoder_multiply_add(far, t, rowan_encoder_of(-1.06777877e-1f));
    far = rowan_encoder_multiply_add(far, t, rowan_encoder_of(-6.34846687e-1f));
    far = rowan_encoder_multiply_add(far, t, rowan_encoder_of(-1.28717512e-1f));
    far = 1.0f - rowan_encoder_exponential(rowan_encoder_multiply_add(far, t, -t));
    rowan_encoder_lanes near = rowan_encoder_of(-5.96761703e-4f);
    near = rowan_encoder_multiply_add(near, s, rowan_encoder_of(4.99119423e-3f));
    near = rowan_encoder_multiply_add(near, s, rowan_encoder_of(-2.67681349e-2f));
    near = rowan_encoder_multiply_add(near, s, rowan_encoder_of(1.12819925e-1f));
    near = rowan_encoder_multiply_add(near, s, rowan_encoder_of(-3.76125336e-1f));
    near = rowan_encoder_multiply_add(near, s, rowan_encoder_of(1.28379166e-1f));
    near = rowan_encoder_multiply_add(near, t, t);
    const rowan_encoder_words is_far = t > 0.927734375f;
    rowan_encoder_words bits = ((rowan_encoder_words)far & is_far) | ((rowan_encoder_words)near & ~is_far);
    const rowan_encoder_lanes erf = (rowan_encoder_lanes)(bits | sign);
    const rowan_encoder_lanes half = x * 0.5f;
    return rowan_encoder_multiply_add(half, erf, half);
}

/// Asks for what a panel holds 4 KB further on. The processor's own prefetching stops at pages and starts late: weights
/// that no cache holds came at 7 GB/s without this, at 9 with it, and panels of the next cache come earlier, too.
#if defined(__AVX512F__)
#define ROWAN_ENCODER_PREFETCH(panel) \
    (__builtin_prefetch((panel) + 1024), __builtin_prefetch((panel) + 1024 + rowan_encoder_lane_count))
#else
#define ROWAN_ENCODER_PREFETCH(panel) __builtin_prefetch((panel) + 1024)
#endif

/// Adds the product of some rows and one panel to sums that stay in registers meanwhile; they begin with what is there,
/// or each row with `start`.
#define ROWAN_ENCODER_TILE(count)                                                                                     \
    ROWAN_ENCODER void rowan_encoder_tile_##count(                                                                    \
        const float *_Nonnull rows, size_t row_stride, const float *_Nonnull panel, size_t depth,                     \
        const float *_Nullable start, float *_Nonnull sums, size_t sum_stride) {                                      \
        rowan_encoder_lanes low[count], high[count];                                                                  \
        const float *const first_row = start ? start : sums;                                                          \
        const size_t first_stride = start ? 0 : sum_stride;                                                           \
        _Pragma("clang loop unroll(full)") for (size_t row = 0; row < count; row++) {                                 \
            low[row] = rowan_encoder_load(first_row + row * first_stride);                                            \
            high[row] = rowan_encoder_load(first_row + row * first_stride + rowan_encoder_lane_count);                \
        }                                                                                                             \
        for (size_t step = 0; step < depth; step++) {                                                                 \
            const rowan_encoder_lanes first = rowan_encoder_load(panel);                                              \
            const rowan_encoder_lanes second = rowan_encoder_load(panel + rowan_encoder_lane_count);                  \
            ROWAN_ENCODER_PREFETCH(panel);                                                                            \
            panel += rowan_encoder_panel_width;                                                                       \
            _Pragma("clang loop unroll(full)") for (size_t row = 0; row < count; row++) {                             \
                const rowan_encoder_lanes factor = rowan_encoder_of(rows[row * row_stride + step]);                   \
                low[row] = rowan_encoder_multiply_add(factor, first, low[row]);                                       \
                high[row] = rowan_encoder_multiply_add(factor, second, high[row]);                                    \
            }                                                                                                         \
        }                                                                                                             \
        _Pragma("clang loop unroll(full)") for (size_t row = 0; row < count; row++) {                                 \
            rowan_encoder_store(sums + row * sum_stride, low[row]);                                                   \
            rowan_encoder_store(sums + row * sum_stride + rowan_encoder_lane_count, high[row]);                       \
        }                                                                                                             \
    }
ROWAN_ENCODER_TILE(1)
ROWAN_ENCODER_TILE(2)
ROWAN_ENCODER_TILE(3)
ROWAN_ENCODER_TILE(4)
ROWAN_ENCODER_TILE(5)
ROWAN_ENCODER_TILE(6)
#if defined(__AVX512F__)
ROWAN_ENCODER_TILE(7)
ROWAN_ENCODER_TILE(8)
ROWAN_ENCODER_TILE(9)
ROWAN_ENCODER_TILE(10)
ROWAN_ENCODER_TILE(11)
ROWAN_ENCODER_TILE(12)
#endif

/// Adds the product of up to rowan_encoder_tile_row_count rows and one panel.
ROWAN_ENCODER void rowan_encoder_tile(
    size_t count, const float *_Nonnull rows, size_t row_stride, const float *_Nonnull panel, size_t depth,
    const float *_Nullable start, float *_Nonnull sums, size_t sum_stride) {
#define ROWAN_ENCODER_CASE(number)                                                             \
    case number:                                                                               \
        rowan_encoder_tile_##number(rows, row_stride, panel, depth, start, sums, sum_stride);  \
        break;
    switch (count) {
        ROWAN_ENCODER_CASE(1)
        ROWAN_ENCODER_CASE(2)
        ROWAN_ENCODER_CASE(3)
        ROWAN_ENCODER_CASE(4)
        ROWAN_ENCODER_CASE(5)
        ROWAN_ENCODER_CASE(6)
#if defined(__AVX512F__)
        ROWAN_ENCODER_CASE(7)
        ROWAN_ENCODER_CASE(8)
        ROWAN_ENCODER_CASE(9)
        ROWAN_ENCODER_CASE(10)
        ROWAN_ENCODER_CASE(11)
        ROWAN_ENCODER_CASE(12)
#endif
    }
#undef ROWAN_ENCODER_CASE
}
