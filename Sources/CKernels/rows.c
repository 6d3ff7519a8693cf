#include "CKernels.h"
#include "vector.h"

#define TILE 64

PER_CPU void ck_sum_rows(float *restrict result, const float *restrict a, long rows, long columns, long row) {
  for (long c0 = 0; c0 < columns; c0 += TILE) {
    long width = columns - c0 < TILE ? columns - c0 : TILE;
    double totals[TILE] = {0};
    for (long r0 = 0; r0 < rows; r0 += 16) {  // short stretches in single precision, all of them in double
      float part[TILE] = {0};
      for (long r = r0; r < rows && r < r0 + 16; r++)
        for (long c = 0; c < width; c++) part[c] += a[r * row + c0 + c];
      for (long c = 0; c < width; c++) totals[c] += part[c];
    }
    for (long c = 0; c < width; c++) result[c0 + c] = (float)totals[c];
  }
}

PER_CPU void ck_largest_row(int *restrict result, const float *restrict a, float sign, long rows, long columns,
                            long row) {
  for (long c0 = 0; c0 < columns; c0 += TILE) {
    long width = columns - c0 < TILE ? columns - c0 : TILE;
    float largest[TILE];
    int place[TILE] = {0};
    for (long c = 0; c < width; c++) largest[c] = sign * a[c0 + c];
    for (long r = 1; r < rows; r++)
      for (long c = 0; c < width; c++) {
        float value = sign * a[r * row + c0 + c];
        place[c] = value > largest[c] ? (int)r : place[c];
        largest[c] = value > largest[c] ? value : largest[c];
      }
    for (long c = 0; c < width; c++) result[c0 + c] = place[c];
  }
}

void ck_cumulative_sum(float *result, const float *a, long rows, long columns, long step) {
  for (long c = 0; c < columns; c++) {
    double total = 0;
    for (long r = 0; r < rows; r++) {
      total += a[r * step + c];
      result[r * step + c] = (float)total;
    }
  }
}

INLINE float largest(const float *a, long count) {
  float lanes[16];
  for (int l = 0; l < 16; l++) lanes[l] = -INFINITY;
  long i = 0;
  for (; i + 16 <= count; i += 16)
    for (int l = 0; l < 16; l++) lanes[l] = a[i + l] > lanes[l] ? a[i + l] : lanes[l];
  for (; i < count; i++) lanes[0] = a[i] > lanes[0] ? a[i] : lanes[0];
  for (int l = 1; l < 16; l++) lanes[0] = lanes[l] > lanes[0] ? lanes[l] : lanes[0];
  return lanes[0];
}

INLINE float total(const float *a, long count) {
  float lanes[16] = {0};
  long i = 0;
  for (; i + 16 <= count; i += 16)
    for (int l = 0; l < 16; l++) lanes[l] += a[i + l];
  for (; i < count; i++) lanes[0] += a[i];
  for (int l = 1; l < 16; l++) lanes[0] += lanes[l];
  return lanes[0];
}

INLINE float total_product(const float *a, const float *b, long count) {
  float lanes[16] = {0};
  long i = 0;
  for (; i + 16 <= count; i += 16)
    for (int l = 0; l < 16; l++) lanes[l] += a[i + l] * b[i + l];
  for (; i < count; i++) lanes[0] += a[i] * b[i];
  for (int l = 1; l < 16; l++) lanes[0] += lanes[l];
  return lanes[0];
}

PER_CPU void ck_softmax(float *result, const float *a, long rows, long columns) {
  for (long r = 0; r < rows; r++, result += columns, a += columns) {
    float top = largest(a, columns);
    if (top == -INFINITY) top = 0;  // a row that is masked throughout becomes 0 / 0, as in PyTorch
    for (long c = 0; c < columns; c++) result[c] = vector_exp(a[c] - top);
    float scale = 1 / total(result, columns);
    for (long c = 0; c < columns; c++) result[c] *= scale;
  }
}

PER_CPU void ck_attend(float *a, const float *bias, long bias_row, long bias_column, float scale, long rows, long columns) {
  for (long r = 0; r < rows; r++, a += columns) {
    if (!bias)
      for (long c = 0; c < columns; c++) a[c] *= scale;
    else if (bias_column)
      for (long c = 0; c < columns; c++) a[c] = scale * a[c] + bias[r * bias_row + c];
    else
      for (long c = 0; c < columns; c++) a[c] = scale * a[c] + bias[r * bias_row];
    ck_softmax(a, a, 1, columns);
  }
}

PER_CPU void ck_softmax_pullback(float *result, const float *y, const float *upstream, long rows, long columns) {
  for (long r = 0; r < rows; r++, result += columns, y += columns, upstream += columns) {
    float mean = total_product(y, upstream, columns);
    for (long c = 0; c < columns; c++) result[c] = y[c] * (upstream[c] - mean);
  }
}

