#include "CKernels.h"

// Convolutions with few results. A blocked convolution would fill most lanes of its results with nothing: here the lanes
// are those of the source, added up at the end.

#define INLINE static inline __attribute__((always_inline))

#define LANES 16
#define AT_ONCE 6
#define CPU __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define NAME(x) x##16
#include "narrow_lanes.h"
#undef LANES
#undef AT_ONCE
#undef CPU
#undef NAME

#define LANES 8
#define AT_ONCE 3
#define CPU __attribute__((target_clones("arch=x86-64-v3", "default")))
#define NAME(x) x##8
#include "narrow_lanes.h"

void ck_narrow_convolve(float *result, const float *picture, const float *weights, const float *bias, ck_narrow shape,
                        long first, long count, long lanes) {
  (lanes == 16 ? convolve16 : convolve8)(result, picture, weights, bias, &shape, first, count);
}

void ck_narrow_source(float *gradient, const float *upstream, const float *weights, ck_narrow shape, long block,
                      long first, long count, long lanes) {
  (lanes == 16 ? source_rows16 : source_rows8)(gradient, upstream, weights, &shape, block, first, count);
}

void ck_narrow_weights(float *gradient, const float *picture, const float *upstream, ck_narrow shape, long block,
                       long lanes) {
  (lanes == 16 ? weights16 : weights8)(gradient, picture, upstream, &shape, block);
}
