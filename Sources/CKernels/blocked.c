#include "CKernels.h"
#include <string.h>

#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))

long ck_lanes(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
             ? 16
             : 8;
}

// Each kernel is written once for a constant number of lanes, so that the compiler keeps a block in registers.
// A loop over pixels that are to stay vectors of lanes: as a vector of pixels it would shuffle.
#define BY_LANES _Pragma("clang loop vectorize(disable)")

#define FOR_LANES(call16, call8) \
  if (lanes == 16) { call16; } else { call8; }

INLINE void norm_relu(float *restrict band, const float *restrict picture, const float *scale, const float *shift,
                      long blocks, long height, long width, long first, long rows, const long lanes) {
  for (long block = 0; block < blocks; block++) {
    float a[16], b[16];
    for (long l = 0; l < lanes; l++) a[l] = scale[block * lanes + l], b[l] = shift[block * lanes + l];
    for (long row = 0; row < rows; row++) {
      float *to = band + (block * rows + row) * width * lanes;
      long y = first + row;
      if (y < 0 || y >= height) {
        memset(to, 0, sizeof(float) * width * lanes);
        continue;
      }
      const float *from = picture + (block * height + y) * width * lanes;
      BY_LANES for (long x = 0; x < width; x++)
        for (long l = 0; l < lanes; l++) {
          float z = a[l] * from[x * lanes + l] + b[l];
          to[x * lanes + l] = z > 0 ? z : 0;
        }
    }
  }
}

PER_CPU void ck_norm_relu(float *band, const float *picture, const float *scale, const float *shift, long blocks,
                          long height, long width, long lanes, long first, long rows) {
  FOR_LANES(norm_relu(band, picture, scale, shift, blocks, height, width, first, rows, 16),
            norm_relu(band, picture, scale, shift, blocks, height, width, first, rows, 8))
}

INLINE void norm_relu_pullback(float *restrict gradient, const float *restrict band, const float *restrict picture,
                               const float *scale, const float *shift, double *sums, int fresh, long blocks, long height,
                               long width, long first, long rows, const long lanes) {
  for (long block = 0; block < blocks; block++) {
    float a[16], b[16];
    for (long l = 0; l < lanes; l++) a[l] = scale[block * lanes + l], b[l] = shift[block * lanes + l];
    for (long row = 0; row < rows; row++) {
      const float *from = band + (block * rows + row) * width * lanes;
      long start = (block * height + first + row) * width * lanes;
      float s1[16] = {0}, s2[16] = {0};  // one row in single precision, rows in double
      for (long x = 0; x < width; x++)
        for (long l = 0; l < lanes; l++) {
          float value = picture[start + x * lanes + l];
          float d = a[l] * value + b[l] > 0 ? from[x * lanes + l] : 0;
          s1[l] += d;
          s2[l] += d * value;
          float old = fresh ? 0 : gradient[start + x * lanes + l];
          gradient[start + x * lanes + l] = old + a[l] * d;
        }
      for (long l = 0; l < lanes; l++) {
        sums[block * lanes + l] += s1[l];
        sums[(blocks + block) * lanes + l] += s2[l];
      }
    }
  }
}

PER_CPU void ck_norm_relu_pullback(float *gradient, const float *band, const float *picture, const float *scale,
                                   const float *shift, double *sums, int fresh, long blocks, long height, long width,
                                   long lanes, long first, long rows) {
  FOR_LANES(
      norm_relu_pullback(gradient, band, picture, scale, shift, sums, fresh, blocks, height, width, first, rows, 16),
      norm_relu_pullback(gradient, band, picture, scale, shift, sums, fresh, blocks, height, width, first, rows, 8))
}

// A run of channels that lies in one block on both sides.
typedef struct {
  long band, picture, count;  // channel in the band, channel in the picture, how many
} run;

static run next_run(long done, long offset, long count, long lanes) {
  long left = lanes - done % lanes, right = lanes - (offset + done) % lanes, most = left < right ? left : right;
  return (run){done, offset + done, most < count - done ? most : count - done};
}

// `call` with the number of channels as a constant `n`, where it is a common one, so that they are copied as vectors.
#define COUNT_CASE(count, call) \
  case count: {                 \
    const long n = count;       \
    call;                       \
    break;                      \
  }
#define FOR_COUNT(count, call)                                                                  \
  switch (count) {                                                                              \
    COUNT_CASE(4, call) COUNT_CASE(8, call) COUNT_CASE(12, call) COUNT_CASE(16, call) default: { \
      const long n = count;                                                                     \
      call;                                                                                     \
    }                                                                                           \
  }

INLINE void scatter_run(float *restrict to, const float *restrict from, float *restrict s1, float *restrict s2,
                        long width, const long lanes, const long n) {
  for (long x = 0; x < width; x++)
    for (long l = 0; l < n; l++) {
      float value = from[x * lanes + l];
      to[x * lanes + l] = value;
      s1[l] += value;
      s2[l] += value * value;
    }
}

INLINE void scatter(float *picture, const float *band, double *sums, long stride, long offset, long count, long height,
                    long width, long first, long rows, const long lanes) {
  for (long done = 0; done < count;) {
    run r = next_run(done, offset, count, lanes);
    for (long row = 0; row < rows; row++) {
      const float *from = band + ((r.band / lanes) * rows + row) * width * lanes + r.band % lanes;
      float *to = picture + ((r.picture / lanes) * height + first + row) * width * lanes + r.picture % lanes;
      float s1[16] = {0}, s2[16] = {0};
      FOR_COUNT(r.count, scatter_run(to, from, s1, s2, width, lanes, n))
      if (sums)
        for (long l = 0; l < r.count; l++) sums[r.picture + l] += s1[l], sums[stride + r.picture + l] += s2[l];
    }
    done += r.count;
  }
}

