#include "CKernels.h"
#include <math.h>
#include <string.h>

#define PER_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))

PER_CPU void ck_copy_strided(float *restrict result, const float *restrict from, long rows, long columns,
                             long result_row, long from_row, long from_column) {
  if (from_column == 1) {
    for (long r = 0; r < rows; r++) memcpy(result + r * result_row, from + r * from_row, sizeof(float) * columns);
  } else if (from_column == 0) {
    for (long r = 0; r < rows; r++)
      for (long c = 0; c < columns; c++) result[r * result_row + c] = from[r * from_row];
  } else {
    const long tile = 16;  // a tile of both sides stays in the first cache
    for (long r0 = 0; r0 < rows; r0 += tile)
      for (long c0 = 0; c0 < columns; c0 += tile) {
        long r1 = r0 + tile < rows ? r0 + tile : rows, c1 = c0 + tile < columns ? c0 + tile : columns;
        for (long r = r0; r < r1; r++)
          for (long c = c0; c < c1; c++) result[r * result_row + c] = from[r * from_row + c * from_column];
      }
  }
}

// A column step is 1 or 0; two zeros do not occur, as the columns would then be rows.
#define JOIN(name, expression)                                                                                         \
  PER_CPU void name(float *restrict result, const float *a, const float *b, long rows, long columns, long a_row,      \
                    long a_column, long b_row, long b_column) {                                                        \
    for (long r = 0; r < rows; r++, result += columns, a += a_row, b += b_row)                                         \
      if (a_column && b_column)                                                                                        \
        for (long i = 0; i < columns; i++) {                                                                           \
          float x = a[i], y = b[i];                                                                                    \
          result[i] = expression;                                                                                      \
        }                                                                                                              \
      else if (a_column)                                                                                               \
        for (long i = 0; i < columns; i++) {                                                                           \
          float x = a[i], y = *b;                                                                                      \
          result[i] = expression;                                                                                      \
        }                                                                                                              \
      else                                                                                                             \
        for (long i = 0; i < columns; i++) {                                                                           \
          float x = *a, y = b[i * b_column];                                                                           \
          result[i] = expression;                                                                                      \
        }                                                                                                              \
  }

JOIN(ck_add, x + y)
JOIN(ck_subtract, x - y)
JOIN(ck_multiply, x *y)
JOIN(ck_divide, x / y)
JOIN(ck_maximum, x > y ? x : y)
JOIN(ck_minimum, x < y ? x : y)
JOIN(ck_greater, x > y ? 1 : 0)
JOIN(ck_greater_or_equal, x >= y ? 1 : 0)
JOIN(ck_equal, x == y ? 1 : 0)
JOIN(ck_atan2, atan2f(x, y))

PER_CPU void ck_select(float *result, const float *mask, const float *a, const float *b, long count) {
  for (long i = 0; i < count; i++) result[i] = mask[i] != 0 ? a[i] : b[i];
}
