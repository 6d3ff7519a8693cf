#include "CKernels.h"
#include <math.h>

#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define EACH for (long i = 0; i < count; i++)

PER_CPU void ck_adam(float *value, float *first, float *second, const float *gradient, float rate, float beta1,
                     float beta2, float epsilon, float correction1, float correction2, float decay, long count) {
  EACH {
    float g = gradient[i];
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    second[i] = beta2 * second[i] + (1 - beta2) * g * g;
    float step = (first[i] / correction1) / (sqrtf(second[i] / correction2) + epsilon);
    value[i] -= rate * (step + decay * value[i]);
  }
}

PER_CPU void ck_radam(float *value, float *first, float *second, const float *gradient, float rate, float beta1,
                      float beta2, float epsilon, float scale, int rectified, float decay, long count) {
  EACH {
    float g = gradient[i];
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    second[i] = beta2 * second[i] + (1 - beta2) * g * g;
    float step = first[i] * scale / (rectified ? sqrtf(second[i]) + epsilon : 1);
    value[i] -= rate * (step + decay * value[i]);
  }
}

PER_CPU void ck_adabelief(float *value, float *first, float *second, const float *gradient, float rate, float beta1,
                          float beta2, float epsilon, float correction1, float correction2, float decay, long count) {
  EACH {
    float g = gradient[i];
    first[i] = beta1 * first[i] + (1 - beta1) * g;
    float surprise = g - first[i];
    second[i] = beta2 * second[i] + (1 - beta2) * surprise * surprise + epsilon;
    float step = (first[i] / correction1) / (sqrtf(second[i] / correction2) + epsilon);
    value[i] -= rate * (step + decay * value[i]);
  }
}

PER_CPU void ck_lion(float *value, float *first, const float *gradient, float rate, float beta1, float beta2,
                     float decay, long count) {
  EACH {
    float g = gradient[i];
    float mixed = beta1 * first[i] + (1 - beta1) * g;
    float sign = (mixed > 0) - (mixed < 0);
    value[i] -= rate * (sign + decay * value[i]);
    first[i] = beta2 * first[i] + (1 - beta2) * g;
  }
}

PER_CPU void ck_sgd(float *value, float *velocity, const float *gradient, float rate, float momentum, int ahead,
                    float decay, long count) {
  EACH {
    float g = gradient[i] + decay * value[i];
    velocity[i] = momentum * velocity[i] + g;
    value[i] -= rate * (ahead ? g + momentum * velocity[i] : velocity[i]);
  }
}

PER_CPU void ck_rmsprop(float *value, float *square, float *velocity, const float *gradient, float rate,
                        float smoothing, float epsilon, float momentum, float decay, long count) {
  EACH {
    float g = gradient[i] + decay * value[i];
    square[i] = smoothing * square[i] + (1 - smoothing) * g * g;
    velocity[i] = momentum * velocity[i] + g / (sqrtf(square[i]) + epsilon);
    value[i] -= rate * velocity[i];
  }
}
