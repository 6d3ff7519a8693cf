#include "CKernels.h"
#include <string.h>

#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))

// Each kernel is written once for a constant number of lanes: blocked planes have 16 or 8, plain ones 1.
#define FOR_LANES(call16, call8, call1) \
  if (lanes == 16) { call16; } else if (lanes == 8) { call8; } else { call1; }

INLINE void resample(float *restrict result, const float *restrict source, ck_sparse vertical, ck_sparse horizontal,
                     float *restrict row, long first, long count, long height, long width, long resultHeight,
                     long resultWidth, const long lanes) {
  for (long i = first; i < first + count; i++) {
    const float *plane = source + i / resultHeight * height * width * lanes;
    const long start = vertical.starts[i % resultHeight], end = vertical.starts[i % resultHeight + 1];
    const float *mixed = row;
    if (end == start + 1 && vertical.weights[start] == 1)
      mixed = plane + vertical.columns[start] * width * lanes;
    else {
      memset(row, 0, sizeof(float) * width * lanes);
      for (long k = start; k < end; k++) {
        const float weight = vertical.weights[k], *from = plane + vertical.columns[k] * width * lanes;
        for (long x = 0; x < width * lanes; x++) row[x] += weight * from[x];
      }
    }
    float *to = result + i * resultWidth * lanes;
    for (long x = 0; x < resultWidth; x++) {
      float sum[16] = {0};
      for (long k = horizontal.starts[x]; k < horizontal.starts[x + 1]; k++) {
        const float weight = horizontal.weights[k], *from = mixed + horizontal.columns[k] * lanes;
        for (long l = 0; l < lanes; l++) sum[l] += weight * from[l];
      }
      for (long l = 0; l < lanes; l++) to[x * lanes + l] = sum[l];
    }
  }
}

PER_CPU void ck_resample(float *result, const float *source, ck_sparse vertical, ck_sparse horizontal, float *row,
                         long first, long count, long height, long width, long resultHeight, long resultWidth,
                         long lanes) {
  FOR_LANES(
      resample(result, source, vertical, horizontal, row, first, count, height, width, resultHeight, resultWidth, 16),
      resample(result, source, vertical, horizontal, row, first, count, height, width, resultHeight, resultWidth, 8),
      resample(result, source, vertical, horizontal, row, first, count, height, width, resultHeight, resultWidth, 1))
}

// The windows of 2×2 squares are constants to the compiler; all others are read.
#define BEGIN(windows, i) (halving ? 2 * (i) : (windows)[2 * (i)])
#define END(windows, i) (halving ? 2 * (i) + 2 : (windows)[2 * (i) + 1])

INLINE void max_pool(float *restrict result, const float *keys, const float *values, const long *rows,
                     const long *columns, long first, long count, long height, long width, long resultHeight,
                     long resultWidth, const int halving, const long lanes) {
  for (long i = first; i < first + count; i++) {
    const long plane = i / resultHeight * height * width * lanes, y = i % resultHeight;
    const long top = BEGIN(rows, y), bottom = END(rows, y);
    for (long x = 0; x < resultWidth; x++) {
      const long left = BEGIN(columns, x), right = END(columns, x), start = plane + (top * width + left) * lanes;
      float largest[16], value[16];
      for (long l = 0; l < lanes; l++) largest[l] = keys[start + l], value[l] = values[start + l];
      for (long r = top; r < bottom; r++)
        for (long c = left; c < right; c++)
          for (long l = 0; l < lanes; l++) {
            const long at = plane + (r * width + c) * lanes + l;
            const int isLarger = keys[at] > largest[l];
            largest[l] = isLarger ? keys[at] : largest[l];
            value[l] = isLarger ? values[at] : value[l];
          }
      for (long l = 0; l < lanes; l++) result[(i * resultWidth + x) * lanes + l] = value[l];
    }
  }
}

#define MAX_POOL(values, halving, lanes) \
  max_pool(result, keys, values, rows, columns, first, count, height, width, resultHeight, resultWidth, halving, lanes)

PER_CPU void ck_max_pool(float *result, const float *keys, const float *values, const long *rows, const long *columns,
                         int halving, long first, long count, long height, long width, long resultHeight,
                         long resultWidth, long lanes) {
  if (halving && keys == values) {
    FOR_LANES(MAX_POOL(keys, 1, 16), MAX_POOL(keys, 1, 8), MAX_POOL(keys, 1, 1))
  } else if (keys == values) {
    FOR_LANES(MAX_POOL(keys, 0, 16), MAX_POOL(keys, 0, 8), MAX_POOL(keys, 0, 1))
  } else {
    FOR_LANES(MAX_POOL(values, 0, 16), MAX_POOL(values, 0, 8), MAX_POOL(values, 0, 1))
  }
}

INLINE void max_pool_pullback(float *restrict gradient, const float *restrict keys, const float *restrict upstream,
                              const long *rows, const long *columns, long first, long count, long height, long width,
                              long resultHeight, long resultWidth, const int halving, const long lanes) {
  memset(gradient + first * height * width * lanes, 0, sizeof(float) * count * height * width * lanes);
  for (long i = first * resultHeight; i < (first + count) * resultHeight; i++) {
    const long plane = i / resultHeight * height * width * lanes, y = i % resultHeight;
    const long top = BEGIN(rows, y), bottom = END(rows, y);
    for (long x = 0; x < resultWidth; x++) {
      const long left = BEGIN(columns, x), right = END(columns, x), start = plane + (top * width + left) * lanes;
      const float *from = upstream + (i * resultWidth + x) * lanes;
      float largest[16];
      int place[16];
      for (long l = 0; l < lanes; l++) largest[l] = keys[start + l], place[l] = 0;
      int n = 0;
      for (long r = top; r < bottom; r++)
        for (long c = left; c < right; c++, n++)
          for (long l = 0; l < lanes; l++) {
            const float key = keys[plane + (r * width + c) * lanes + l];
            const int isLarger = key > largest[l];
            largest[l] = isLarger ? key : largest[l];
            place[l] = isLarger ? n : place[l];
          }
      n = 0;
      for (long r = top; r < bottom; r++)
        for (long c = left; c < right; c++, n++)
          for (long l = 0; l < lanes; l++) {
            const long at = plane + (r * width + c) * lanes + l;
            const float part = place[l] == n ? from[l] : 0;
            gradient[at] = halving ? part : gradient[at] + part;  // squares do not overlap, other windows may
          }
    }
  }
}

#define MAX_POOL_PULLBACK(halving, lanes)                                                                  \
  max_pool_pullback(gradient, keys, upstream, rows, columns, first, count, height, width, resultHeight, resultWidth, \
                    halving, lanes)

PER_CPU void ck_max_pool_pullback(float *gradient, const float *keys, const float *upstream, const long *rows,
                                  const long *columns, int halving, long first, long count, long height, long width,
                                  long resultHeight, long resultWidth, long lanes) {
  if (halving) {
    FOR_LANES(MAX_POOL_PULLBACK(1, 16), MAX_POOL_PULLBACK(1, 8), MAX_POOL_PULLBACK(1, 1))
  } else {
    FOR_LANES(MAX_POOL_PULLBACK(0, 16), MAX_POOL_PULLBACK(0, 8), MAX_POOL_PULLBACK(0, 1))
  }
}