PER_CPU void ck_log_softmax(float *result, const float *a, long rows, long columns) {
  for (long r = 0; r < rows; r++, result += columns, a += columns) {
    float top = largest(a, columns);
    for (long c = 0; c < columns; c++) result[c] = vector_exp(a[c] - top);
    float shift = top + logf(total(result, columns));
    for (long c = 0; c < columns; c++) result[c] = a[c] - shift;
  }
}

PER_CPU void ck_log_softmax_pullback(float *result, const float *y, const float *upstream, long rows, long columns) {
  for (long r = 0; r < rows; r++, result += columns, y += columns, upstream += columns) {
    float sum = total(upstream, columns);
    for (long c = 0; c < columns; c++) result[c] = upstream[c] - vector_exp(y[c]) * sum;
  }
}

PER_CPU void ck_standardize(float *result, float *scales, const float *a, float epsilon, int centred, long rows,
                            long columns) {
  for (long r = 0; r < rows; r++, result += columns, a += columns) {
    float mean = centred ? total(a, columns) / columns : 0;
    for (long c = 0; c < columns; c++) result[c] = a[c] - mean;
    scales[r] = 1 / sqrtf(total_product(result, result, columns) / columns + epsilon);
    for (long c = 0; c < columns; c++) result[c] *= scales[r];
  }
}

PER_CPU void ck_standardize_pullback(float *result, const float *y, const float *scales, const float *upstream,
                                     int centred, long rows, long columns) {
  for (long r = 0; r < rows; r++, result += columns, y += columns, upstream += columns) {
    float mean = centred ? total(upstream, columns) / columns : 0, along = total_product(y, upstream, columns) / columns;
    for (long c = 0; c < columns; c++) result[c] = scales[r] * (upstream[c] - mean - y[c] * along);
  }
}

PER_CPU void ck_layer_norm(float *restrict result, float *means, float *scales, const float *restrict a, const float *weight,
                           const float *bias, float epsilon, long rows, long columns) {
  for (long r = 0; r < rows; r++, result += columns, a += columns) {
    float mean = total(a, columns) / columns;
    for (long c = 0; c < columns; c++) result[c] = a[c] - mean;
    float scale = 1 / sqrtf(total_product(result, result, columns) / columns + epsilon);
    for (long c = 0; c < columns; c++) result[c] = result[c] * scale * weight[c] + bias[c];
    means[r] = mean;
    scales[r] = scale;
  }
}

PER_CPU void ck_layer_norm_pullback(float *restrict result, double *weights, double *biases, const float *restrict a,
                                    const float *means, const float *scales, const float *weight,
                                    const float *restrict upstream, float *restrict row, long rows, long columns) {
  float *restrict w = row + columns, *restrict b = w + columns;
  for (long start = 0; start < rows; start += 32) {  // short stretches in single precision, all of them in double
    memset(w, 0, sizeof(float) * 2 * columns);
    for (long r = start; r < rows && r < start + 32; r++) {
      const float *restrict x = a + r * columns, *restrict d = upstream + r * columns;
      float *restrict to = result + r * columns;
#pragma clang loop vectorize(assume_safety)
      for (long c = 0; c < columns; c++) {
        float y = (x[c] - means[r]) * scales[r];
        row[c] = y;
        w[c] += d[c] * y;
        b[c] += d[c];
        to[c] = d[c] * weight[c];
      }
      float mean = total(to, columns) / columns, along = total_product(row, to, columns) / columns;
      for (long c = 0; c < columns; c++) to[c] = scales[r] * (to[c] - mean - row[c] * along);
    }
    for (long c = 0; c < columns; c++) weights[c] += w[c], biases[c] += b[c];
  }
}

PER_CPU void ck_scale_rows(float *restrict result, float *inverses, const float *restrict a, const float *lengths, long rows,
                           long columns) {
  for (long r = 0; r < rows; r++, result += columns, a += columns) {
    inverses[r] = 1 / sqrtf(total_product(a, a, columns));
    float scale = lengths[r] * inverses[r];
    for (long c = 0; c < columns; c++) result[c] = scale * a[c];
  }
}

PER_CPU void ck_scale_rows_pullback(float *restrict result, float *lengths_gradient, const float *restrict a,
                                    const float *lengths, const float *inverses, const float *restrict upstream,
                                    long rows, long columns) {
  for (long r = 0; r < rows; r++, result += columns, a += columns, upstream += columns) {
    float along = total_product(a, upstream, columns) * inverses[r];
    float scale = lengths[r] * inverses[r], back = scale * along * inverses[r];
    lengths_gradient[r] = along;
    for (long c = 0; c < columns; c++) result[c] = scale * upstream[c] - back * a[c];
  }
}
