#include "CKernels.h"
#include "vector.h"

#define PANEL 32

typedef float panel_half __attribute__((vector_size(64), aligned(4)));

/// Accumulators fit the registers if there are no more rows than this.
INLINE long most_rows(long lanes) { return lanes == 16 ? 12 : 3; }

/// `a` is [inner][rows].
INLINE void product_tile(float *result, long result_row, const float *initial, long initial_row, const float *a,
                         const float *panel, long inner, const long rows) {
  panel_half low[12], high[12];
  for (long r = 0; r < rows; r++)
    if (initial) {
      low[r] = *(const panel_half *)(initial + r * initial_row);
      high[r] = *(const panel_half *)(initial + r * initial_row + 16);
    } else {
      low[r] = high[r] = (panel_half){0};
    }
  for (long k = 0; k < inner; k++) {
    panel_half first = *(const panel_half *)(panel + k * PANEL), second = *(const panel_half *)(panel + k * PANEL + 16);
    for (long r = 0; r < rows; r++) {
      low[r] += a[k * rows + r] * first;
      high[r] += a[k * rows + r] * second;
    }
  }
  for (long r = 0; r < rows; r++) {
    *(panel_half *)(result + r * result_row) = low[r];
    *(panel_half *)(result + r * result_row + 16) = high[r];
  }
}

/// One row has too few accumulators to hide how long an addition takes: it goes down four parts of the panel at once.
INLINE void product_row(float *result, const float *initial, const float *a, const float *panel, long inner) {
  panel_half low[4] = {0}, high[4] = {0};
  long k = 0;
  for (; k + 4 <= inner; k += 4)
    for (long part = 0; part < 4; part++) {
      low[part] += a[k + part] * *(const panel_half *)(panel + (k + part) * PANEL);
      high[part] += a[k + part] * *(const panel_half *)(panel + (k + part) * PANEL + 16);
    }
  for (; k < inner; k++) {
    low[0] += a[k] * *(const panel_half *)(panel + k * PANEL);
    high[0] += a[k] * *(const panel_half *)(panel + k * PANEL + 16);
  }
  panel_half l = (low[0] + low[1]) + (low[2] + low[3]), h = (high[0] + high[1]) + (high[2] + high[3]);
  if (initial) l += *(const panel_half *)initial, h += *(const panel_half *)(initial + 16);
  *(panel_half *)result = l;
  *(panel_half *)(result + 16) = h;
}

#define TILE_CASE(n)                                                                                     \
  case n:                                                                                                \
    product_tile(result, result_row, initial, initial_row, a, panel, inner, n);                          \
    break;

INLINE void any_tile(float *result, long result_row, const float *initial, long initial_row, const float *a,
                     const float *panel, long inner, long rows) {
  switch (rows) {
    case 1: product_row(result, initial, a, panel, inner); break;
    TILE_CASE(2) TILE_CASE(3) TILE_CASE(4) TILE_CASE(5) TILE_CASE(6) TILE_CASE(7)
    TILE_CASE(8) TILE_CASE(9) TILE_CASE(10) TILE_CASE(11) TILE_CASE(12)
  }
}

INLINE long tile_height(long rows, long lanes) {
  long tiles = (rows + most_rows(lanes) - 1) / most_rows(lanes);
  return (rows + tiles - 1) / tiles;
}

long ck_tile_height(long rows, long lanes) { return tile_height(rows, lanes); }

PER_CPU void ck_pack_rows(float *tiles, const float *a, long row, long column, long rows, long inner, long height) {
  for (long start = 0; start < rows; start += height) {
    long count = rows - start < height ? rows - start : height;
    float *to = tiles + start * inner;
    if (row == 1)
      for (long k = 0; k < inner; k++)
        for (long r = 0; r < count; r++) to[k * count + r] = a[start + r + k * column];
    else
      for (long r = 0; r < count; r++)
        for (long k = 0; k < inner; k++) to[k * count + r] = a[(start + r) * row + k * column];
  }
}

