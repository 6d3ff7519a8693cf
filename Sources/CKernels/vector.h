#ifndef VECTOR_H
#define VECTOR_H

// Elementary functions without branches or calls, which the compiler turns into vector code. Polynomials and the cutting
// of arguments are those of Cephes (Moshier 1992), single precision; errors are below 2 units in the last place.

#include <math.h>
#include <string.h>

#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define INLINE static inline __attribute__((always_inline))

INLINE float power_of_two(int exponent) {
  int bits = (exponent + 127) << 23;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

INLINE float vector_exp(float x) {
  x = x < -104 ? -104 : x > 89 ? 89 : x;  // beyond, the result is 0 or infinite
  float n = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  int k = (int)n, half = k >> 1;  // in two steps, as 2ᵏ alone may be out of range
  return (p * r * r + r + 1) * power_of_two(half) * power_of_two(k - half);
}

INLINE float vector_tanh(float x) {
  float z = x * x, p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float size = fabsf(x), large = 1 - 2 / (vector_exp(2 * size) + 1);
  return size < 0.625f ? p * z * x + x : copysignf(large, x);
}

INLINE float vector_sigmoid(float x) { return 1 / (1 + vector_exp(-x)); }

/// ln(1 + t) for t from 0 to 1.
INLINE float vector_log1p(float t) {
  float u = 1 + t, high = u > 1.41421356f ? 1 : 0, m = (high ? 0.5f * u : u) - 1, z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float y = p * m * z - high * 2.12194440e-4f - 0.5f * z;
  return m + y + high * 0.693359375f - ((u - 1) - t) / u;  // the last term is what rounding 1 + t lost
}

INLINE float vector_softplus(float x) { return (x > 0 ? x : 0) + vector_log1p(vector_exp(-fabsf(x))); }

INLINE float vector_erf(float x) {
  float z = x * x, p = 7.853861353153693e-5f;
  p = p * z - 8.010193625184903e-4f;
  p = p * z + 5.188327685732524e-3f;
  p = p * z - 2.685381193529856e-2f;
  p = p * z + 1.128358514861418e-1f;
  p = p * z - 3.761262582423300e-1f;
  p = p * z + 1.128379165726710f;
  float size = fabsf(x), q = 1 / (size < 1 ? 1 : size), y = q * q;
  float near = 2.326819970068386e-2f, far = -1.047766399936249e+1f;
  near = near * y - 1.387039388740657e-1f;
  near = near * y + 3.687424674597105e-1f;
  near = near * y - 5.824733027278666e-1f;
  near = near * y + 6.210004621745983e-1f;
  near = near * y - 4.944515323274145e-1f;
  near = near * y + 3.404879937665872e-1f;
  near = near * y - 2.741127028184656e-1f;
  near = near * y + 5.638259427386472e-1f;
  far = far * y + 1.297719955372516e+1f;
  far = far * y - 7.495518717768503f;
  far = far * y + 2.921019019210786f;
  far = far * y - 1.015265279202700f;
  far = far * y + 4.218463358204948e-1f;
  far = far * y - 2.820767439740514e-1f;
  far = far * y + 5.641895067754075e-1f;
  float rest = vector_exp(-z) * q * (size < 2 ? near : far);
  return size < 1 ? p * x : copysignf(1 - rest, x);
}

/// The sine of x + quarters · π / 2, for |x| below 8192.
INLINE float vector_sine(float x, int quarters) {
  float n = (x * 0.63661977f + 12582912.0f) - 12582912.0f;
  float r = x - n * 1.5703125f - n * 4.837512969970703125e-4f - n * 7.54978995489188216e-8f;
  int k = ((int)n + quarters) & 3;
  float z = r * r;
  float sine = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  float cosine = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1;
  float value = k & 1 ? cosine : sine;
  return k & 2 ? -value : value;
}

#endif
