#include "CKernels.h"

// Convolutions of signals in blocks of channels: products of neighbouring positions by the weights of each tap.

// A kernel of stride 1 can be taken four taps at a time by Winograd's method: seven products for four results of four
// taps, that is for sixteen products. Results are `distance` apart where the kernel is dilated. The transforms interpolate
// at 0, ±a, ±b and ±c; these round least among pairs with one digit.
#define A 0.6f
#define B 1.0f
#define C 2.0f
#define A2 (A * A)
#define B2 (B * B)
#define C2 (C * C)

#define INLINE static inline __attribute__((always_inline))

#define LANES 16
#define AT_ONCE 12
#define CPU __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define NAME(x) x##16
#include "signals_lanes.h"
#undef LANES
#undef AT_ONCE
#undef CPU
#undef NAME

#define LANES 8
#define AT_ONCE 6
#define CPU __attribute__((target_clones("arch=x86-64-v3", "default")))
#define NAME(x) x##8
#include "signals_lanes.h"

void ck_signal_convolve(float *result, const ck_signal *signal, const float *source, const float *weights,
                        const float *bias, long first_block, long blocks, long first, long end, long lanes) {
  lanes == 16 ? signal16(result, signal, source, weights, bias, first_block, blocks, first, end)
              : signal8(result, signal, source, weights, bias, first_block, blocks, first, end);
}

void ck_signal_weights(float *gradient, const ck_signal *signal, const float *source, const float *upstream,
                       long first_block, long blocks, long first, long end, long lanes) {
  lanes == 16 ? signal_weights16(gradient, signal, source, upstream, first_block, blocks, first, end)
              : signal_weights8(gradient, signal, source, upstream, first_block, blocks, first, end);
}

void ck_signal_pack(float *packed, const float *weights, const ck_signal *signal, const long *taps, long results,
                    long sources, long result_stride, long source_stride, long block, long lanes) {
  // Blocks in pairs: [pair][source block][tap][source lane][block of the pair][lane].
  long pair = block / 2 * 2, wide = pair + 1 < signal->result_blocks ? 2 : 1;
  for (long own = 0; own < signal->source_blocks; own++)
    for (long t = 0; t < signal->taps; t++)
      for (long c = 0; c < lanes; c++) {
        long at = (pair * signal->source_blocks + (own * wide)) * signal->taps * lanes * lanes;
        float *to = packed + at + ((t * lanes + c) * wide + block - pair) * lanes;
        for (long l = 0; l < lanes; l++) {
          long result = block * lanes + l, source = own * lanes + c;
          to[l] = result < results && source < sources
                      ? weights[result * result_stride + source * source_stride + taps[t]]
                      : 0;
        }
      }
}

void ck_signal_unpack(float *weights, const float *gradient, const ck_signal *signal, const long *taps, long results,
                      long sources, long result_stride, long source_stride, long lanes) {
  for (long result = 0; result < results; result++)
    for (long source = 0; source < sources; source++)
      for (long t = 0; t < signal->taps; t++)
        weights[result * result_stride + source * source_stride + taps[t]] =
            gradient[(((result / lanes * signal->source_blocks + source / lanes) * signal->taps + t) * lanes +
                      source % lanes) * lanes + result % lanes];
}

void ck_signal_tiles(float *tiles, long pitch, const float *source, long source_pitch, long blocks, long length,
                     long start, long distance, long count, long lanes) {
  lanes == 16 ? signal_tiles16(tiles, pitch, source, source_pitch, blocks, length, start, distance, count)
              : signal_tiles8(tiles, pitch, source, source_pitch, blocks, length, start, distance, count);
}

void ck_signal_results(float *result, long result_pitch, const float *products, long pitch, const float *bias,
                       long blocks, long length, long start, long distance, long count, long lanes) {
  lanes == 16
      ? signal_results16(result, result_pitch, products, pitch, bias, blocks, length, start, distance, count)
      : signal_results8(result, result_pitch, products, pitch, bias, blocks, length, start, distance, count);
}

void ck_signal_upstream(float *tiles, long pitch, const float *upstream, long upstream_pitch, long blocks, long length,
                        long start, long distance, long count, long lanes) {
  lanes == 16 ? signal_upstream16(tiles, pitch, upstream, upstream_pitch, blocks, length, start, distance, count)
              : signal_upstream8(tiles, pitch, upstream, upstream_pitch, blocks, length, start, distance, count);
}

// What four taps are multiplied by at each point, with the divisors of the source's polynomials.
static void powers(float table[7][4]) {
  const double points[7] = {0, A, -A, B, -B, C, -C};
  for (int p = 0; p < 7; p++) {
    double factor = 1;
    for (int q = 0; q < 7; q++)
      if (q != p) factor /= points[p] - points[q];
    for (int tap = 0; tap < 4; tap++, factor *= points[p]) table[p][tap] = (float)factor;
  }
}

void ck_signal_pack_tiles(float *packed, const float *weights, const ck_signal *signal, long taps, int turned, long results,
                          long sources, long result_stride, long source_stride, long block, long lanes) {
  float table[7][4];
  powers(table);
  lanes == 16 ? pack_tiles16(packed, weights, signal, table, taps, turned, results, sources, result_stride,
                             source_stride, block)
              : pack_tiles8(packed, weights, signal, table, taps, turned, results, sources, result_stride,
                            source_stride, block);
}

void ck_signal_unpack_tiles(float *weights, const float *gradient, const ck_signal *signal, long taps, long results,
                            long sources, long result_stride, long source_stride, long block, long lanes) {
  float table[7][4];
  powers(table);
  lanes == 16
      ? unpack_tiles16(weights, gradient, signal, table, taps, results, sources, result_stride, source_stride, block)
      : unpack_tiles8(weights, gradient, signal, table, taps, results, sources, result_stride, source_stride, block);
}
