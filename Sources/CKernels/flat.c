#include "CKernels.h"
#include <math.h>

#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define EACH for (long i = 0; i < count; i++)

PER_CPU void ck_affine(float *result, const float *a, float scale, float shift, long count) {
  EACH result[i] = scale * a[i] + shift;
}
PER_CPU void ck_accumulate(float *result, const float *a, float scale, long count) { EACH result[i] += scale * a[i]; }
PER_CPU void ck_clamp(float *result, const float *a, float low, float high, long count) {
  EACH result[i] = a[i] < low ? low : a[i] > high ? high : a[i];
}
PER_CPU void ck_inside(float *result, const float *a, float low, float high, long count) {
  EACH result[i] = a[i] >= low && a[i] <= high ? 1 : 0;
}
void ck_log(float *result, const float *a, long count) { EACH result[i] = logf(a[i]); }
void ck_power(float *result, const float *a, float exponent, long count) { EACH result[i] = powf(a[i], exponent); }

// Sums run in single precision over short stretches only, so that a long array loses nothing.
PER_CPU double ck_sum(const float *a, long count) {
  double total = 0;
  for (long start = 0; start < count; start += 256) {
    long end = start + 256 < count ? start + 256 : count;
    float lanes[16] = {0};
    long i = start;
    for (; i + 16 <= end; i += 16)
      for (int l = 0; l < 16; l++) lanes[l] += a[i + l];
    for (; i < end; i++) lanes[0] += a[i];
    for (int l = 0; l < 16; l++) total += lanes[l];
  }
  return total;
}

PER_CPU double ck_dot(const float *a, const float *b, long count) {
  double total = 0;
  for (long start = 0; start < count; start += 256) {
    long end = start + 256 < count ? start + 256 : count;
    float lanes[16] = {0};
    long i = start;
    for (; i + 16 <= end; i += 16)
      for (int l = 0; l < 16; l++) lanes[l] += a[i + l] * b[i + l];
    for (; i < end; i++) lanes[0] += a[i] * b[i];
    for (int l = 0; l < 16; l++) total += lanes[l];
  }
  return total;
}

void ck_to_half(unsigned short *half, const float *single, long count) {
  EACH {
    _Float16 h = (_Float16)single[i];
    __builtin_memcpy(half + i, &h, 2);
  }
}

void ck_from_half(float *single, const unsigned short *half, long count) {
  EACH {
    _Float16 h;
    __builtin_memcpy(&h, half + i, 2);
    single[i] = (float)h;
  }
}
