#include "CKernels.h"

#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))

// Each kernel is written once for a constant number of lanes: blocked planes have 16 or 8, plain ones 1. Blocks are vectors
// by name, as the compiler else turns the loop over the pixels into one, at the price of shuffles.
typedef float vec16 __attribute__((vector_size(64), aligned(4)));
typedef float vec8 __attribute__((vector_size(32), aligned(4)));
typedef float vec1;
typedef int mask16 __attribute__((vector_size(64)));
typedef int mask8 __attribute__((vector_size(32)));

#define LARGER(a, b) __builtin_elementwise_max(a, b)
#define SMALLER(a, b) __builtin_elementwise_min(a, b)
#define LANES(call16, call8, call1) \
  if (lanes == 16) { call16; } else if (lanes == 8) { call8; } else { call1; }

// `a` where x is positive, else `b`.
#define PICK_VECTOR(mask, condition, a, b) (((mask)(a) & (condition)) | ((mask)(b) & ~(condition)))
#define PICK_vec16(x, a, b) (vec16)PICK_VECTOR(mask16, (x) > 0, a, b)
#define PICK_vec8(x, a, b) (vec8)PICK_VECTOR(mask8, (x) > 0, a, b)
#define PICK_vec1(x, a, b) ((x) > 0 ? (a) : (b))

#define KERNELS(vec)                                                                                                 \
  INLINE void affine_##vec(float *x, const float *scale, const float *shift, long pixels) {                          \
    const vec a = *(const vec *)scale, b = *(const vec *)shift;                                                      \
    for (vec *v = (vec *)x; v < (vec *)x + pixels; v++) *v = a * *v + b;                                             \
  }                                                                                                                  \
  INLINE void prelu_##vec(float *x, const float *slope, long pixels) {                                               \
    const vec s = *(const vec *)slope, zero = {0};                                                                   \
    for (vec *v = (vec *)x; v < (vec *)x + pixels; v++) *v = LARGER(*v, zero) + s * SMALLER(*v, zero);               \
  }                                                                                                                  \
  INLINE void prelu_pullback_##vec(float *gradient, double *sums, const float *x, const float *upstream,             \
                                   const float *slope, long pixels) {                                                \
    const vec s = *(const vec *)slope, zero = {0};                                                                   \
    for (long start = 0; start < pixels; start += 256) { /* short stretches in single precision, all in double */    \
      const long end = start + 256 < pixels ? start + 256 : pixels;                                                  \
      vec part = zero;                                                                                               \
      for (long i = start; i < end; i++) {                                                                           \
        const vec value = ((const vec *)x)[i], up = ((const vec *)upstream)[i];                                      \
        ((vec *)gradient)[i] = PICK_##vec(value, up, s * up);                                                        \
        part += SMALLER(value, zero) * up;                                                                           \
      }                                                                                                              \
      float last[sizeof(vec) / sizeof(float)];                                                                       \
      *(vec *)last = part;                                                                                           \
      for (unsigned l = 0; l < sizeof(vec) / sizeof(float); l++) sums[l] += last[l];                                 \
    }                                                                                                                \
  }

KERNELS(vec16)
KERNELS(vec8)
KERNELS(vec1)

PER_CPU void ck_tail_affine(float *x, const float *scale, const float *shift, long pixels, long lanes) {
  LANES(affine_vec16(x, scale, shift, pixels), affine_vec8(x, scale, shift, pixels),
        affine_vec1(x, scale, shift, pixels))
}

PER_CPU void ck_tail_prelu(float *x, const float *slope, long pixels, long lanes) {
  LANES(prelu_vec16(x, slope, pixels), prelu_vec8(x, slope, pixels), prelu_vec1(x, slope, pixels))
}

PER_CPU void ck_prelu_pullback(float *gradient, double *sums, const float *x, const float *upstream, const float *slope,
                               long pixels, long lanes) {
  LANES(prelu_pullback_vec16(gradient, sums, x, upstream, slope, pixels),
        prelu_pullback_vec8(gradient, sums, x, upstream, slope, pixels),
        prelu_pullback_vec1(gradient, sums, x, upstream, slope, pixels))
}
