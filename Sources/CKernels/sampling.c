#include "CKernels.h"
#include <math.h>
#include <string.h>

#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))

// Each kernel is written once for a constant number of lanes: blocked planes have 16 or 8, plain ones 1.
#define FOR_LANES(call16, call8, call1) \
  if (lanes == 16) { call16; } else if (lanes == 8) { call8; } else { call1; }

// Keeps a coordinate within 0 … last; the slope becomes 0 where it did not lie between them.
static float clipped(float place, float last, float *slope) {
  if (place > 0 && place < last) return place;
  *slope = 0;
  return place > 0 ? last : 0;
}

// Mirrors a coordinate at low and low + span as often as it takes.
static float reflected(float place, float low, float span, float *slope) {
  if (span <= 0) {
    *slope = 0;
    return 0;
  }
  float distance = fabsf(place - low);
  long flips = (long)floorf(distance / span);
  float rest = fmodf(distance, span);
  if ((place < low) != (flips % 2 != 0)) *slope = -*slope;
  return low + (flips % 2 ? span - rest : rest);
}

void ck_grid_axis(int *index, float *fraction, float *slope, const float *grid, long stride, long count, long size,
                  int alignCorners, ck_grid_padding padding, int nearest) {
  const float last = size - 1;
  for (long i = 0; i < count; i++) {
    float s = alignCorners ? last / 2 : size / 2.0f;
    float place = s * (grid[i * stride] + 1) - (alignCorners ? 0 : 0.5f);
    if (!(fabsf(place) < 1e9f)) place = -100;  // not a number an index can be made of: far outside
    if (padding == ck_grid_border) place = clipped(place, last, &s);
    if (padding == ck_grid_reflection) {
      place = alignCorners ? reflected(place, 0, last, &s) : reflected(place, -0.5f, size, &s);
      place = clipped(place, last, &s);
    }
    const float whole = nearest ? nearbyintf(place) : floorf(place);
    index[i] = (int)whole;
    fraction[i] = nearest ? 0 : place - whole;
    slope[i] = nearest ? 0 : s;
  }
}

void ck_grid_taps(int *taps, const int *rows, const int *columns, long count, long points, int neighbours, long height,
                  long width) {
  for (long image = 0; image < count / points; image++)
    for (int n = 0; n < neighbours; n++)
      for (long point = 0; point < points; point++) {
        const long y = rows[image * points + point] + n / 2, x = columns[image * points + point] + n % 2;
        const int isInside = y >= 0 && y < height && x >= 0 && x < width;
        taps[(image * neighbours + n) * points + point] = isInside ? (int)(y * width + x) : -1;
      }
}

// The part of a run of points, counted through all planes, that lies in one plane.
typedef struct {
  long plane, from, to;
} part;

static part part_at(long next, long end, long points) {
  const long from = next % points, left = end - next;
  return (part){next / points, from, from + left < points ? from + left : points};
}

#define EACH_PART(p) \
  for (part p = part_at(first, first + count, points); p.plane * points + p.from < first + count; \
       p = part_at(p.plane * points + p.to, first + count, points))

INLINE void sample(float *restrict result, const float *restrict source, const int *taps, const float *weights,
                   long first, long count, long planes, long pixels, long points, long neighbours, const long lanes) {
  EACH_PART(run) {
    const long plane = run.plane;
    const int *tap = taps + plane / planes * neighbours * points;
    const float *weight = weights + plane / planes * neighbours * points, *pixel = source + plane * pixels * lanes;
    for (long point = run.from; point < run.to; point++) {
      float sum[16] = {0};
      for (long n = 0; n < neighbours; n++) {
        const int at = tap[n * points + point];
        if (at < 0) continue;
        for (long l = 0; l < lanes; l++) sum[l] += weight[n * points + point] * pixel[at * lanes + l];
      }
      for (long l = 0; l < lanes; l++) result[(plane * points + point) * lanes + l] = sum[l];
    }
  }
}

#define SAMPLE(lanes) sample(result, source, taps, weights, first, count, planes, pixels, points, neighbours, lanes)

PER_CPU void ck_sample(float *result, const float *source, const int *taps, const float *weights, long first,
                       long count, long planes, long pixels, long points, long neighbours, long lanes) {
  FOR_LANES(SAMPLE(16), SAMPLE(8), SAMPLE(1))
}

INLINE void spread(float *restrict result, const float *restrict source, const int *taps, const float *weights,
                   long first, long count, long planes, long pixels, long points, long neighbours, const long lanes) {
  memset(result + first * pixels * lanes, 0, sizeof(float) * count * pixels * lanes);
  for (long plane = first; plane < first + count; plane++) {
    const int *tap = taps + plane / planes * neighbours * points;
    const float *weight = weights + plane / planes * neighbours * points, *value = source + plane * points * lanes;
    float *pixel = result + plane * pixels * lanes;
    for (long point = 0; point < points; point++)
      for (long n = 0; n < neighbours; n++) {
        const int at = tap[n * points + point];
        if (at < 0) continue;
        for (long l = 0; l < lanes; l++)
          pixel[at * lanes + l] += weight[n * points + point] * value[point * lanes + l];
      }
  }
}

#define SPREAD(lanes) spread(result, source, taps, weights, first, count, planes, pixels, points, neighbours, lanes)

PER_CPU void ck_spread(float *result, const float *source, const int *taps, const float *weights, long first,
                       long count, long planes, long pixels, long points, long neighbours, long lanes) {
  FOR_LANES(SPREAD(16), SPREAD(8), SPREAD(1))
}

INLINE void dots(float *restrict result, const float *restrict picture, const float *restrict sampled, const int *taps,
                 long first, long count, long channels, long pixels, long points, long neighbours, const long lanes) {
  const long planes = (channels + lanes - 1) / lanes;
  EACH_PART(run) {  // the planes of what is found: one per image and neighbour
    const long plane = run.plane, image = plane / neighbours;
    for (long point = run.from; point < run.to; point++) {
      const int at = taps[plane * points + point];
      float total = 0;
      for (long p = image * planes; p < (image + 1) * planes && at >= 0; p++) {
        const float *a = picture + (p * pixels + at) * lanes, *b = sampled + (p * points + point) * lanes;
        const long left = channels - (p - image * planes) * lanes;
        for (long l = 0; l < lanes; l++) total += l < left ? a[l] * b[l] : 0;  // lanes past the last mean nothing
      }
      result[plane * points + point] = total;
    }
  }
}

#define DOTS(lanes) dots(result, picture, sampled, taps, first, count, channels, pixels, points, neighbours, lanes)

PER_CPU void ck_sample_dots(float *result, const float *picture, const float *sampled, const int *taps, long first,
                            long count, long channels, long pixels, long points, long neighbours, long lanes) {
  FOR_LANES(DOTS(16), DOTS(8), DOTS(1))
}