PER_CPU void ck_scatter(float *picture, const float *band, double *sums, long stride, long offset, long count,
                        long height, long width, long lanes, long first, long rows) {
  FOR_LANES(scatter(picture, band, sums, stride, offset, count, height, width, first, rows, 16),
            scatter(picture, band, sums, stride, offset, count, height, width, first, rows, 8))
}

INLINE void gather_run(float *restrict to, const float *restrict from, const float *restrict values,
                       const float *constant, const float *slope, long width, const long lanes, const long n) {
  if (values)
    for (long x = 0; x < width; x++)
      for (long l = 0; l < n; l++)
        to[x * lanes + l] = from[x * lanes + l] + constant[l] + slope[l] * values[x * lanes + l];
  else
    for (long x = 0; x < width; x++)
      for (long l = 0; l < n; l++) to[x * lanes + l] = from[x * lanes + l];
}

INLINE void gather(float *band, const float *picture, const float *values, const float *constant, const float *slope,
                   long offset, long count, long height, long width, long first, long rows, const long lanes) {
  long blocks = (count + lanes - 1) / lanes, low = first < 0 ? -first : 0,
       high = first + rows > height ? height - first : rows;
  if (low > 0 || high < rows || count % lanes) memset(band, 0, sizeof(float) * blocks * rows * width * lanes);
  for (long done = 0; done < count;) {
    run r = next_run(done, offset, count, lanes);
    for (long row = low; row < high; row++) {
      float *to = band + ((r.band / lanes) * rows + row) * width * lanes + r.band % lanes;
      long start = ((r.picture / lanes) * height + first + row) * width * lanes + r.picture % lanes;
      const float *c = values ? constant + r.picture : 0, *s = values ? slope + r.picture : 0;
      const float *v = values ? values + start : 0;
      FOR_COUNT(r.count, gather_run(to, picture + start, v, c, s, width, lanes, n))
    }
    done += r.count;
  }
}

PER_CPU void ck_gather(float *band, const float *picture, const float *values, const float *constant,
                       const float *slope, long offset, long count, long height, long width, long lanes, long first,
                       long rows) {
  FOR_LANES(gather(band, picture, values, constant, slope, offset, count, height, width, first, rows, 16),
            gather(band, picture, values, constant, slope, offset, count, height, width, first, rows, 8))
}

PER_CPU void ck_correct(float *restrict gradient, const float *restrict values, const float *constant,
                        const float *slope, long blocks, long pixels, long lanes) {
  for (long block = 0; block < blocks; block++)
    for (long x = 0; x < pixels; x++)
      for (long l = 0; l < lanes; l++) {
        long i = (block * pixels + x) * lanes + l;
        gradient[i] += constant[block * lanes + l] + slope[block * lanes + l] * values[i];
      }
}

PER_CPU void ck_band_sums(double *sums, const float *band, long blocks, long width, long lanes, long rows, long skip) {
  for (long block = 0; block < blocks; block++)
    for (long row = skip; row < rows - skip; row++) {
      const float *from = band + (block * rows + row) * width * lanes;
      float s[16] = {0};
      for (long x = 0; x < width; x++)
        for (long l = 0; l < lanes; l++) s[l] += from[x * lanes + l];
      for (long l = 0; l < lanes; l++) sums[block * lanes + l] += s[l];
    }
}

PER_CPU void ck_block(float *restrict blocked, const float *restrict plain, long channels, long pixels, long lanes) {
  for (long c0 = 0; c0 < channels; c0 += lanes)
    for (long x = 0; x < pixels; x++)
      for (long l = 0; l < lanes; l++)
        blocked[c0 * pixels + x * lanes + l] = c0 + l < channels ? plain[(c0 + l) * pixels + x] : 0;
}

PER_CPU void ck_unblock(float *restrict plain, const float *restrict blocked, long channels, long pixels, long lanes) {
  for (long c = 0; c < channels; c++) {
    const float *from = blocked + c / lanes * lanes * pixels + c % lanes;
    for (long x = 0; x < pixels; x++) plain[c * pixels + x] = from[x * lanes];
  }
}

// The channels of one block that stand in a run of channels.
#define FOR_EACH_BLOCK                                                                              \
  for (long done = 0; done < count;)                                                                \
    for (run r = next_run(done, offset, count, lanes); r.count; done += r.count, r.count = 0)

PER_CPU void ck_block_to_last(float *restrict last, const float *restrict blocked, long offset, long count, long pixels,
                              long lanes) {
  FOR_EACH_BLOCK {
    const float *from = blocked + r.picture / lanes * pixels * lanes + r.picture % lanes;
    if (r.count == 16)
      for (long x = 0; x < pixels; x++) memcpy(last + x * count + r.band, from + x * lanes, 16 * sizeof(float));
    else
      for (long x = 0; x < pixels; x++)
        for (long l = 0; l < r.count; l++) last[x * count + r.band + l] = from[x * lanes + l];
  }
}

PER_CPU void ck_last_to_block(float *restrict blocked, const float *restrict last, long offset, long count, long channels,
                              long pixels, long lanes) {
  FOR_EACH_BLOCK {
    float *to = blocked + r.picture / lanes * pixels * lanes + r.picture % lanes;
    const long end = r.picture + r.count == channels ? lanes - r.picture % lanes : r.count;
    if (end == 16)
      for (long x = 0; x < pixels; x++) {
        float values[16] = {0};
        memcpy(values, last + x * count + r.band, r.count * sizeof(float));
        memcpy(to + x * lanes, values, sizeof values);
      }
    else
      for (long x = 0; x < pixels; x++)
        for (long l = 0; l < end; l++) to[x * lanes + l] = l < r.count ? last[x * count + r.band + l] : 0;
  }
}
