#include "CKernels.h"

// The transforms interpolate at 0, ±a, ±b and ∞ with a = 1/√2 and b = √2. Against the usual 0, ±1, ±2 this costs the same
// and rounds about three times less, since the powers of a and b balance.
#define A 0.70710678118654752f
#define B 1.41421356237309505f

#define INLINE static inline __attribute__((always_inline))

#define LANES 16
#define AT_ONCE 13
#define PAIRED_CHANNELS 8
#define CPU __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define NAME(x) x##16
#include "winograd_lanes.h"
#undef LANES
#undef AT_ONCE
#undef PAIRED_CHANNELS
#undef CPU
#undef NAME

#define LANES 8
#define AT_ONCE 6
#define PAIRED_CHANNELS 4
#define CPU __attribute__((target_clones("arch=x86-64-v3", "default")))
#define NAME(x) x##8
#include "winograd_lanes.h"

void ck_winograd_source(float *tiles, long pitch, long count, const float *picture, const float *scale,
                        const float *shift, long blocks, long height, long width, long top, long left, long across,
                        long tile_rows, long lanes) {
  if (lanes == 16)
    any_source16(tiles, pitch, count, picture, scale, shift, blocks, height, width, top, left, across, tile_rows);
  else
    any_source8(tiles, pitch, count, picture, scale, shift, blocks, height, width, top, left, across, tile_rows);
}

void ck_winograd_upstream(float *tiles, long pitch, const float *band, long rows, long width, long lanes) {
  lanes == 16 ? upstream16(tiles, pitch, band, rows, width) : upstream8(tiles, pitch, band, rows, width);
}

void ck_blocked_products(float *result, long result_pitch, const float *tiles, long pitch, long block,
                         const float *weights, long positions, long inputs, long outputs, long count, long depth,
                         int fresh, long lanes) {
  (lanes == 16 ? products16 : products8)(result, result_pitch, tiles, pitch, block, weights, positions, inputs, outputs,
                                         count, depth, fresh);
}

void ck_winograd_outer(float *gradient, long gradient_pitch, const float *tiles, long pitch, const float *upstream,
                       long upstream_pitch, long blocks, long count, long depth, int fresh, long lanes) {
  (lanes == 16 ? outer16 : outer8)(gradient, gradient_pitch, tiles, pitch, upstream, upstream_pitch, blocks, count,
                                   depth, fresh);
}

void ck_winograd_result(float *band, const float *products, long pitch, const float *bias, long rows, long width,
                        long lanes) {
  lanes == 16 ? result16(band, products, pitch, bias, rows, width) : result8(band, products, pitch, bias, rows, width);
}

void ck_winograd_pack(float *packed, const float *weights, long inputs, long outputs, int turned, long block,
                      long lanes) {
  lanes == 16 ? pack16(packed, weights, inputs, outputs, turned, block)
              : pack8(packed, weights, inputs, outputs, turned, block);
}

void ck_winograd_unpack(float *gradient, long gradient_pitch, const float *outer, long pitch, long depth, long lanes) {
  lanes == 16 ? unpack16(gradient, gradient_pitch, outer, pitch, depth)
              : unpack8(gradient, gradient_pitch, outer, pitch, depth);
}

void ck_winograd_order(float *weights, const float *gradient, long inputs, long outputs, long lanes) {
  lanes == 16 ? order16(weights, gradient, inputs, outputs) : order8(weights, gradient, inputs, outputs);
}

void ck_tap_pack(float *packed, const float *weights, long inputs, long outputs, long taps, long block, long lanes) {
  const long depth = (inputs + lanes - 1) / lanes * lanes, first = block * lanes;
  for (long i = 0; i < depth; i++)
    for (long tap = 0; tap < taps; tap++)
      for (long l = 0; l < lanes; l++)
        packed[(tap * depth + i) * lanes + l] =
            i < inputs && first + l < outputs ? weights[(i * outputs + first + l) * taps + tap] : 0;
}

void ck_spread_row(float *row, long width, const float *products, long pitch, long taps, long source_width, long stride,
                   long left, const float *bias, int fresh, long lanes) {
  (lanes == 16 ? spread16 : spread8)(row, width, products, pitch, taps, source_width, stride, left, bias, fresh);
}