PER_CPU void ck_product(float *result, long result_row, const float *initial, long initial_row, const float *tiles,
                        const float *packed, long rows, long inner, long columns, long first, long panels, long lanes) {
  long height = tile_height(rows, lanes);
  for (long p = first; p < first + panels; p++) {
    const float *panel = packed + p * inner * PANEL;
    long width = columns - p * PANEL < PANEL ? columns - p * PANEL : PANEL, whole = width == PANEL;
    for (long r = 0; r < rows; r += height) {
      long count = rows - r < height ? rows - r : height;
      float *to = result + r * result_row + p * PANEL, part[12 * PANEL];
      const float *from = initial ? initial + r * initial_row + p * PANEL : 0;
      if (!whole && from)
        for (long i = 0; i < count; i++) memcpy(part + i * PANEL, from + i * initial_row, sizeof(float) * width);
      any_tile(whole ? to : part, whole ? result_row : PANEL, whole || !from ? from : part, whole ? initial_row : PANEL,
               tiles + r * inner, panel, inner, count);
      if (!whole)
        for (long i = 0; i < count; i++) memcpy(to + i * result_row, part + i * PANEL, sizeof(float) * width);
    }
  }
}

#define STRETCH 64  // rows of the matrix whose panel stays in the first cache

PER_CPU void ck_streamed_product(float *result, const float *tiles, const float *matrix, long rows, long inner,
                                 long columns, long first, long panels, long lanes) {
  long height = tile_height(rows, lanes);
  float panel[STRETCH * PANEL] __attribute__((aligned(64)));
  for (long start = 0; start < inner; start += STRETCH) {
    long depth = inner - start < STRETCH ? inner - start : STRETCH;
    for (long p = first; p < first + panels; p++) {
      long width = columns - p * PANEL < PANEL ? columns - p * PANEL : PANEL, whole = width == PANEL;
      const float *from = matrix + start * columns + p * PANEL;
      for (long k = 0; k < depth; k++) {
        // What the next stretch reads here comes in from afar meanwhile.
        const float *next = from + (k + STRETCH) * columns;
        __builtin_prefetch(next, 0, 2);
        __builtin_prefetch(next + 16, 0, 2);
        if (whole)
          for (long c = 0; c < PANEL; c++) panel[k * PANEL + c] = from[k * columns + c];
        else
          for (long c = 0; c < PANEL; c++) panel[k * PANEL + c] = c < width ? from[k * columns + c] : 0;
      }
      for (long r = 0; r < rows; r += height) {
        long count = rows - r < height ? rows - r : height;
        float *to = result + r * columns + p * PANEL, part[12 * PANEL];
        if (!whole && start)
          for (long i = 0; i < count; i++) memcpy(part + i * PANEL, to + i * columns, sizeof(float) * width);
        any_tile(whole ? to : part, whole ? columns : PANEL, !start ? 0 : whole ? to : part, whole ? columns : PANEL,
                 tiles + r * inner + start * count, panel, depth, count);
        if (!whole)
          for (long i = 0; i < count; i++) memcpy(to + i * columns, part + i * PANEL, sizeof(float) * width);
      }
    }
  }
}

long ck_panel(void) { return PANEL; }

PER_CPU void ck_pack_panels(float *packed, const float *matrix, long inner, long columns, long row, long column,
                            long first, long panels) {
  for (long p = first; p < first + panels; p++) {
    float *to = packed + p * inner * PANEL;
    const float *from = matrix + p * PANEL * column;
    long width = columns - p * PANEL < PANEL ? columns - p * PANEL : PANEL;
    if (width < PANEL) memset(to, 0, sizeof(float) * inner * PANEL);
    if (column == 1)
      for (long k = 0; k < inner; k++)
        for (long c = 0; c < width; c++) to[k * PANEL + c] = from[k * row + c];
    else if (width == PANEL)
      for (long c0 = 0; c0 < PANEL; c0 += 16)  // as many columns as are read ahead side by side
        for (long k = 0; k < inner; k++)
          for (long c = c0; c < c0 + 16; c++) to[k * PANEL + c] = from[k * row + c * column];
    else
      for (long c = 0; c < width; c++)
        for (long k = 0; k < inner; k++) to[k * PANEL + c] = from[k * row + c * column];
  }
}

// Products of rows by rows: matrices that stand transposed are read as they are, down the inner axis by vectors.

typedef float panel_quarter __attribute__((vector_size(32)));
typedef float panel_eighth __attribute__((vector_size(16)));

INLINE panel_eighth quarters(const panel_half *sums) {
  panel_half v = *sums;
  panel_quarter a = __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
  a += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
  return __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
}

/// The sums of the lanes of two vectors each: of both in lanes 0 and 1.
INLINE panel_eighth lane_sums(const panel_half *first, const panel_half *second) {
  panel_eighth a = quarters(first), b = quarters(second);
  panel_eighth c = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
  return c + __builtin_shufflevector(c, c, 2, 3, 0, 1);
}

