#include "CKernels.h"
#include "vector.h"

// Functions of one number with their first and second derivatives. `p` is the function's own constant. The result may stand
// in place of `a`, so no loop depends on an earlier round of itself.
#define VECTORIZED _Pragma("clang loop vectorize(assume_safety)")

#define ROOT(x) __builtin_elementwise_sqrt(x)  // unlike sqrtf, sets no errno

#define EACH(expression)                          \
  VECTORIZED for (long i = 0; i < count; i++) {   \
    float x = a[i];                               \
    (void)x;                                      \
    result[i] = expression;                       \
  }
#define EACH_TIMES(expression)                    \
  VECTORIZED for (long i = 0; i < count; i++) {   \
    float x = a[i];                               \
    (void)x;                                      \
    result[i] = upstream[i] * (expression);       \
  }

#define FUNCTION(name, value, first, second)                                                                          \
  PER_CPU void name(float *result, const float *a, const float *upstream, float p,                                   \
                    int order, long count) {                                                                          \
    (void)p;                                                                                                          \
    if (order == 0)                                                                                                   \
      EACH(value)                                                                                                     \
    else if (order == 1 && upstream)                                                                                  \
      EACH_TIMES(first)                                                                                               \
    else if (order == 1)                                                                                              \
      EACH(first)                                                                                                     \
    else if (upstream)                                                                                                \
      EACH_TIMES(second)                                                                                              \
    else                                                                                                              \
      EACH(second)                                                                                                    \
  }

INLINE float tanh1(float t) { return 1 - t * t; }
INLINE float tanh2(float t) { return -2 * t * (1 - t * t); }
INLINE float sigmoid1(float s) { return s * (1 - s); }
INLINE float sigmoid2(float s) { return s * (1 - s) * (1 - 2 * s); }
INLINE float silu1(float x, float s) { return s * (1 + x * (1 - s)); }
INLINE float silu2(float x, float s) { return s * (1 - s) * (2 + x * (1 - 2 * s)); }
INLINE float normal_share(float x) { return 0.5f * (1 + vector_erf(0.70710678f * x)); }
INLINE float normal_density(float x) { return 0.39894228f * vector_exp(-0.5f * x * x); }

// GELU by tanh: u = √(2/π) (x + 0.044715 x³), t = tanh u.
INLINE float gelu_u(float x) { return 0.79788456f * (x + 0.044715f * x * x * x); }
INLINE float gelu_u1(float x) { return 0.79788456f * (1 + 0.134145f * x * x); }
INLINE float gelu_u2(float x) { return 0.79788456f * 0.26829f * x; }
INLINE float gelu1(float x, float t) { return 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * gelu_u1(x); }
INLINE float gelu2(float x, float t) {
  float u1 = gelu_u1(x);
  return (1 - t * t) * (u1 + 0.5f * x * (gelu_u2(x) - 2 * t * u1 * u1));
}

// Mish: x · t, t = tanh(softplus x), s = sigmoid x.
INLINE float mish1(float x, float t, float s) { return t + x * (1 - t * t) * s; }
INLINE float mish2(float x, float t, float s) {
  return (1 - t * t) * s * (2 + x * ((1 - s) - 2 * t * s));
}

FUNCTION(ck_relu, x > 0 ? x : 0, x > 0 ? 1 : 0, 0)
FUNCTION(ck_leaky_relu, x > 0 ? x : p * x, x > 0 ? 1 : p, 0)
FUNCTION(ck_elu, x > 0 ? x : p * (vector_exp(x) - 1), x > 0 ? 1 : p * vector_exp(x), x > 0 ? 0 : p * vector_exp(x))
FUNCTION(ck_exp, vector_exp(x), vector_exp(x), vector_exp(x))
FUNCTION(ck_tanh, vector_tanh(x), tanh1(vector_tanh(x)), tanh2(vector_tanh(x)))
FUNCTION(ck_sigmoid, vector_sigmoid(x), sigmoid1(vector_sigmoid(x)), sigmoid2(vector_sigmoid(x)))
FUNCTION(ck_softplus, vector_softplus(x), vector_sigmoid(x), sigmoid1(vector_sigmoid(x)))
FUNCTION(ck_silu, x * vector_sigmoid(x), silu1(x, vector_sigmoid(x)), silu2(x, vector_sigmoid(x)))
FUNCTION(ck_gelu, x * normal_share(x), normal_share(x) + x * normal_density(x), normal_density(x) * (2 - x * x))
FUNCTION(ck_gelu_tanh, 0.5f * x * (1 + vector_tanh(gelu_u(x))), gelu1(x, vector_tanh(gelu_u(x))),
         gelu2(x, vector_tanh(gelu_u(x))))
FUNCTION(ck_mish, x * vector_tanh(vector_softplus(x)), mish1(x, vector_tanh(vector_softplus(x)), vector_sigmoid(x)),
         mish2(x, vector_tanh(vector_softplus(x)), vector_sigmoid(x)))
FUNCTION(ck_hard_sigmoid, x <= -3 ? 0 : x >= 3 ? 1 : x / 6 + 0.5f, x > -3 && x < 3 ? 1 / 6.0f : 0, 0)
FUNCTION(ck_hard_swish, x <= -3 ? 0 : x >= 3 ? x : x * (x / 6 + 0.5f), x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5f,
         x > -3 && x < 3 ? 1 / 3.0f : 0)
FUNCTION(ck_sqrt, ROOT(x), 0.5f / ROOT(x), -0.25f / (x * ROOT(x)))
FUNCTION(ck_abs, fabsf(x), (x > 0) - (x < 0), 0)
FUNCTION(ck_floor, floorf(x), 0, 0)
FUNCTION(ck_round, nearbyintf(x), 0, 0)

#define STRETCH 256

/// sin(x + order · π / 2). A stretch with a large argument goes through the C library, which cuts it exactly.
PER_CPU void ck_sine(float *result, const float *a, const float *upstream, float p, int order, long count) {
  (void)p;
  for (long start = 0; start < count; start += STRETCH) {
    long end = start + STRETCH < count ? start + STRETCH : count;
    float size = 0;
    for (long i = start; i < end; i++) size = fabsf(a[i]) > size ? fabsf(a[i]) : size;
    if (size < 8192) {
      VECTORIZED for (long i = start; i < end; i++) result[i] = vector_sine(a[i], order);
    } else
      for (long i = start; i < end; i++) {
        float value = order & 1 ? cosf(a[i]) : sinf(a[i]);
        result[i] = order & 2 ? -value : value;
      }
    if (upstream) {
      VECTORIZED for (long i = start; i < end; i++) result[i] *= upstream[i];
    }
  }
}

void ck_cosine(float *result, const float *a, const float *upstream, float p, int order, long count) {
  ck_sine(result, a, upstream, p, order + 1, count);
}
