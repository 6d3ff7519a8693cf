#include "CKernels.h"
#include "vector.h"

// Statistics and affine maps of planes [pixels][lanes] that follow one another. A plane of one lane is read 16 pixels at a
// time, so that its sums are vectors as well.

#define STRETCH 256  // steps in single precision before the sums go on in double
#define CHAINS 4     // sums at a time, as an addition takes longer than the next one's start

/// Adds Σu and Σu·v to both halves of `sums`, where v = x − pivot and u = upstream, or v if there is none.
INLINE void add_products(double *sums, const float *restrict upstream, const float *restrict x, const float *pivot,
                         long rows, const long lanes) {
  for (long start = 0; start < rows; start += STRETCH) {
    long end = start + STRETCH < rows ? start + STRETCH : rows, row = start;
    float s1[CHAINS][16] = {0}, s2[CHAINS][16] = {0};
    for (; row + CHAINS <= end; row += CHAINS)
      for (long k = 0; k < CHAINS; k++)
        for (long l = 0; l < lanes; l++) {
          float v = x[(row + k) * lanes + l] - pivot[l], u = upstream ? upstream[(row + k) * lanes + l] : v;
          s1[k][l] += u;
          s2[k][l] += u * v;
        }
    for (; row < end; row++)
      for (long l = 0; l < lanes; l++) {
        float v = x[row * lanes + l] - pivot[l], u = upstream ? upstream[row * lanes + l] : v;
        s1[0][l] += u;
        s2[0][l] += u * v;
      }
    for (long k = 0; k < CHAINS; k++)
      for (long l = 0; l < lanes; l++) {
        sums[l] += s1[k][l];
        sums[16 + l] += s2[k][l];
      }
  }
}

INLINE void plane_products(double *sums, const float *upstream, const float *x, const float *pivots, long pixels,
                           const long lanes) {
  double wide[32] = {0};
  if (lanes > 1) {
    add_products(wide, upstream, x, pivots, pixels, lanes);
    for (long l = 0; l < lanes; l++) sums[l] = wide[l], sums[lanes + l] = wide[16 + l];
    return;
  }
  float pivot[16];
  long whole = pixels / 16;
  for (long l = 0; l < 16; l++) pivot[l] = pivots[0];
  add_products(wide, upstream, x, pivot, whole, 16);
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

INLINE void affine(float *restrict result, const float *restrict x, const float *scale, const float *shift,
                   long pixels, const long lanes) {
  float a[16], b[16];
  for (long l = 0; l < lanes; l++) a[l] = scale[l], b[l] = shift ? shift[l] : 0;
  for (long i = 0; i < pixels; i++)
    for (long l = 0; l < lanes; l++) result[i * lanes + l] = a[l] * x[i * lanes + l] + b[l];
}

PER_CPU void ck_plane_affine(float *result, const float *planes, const float *scale, const float *shift, long count,
                             long pixels, long lanes) {
  for (long plane = 0; plane < count; plane++) {
    long start = plane * pixels * lanes, own = plane * lanes;
    FOR_LANES(affine(result + start, planes + start, scale + own, shift ? shift + own : 0, pixels, width))
  }
}

INLINE void blend(float *restrict result, const float *restrict upstream, const float *restrict x, const float *scale,
                  const float *slope, const float *constant, long pixels, const long lanes) {
  float a[16], b[16], c[16];
  for (long l = 0; l < lanes; l++) a[l] = scale[l], b[l] = slope[l], c[l] = constant[l];
  for (long i = 0; i < pixels; i++)
    for (long l = 0; l < lanes; l++)
      result[i * lanes + l] = a[l] * upstream[i * lanes + l] + (b[l] * x[i * lanes + l] + c[l]);
}

PER_CPU void ck_plane_blend(float *result, const float *upstream, const float *planes, const float *scale,
                            const float *slope, const float *constant, long count, long pixels, long lanes) {
  for (long plane = 0; plane < count; plane++) {
    long start = plane * pixels * lanes, own = plane * lanes;
    FOR_LANES(blend(result + start, upstream + start, planes + start, scale + own, slope + own, constant + own, pixels,
                    width))
  }
}
