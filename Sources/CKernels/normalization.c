#include "CKernels.h"
#include "vector.h"

// Statistics and affine maps of planes [pixels][lanes] that follow one another. A plane of one lane is read 16 pixels at a
// time, so that its sums are vectors as well.

#define STRETCH 256  // steps in single precision before the sums go on in double
#define CHAINS 4     // sums at a time, as an addition takes longer than the next one's start

// Blocks are vectors by name, as the compiler else turns the loop over the pixels into one, at the price of shuffles.
typedef float vec16 __attribute__((vector_size(64), aligned(4)));
typedef float vec8 __attribute__((vector_size(32), aligned(4)));
typedef float vec1;

#define AT(vec, p, i) ((vec *)(p))[i]

// The kernels for one number of lanes. add_products adds Σu and Σu·v to both halves of `sums`, where v = x − pivot and
// u = upstream, or v if there is none.
#define SUMS(vec)                                                                                                 \
  INLINE void add_products_##vec(double *sums, const float *upstream, const float *x, const float *pivot,         \
                                 long rows) {                                                                     \
    const vec p = *(const vec *)pivot;                                                                            \
    for (long start = 0; start < rows; start += STRETCH) {                                                        \
      const long end = start + STRETCH < rows ? start + STRETCH : rows;                                           \
      long row = start;                                                                                           \
      vec s1[CHAINS], s2[CHAINS];                                                                                 \
      for (long k = 0; k < CHAINS; k++) s1[k] = s2[k] = (vec){0};                                                  \
      for (; row + CHAINS <= end; row += CHAINS)                                                                  \
        for (long k = 0; k < CHAINS; k++) {                                                                       \
          const vec v = AT(const vec, x, row + k) - p, u = upstream ? AT(const vec, upstream, row + k) : v;       \
          s1[k] += u;                                                                                             \
          s2[k] += u * v;                                                                                         \
        }                                                                                                         \
      for (; row < end; row++) {                                                                                  \
        const vec v = AT(const vec, x, row) - p, u = upstream ? AT(const vec, upstream, row) : v;                 \
        s1[0] += u;                                                                                               \
        s2[0] += u * v;                                                                                           \
      }                                                                                                           \
      float last[2][sizeof(vec) / sizeof(float)];                                                                 \
      for (long k = 0; k < CHAINS; k++) {                                                                         \
        AT(vec, last[0], 0) = s1[k];                                                                              \
        AT(vec, last[1], 0) = s2[k];                                                                              \
        for (unsigned l = 0; l < sizeof(vec) / sizeof(float); l++) sums[l] += last[0][l], sums[16 + l] += last[1][l]; \
      }                                                                                                           \
    }                                                                                                             \
  }

#define MAPS(vec)                                                                                                \
  INLINE void affine_##vec(float *restrict result, const float *restrict x, const float *scale, const float *shift, \
                           long pixels) {                                                                         \
    const vec a = *(const vec *)scale, b = shift ? *(const vec *)shift : (vec){0};                                \
    for (long i = 0; i < pixels; i++) AT(vec, result, i) = a * AT(const vec, x, i) + b;                           \
  }                                                                                                               \
  INLINE void blend_##vec(float *restrict result, const float *restrict upstream, const float *restrict x,        \
                          const float *scale, const float *slope, const float *constant, long pixels) {           \
    const vec a = *(const vec *)scale, b = *(const vec *)slope, c = *(const vec *)constant;                       \
    for (long i = 0; i < pixels; i++)                                                                             \
      AT(vec, result, i) = a * AT(const vec, upstream, i) + (b * AT(const vec, x, i) + c);                        \
  }

SUMS(vec16)
SUMS(vec8)
MAPS(vec16)
MAPS(vec8)
MAPS(vec1)

INLINE void plane_products(double *sums, const float *upstream, const float *x, const float *pivots, long pixels,
                           const long lanes) {
  double wide[32] = {0};
  if (lanes > 1) {
    if (lanes == 16)
      add_products_vec16(wide, upstream, x, pivots, pixels);
    else
      add_products_vec8(wide, upstream, x, pivots, pixels);
    for (long l = 0; l < lanes; l++) sums[l] = wide[l], sums[lanes + l] = wide[16 + l];
    return;
  }
  float pivot[16];
  long whole = pixels / 16;
  for (long l = 0; l < 16; l++) pivot[l] = pivots[0];
  add_products_vec16(wide, upstream, x, pivot, whole);
  for (long i = whole * 16; i < pixels; i++) {
    float v = x[i] - pivot[0], u = upstream ? upstream[i] : v;
    wide[0] += u;
    wide[16] += u * v;
  }
  sums[0] = sums[1] = 0;
  for (long l = 0; l < 16; l++) sums[0] += wide[l], sums[1] += wide[16 + l];
}

#define FOR_LANES(call)     \
  if (lanes == 16) {        \
    const long width = 16;  \
    call;                   \
  } else if (lanes == 8) {  \
    const long width = 8;   \
    call;                   \
  } else {                  \
    const long width = 1;   \
    call;                   \
  }

#define FOR_VECTORS(kernel, ...) \
  if (lanes == 16)               \
    kernel##_vec16(__VA_ARGS__); \
  else if (lanes == 8)           \
    kernel##_vec8(__VA_ARGS__);  \
  else                           \
    kernel##_vec1(__VA_ARGS__);

PER_CPU void ck_plane_moments(double *moments, const float *planes, long count, long pixels, long lanes) {
  for (long plane = 0; plane < count; plane++, planes += pixels * lanes, moments += 2 * lanes) {
    // The first pixel stands for the mean at first: what is left of it is small beside the deviation.
    FOR_LANES(plane_products(moments, 0, planes, planes, pixels, width))
    for (long l = 0; l < lanes; l++) {
      double rest = moments[l] / pixels;
      moments[lanes + l] -= rest * moments[l];
      moments[l] = planes[l] + rest;
    }
  }
}

PER_CPU void ck_plane_products(double *sums, const float *planes, const float *means, const float *upstream, long count,
                               long pixels, long lanes) {
  for (long plane = 0; plane < count; plane++) {
    long start = plane * pixels * lanes;
    FOR_LANES(plane_products(sums + plane * 2 * lanes, upstream + start, planes + start, means + plane * lanes, pixels,
                             width))
  }
}

PER_CPU void ck_plane_affine(float *result, const float *planes, const float *scale, const float *shift, long count,
                             long pixels, long lanes) {
  for (long plane = 0; plane < count; plane++) {
    long start = plane * pixels * lanes, own = plane * lanes;
    FOR_VECTORS(affine, result + start, planes + start, scale + own, shift ? shift + own : 0, pixels)
  }
}

PER_CPU void ck_plane_blend(float *result, const float *upstream, const float *planes, const float *scale,
                            const float *slope, const float *constant, long count, long pixels, long lanes) {
  for (long plane = 0; plane < count; plane++) {
    long start = plane * pixels * lanes, own = plane * lanes;
    FOR_VECTORS(blend, result + start, upstream + start, planes + start, scale + own, slope + own, constant + own, pixels)
  }
}