/// `a` is [steps of 16][rows][16], 0 past the inner size.
INLINE void dot_tile(float *result, long result_row, const float *bias, const float *a, const float *weight, long inner,
                     const long rows, const long columns) {
  panel_half sums[4][6];
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < columns; c++) sums[r][c] = (panel_half){0};
  long steps = inner / 16, rest = inner % 16;
  for (long k = 0; k < steps; k++) {
    panel_half x[4];
    for (long r = 0; r < rows; r++) x[r] = *(const panel_half *)(a + (k * rows + r) * 16);
    for (long c = 0; c < columns; c++) {
      panel_half w = *(const panel_half *)(weight + c * inner + k * 16);
      for (long r = 0; r < rows; r++) sums[r][c] += x[r] * w;
    }
  }
  if (rest)
    for (long c = 0; c < columns; c++) {
      float last[16] = {0};
      memcpy(last, weight + c * inner + steps * 16, sizeof(float) * rest);
      for (long r = 0; r < rows; r++)
        sums[r][c] += *(const panel_half *)(a + (steps * rows + r) * 16) * *(const panel_half *)last;
    }
  for (long r = 0; r < rows; r++)
    for (long c = 0; c < columns; c += 2) {
      long next = c + 1 < columns ? c + 1 : c;
      panel_eighth both = lane_sums(&sums[r][c], &sums[r][next]);
      result[r * result_row + c] = both[0] + (bias ? bias[c] : 0);
      if (next > c) result[r * result_row + next] = both[1] + (bias ? bias[next] : 0);
    }
}

INLINE void dot_tiles(float *result, long result_row, const float *bias, const float *a, const float *weight, long rows,
                      long inner, const long height, const long columns, const float *next) {
  long padded = (inner + 15) / 16 * 16, tiles = (rows + height - 1) / height;
  long share = columns * inner / tiles + 16;
  for (long r = 0; r < rows; r += height) {
    // The next columns come in from afar while these are worked on.
    for (long i = 0; next && i < share; i += 16) __builtin_prefetch(next + r / height * share + i, 0, 2);
    float *to = result + r * result_row;
    const float *from = a + r * padded;
    switch (rows - r < height ? rows - r : height) {
      case 1: dot_tile(to, result_row, bias, from, weight, inner, 1, columns); break;
      case 2: dot_tile(to, result_row, bias, from, weight, inner, 2, columns); break;
      case 3: dot_tile(to, result_row, bias, from, weight, inner, 3, columns); break;
      case 4: dot_tile(to, result_row, bias, from, weight, inner, 4, columns); break;
    }
  }
}

long ck_dot_height(long lanes) { return lanes == 16 ? 4 : 2; }

PER_CPU void ck_dot_pack(float *packed, const float *a, long rows, long inner, long first, long count, long lanes) {
  long height = ck_dot_height(lanes), steps = (inner + 15) / 16;
  for (long start = first; start < first + count; start += height) {
    long own = rows - start < height ? rows - start : height;
    for (long r = 0; r < own; r++)
      for (long k = 0; k < steps; k++) {
        float *to = packed + (start * steps + k * own + r) * 16;
        const float *from = a + (start + r) * inner + k * 16;
        long width = inner - k * 16 < 16 ? inner - k * 16 : 16;
        for (long l = 0; l < 16; l++) to[l] = l < width ? from[l] : 0;
      }
  }
}

PER_CPU void ck_dots(float *result, const float *bias, const float *packed, const float *weight, long rows, long inner,
                     long columns, long first, long count, long lanes) {
  long c = first, end = first + count;
  if (lanes == 16)
    for (; c + 6 <= end; c += 6)
      dot_tiles(result + c, columns, bias ? bias + c : 0, packed, weight + c * inner, rows, inner, 4, 6,
                c + 12 <= end ? weight + (c + 6) * inner : 0);
  else
    for (; c + 3 <= end; c += 3)
      dot_tiles(result + c, columns, bias ? bias + c : 0, packed, weight + c * inner, rows, inner, 2, 3,
                c + 6 <= end ? weight + (c + 3) * inner : 0);
  for (; c < end; c++)
    dot_tiles(result + c, columns, bias ? bias + c : 0, packed, weight + c * inner, rows, inner, ck_dot_height(lanes), 1,
              0);
}
