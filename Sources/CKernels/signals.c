#include "CKernels.h"

// Convolutions of signals in blocks of channels: products of neighbouring positions by the weights of each tap.

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
