#include "CKernels.h"
#include "vector.h"

// Recurrent layers, one direction, over a run of items. Rows of one step of neighbouring items lie a whole item apart.

/// result = initial + a · matrix; the tiles of a are made in `scratch`.
static void multiply(float *result, long result_row, const float *initial, long initial_row, const float *a, long row,
                     const float *packed, float *scratch, long rows, long inner, long columns, long lanes) {
  if (rows > 1) ck_pack_rows(scratch, a, row, 1, rows, inner, ck_tile_height(rows, lanes));
  ck_product(result, result_row, initial, initial_row, rows > 1 ? scratch : a, packed, rows, inner, columns, 0,
             (columns + ck_panel() - 1) / ck_panel(), lanes);
}

PER_CPU void ck_lstm(float *output, float *cells, float *gates, const float *given, const float *packed,
                     const float *hidden, const float *cell, float *scratch, long items, long steps, long size,
                     int reversed, long lanes) {
  long pitch = (steps + 1) * size, wide = 4 * size, before = -1;
  for (long step = 0; step < steps; step++) {
    long t = reversed ? steps - 1 - step : step;
    const float *h = step ? output + before * size : hidden, *c = step ? cells + before * size : cell;
    multiply(gates + t * wide, steps * wide, given + t * wide, steps * wide, h, step ? pitch : size, packed, scratch,
             items, size, wide, lanes);
    for (long item = 0; item < items; item++) {
      float *restrict g = gates + (item * steps + t) * wide, *restrict to = output + item * pitch + t * size;
      float *restrict kept = cells + (item * steps + t) * size;
      const float *restrict old = c + item * (step ? steps : 1) * size;
#pragma clang loop vectorize(assume_safety)
      for (long i = 0; i < size; i++) {
        float in = vector_sigmoid(g[i]), forget = vector_sigmoid(g[size + i]), candidate = vector_tanh(g[2 * size + i]);
        float out = vector_sigmoid(g[3 * size + i]), value = forget * old[i] + in * candidate;
        g[i] = in;
        g[size + i] = forget;
        g[2 * size + i] = candidate;
        g[3 * size + i] = out;
        kept[i] = value;
        to[i] = out * vector_tanh(value);
      }
    }
    before = t;
  }
  for (long item = 0; item < items; item++)
    memcpy(output + item * pitch + steps * size, cells + (item * steps + before) * size, sizeof(float) * size);
}

PER_CPU void ck_lstm_pullback(float *gradient, float *hidden, float *cell, const float *upstream, const float *gates,
                              const float *cells, const float *first_cell, const float *packed, float *scratch,
                              long items, long steps, long size, int reversed, long lanes) {
  long pitch = (steps + 1) * size, wide = 4 * size, after = -1;
  for (long item = 0; item < items; item++)
    memcpy(cell + item * size, upstream + item * pitch + steps * size, sizeof(float) * size);
  for (long step = steps - 1; step >= 0; step--) {
    long t = reversed ? steps - 1 - step : step, before = reversed ? t + 1 : t - 1;
    if (after < 0)
      for (long item = 0; item < items; item++)
        memcpy(hidden + item * size, upstream + item * pitch + t * size, sizeof(float) * size);
    else
      multiply(hidden, size, upstream + t * size, pitch, gradient + after * wide, steps * wide, packed, scratch, items,
               wide, size, lanes);
    for (long item = 0; item < items; item++) {
      const float *restrict g = gates + (item * steps + t) * wide, *restrict dh = hidden + item * size;
      const float *restrict c = cells + (item * steps + t) * size;
      const float *restrict old = step ? cells + (item * steps + before) * size : first_cell + item * size;
      float *restrict to = gradient + (item * steps + t) * wide, *restrict dc = cell + item * size;
#pragma clang loop vectorize(assume_safety)
      for (long i = 0; i < size; i++) {
        float in = g[i], forget = g[size + i], candidate = g[2 * size + i], out = g[3 * size + i];
        float bent = vector_tanh(c[i]), d = dc[i] + dh[i] * out * (1 - bent * bent);
        to[i] = d * candidate * in * (1 - in);
        to[size + i] = d * old[i] * forget * (1 - forget);
        to[2 * size + i] = d * in * (1 - candidate * candidate);
        to[3 * size + i] = dh[i] * bent * out * (1 - out);
        dc[i] = d * forget;
      }
    }
    after = t;
  }
  multiply(hidden, size, 0, 0, gradient + after * wide, steps * wide, packed, scratch, items, wide, size, lanes);
}

PER_CPU void ck_gru(float *output, float *gates, const float *given, const float *packed, const float *bias,
                    const float *hidden, float *scratch, long items, long steps, long size, int reversed, long lanes) {
  long pitch = steps * size, before = -1;
  for (long step = 0; step < steps; step++) {
    long t = reversed ? steps - 1 - step : step;
    const float *h = step ? output + before * size : hidden;
    multiply(gates + t * 4 * size, steps * 4 * size, bias, 0, h, step ? pitch : size, packed, scratch, items, size,
             3 * size, lanes);
    for (long item = 0; item < items; item++) {
      float *restrict g = gates + (item * steps + t) * 4 * size, *restrict to = output + item * pitch + t * size;
      const float *restrict x = given + (item * steps + t) * 3 * size, *restrict old = h + item * (step ? pitch : size);
#pragma clang loop vectorize(assume_safety)
      for (long i = 0; i < size; i++) {
        float reset = vector_sigmoid(x[i] + g[i]), update = vector_sigmoid(x[size + i] + g[size + i]);
        float turn = g[2 * size + i], candidate = vector_tanh(x[2 * size + i] + reset * turn);
        g[i] = reset;
        g[size + i] = update;
        g[2 * size + i] = candidate;
        g[3 * size + i] = turn;
        to[i] = candidate + update * (old[i] - candidate);
      }
    }
    before = t;
  }
}

PER_CPU void ck_gru_pullback(float *gradient, float *turned, float *hidden, const float *upstream, const float *gates,
                             const float *output, const float *first_hidden, const float *packed, float *scratch,
                             long items, long steps, long size, int reversed, long lanes) {
  long pitch = steps * size;
  memset(hidden, 0, sizeof(float) * items * size);
  for (long step = steps - 1; step >= 0; step--) {
    long t = reversed ? steps - 1 - step : step, before = reversed ? t + 1 : t - 1;
    for (long item = 0; item < items; item++) {
      const float *restrict g = gates + (item * steps + t) * 4 * size, *restrict d = upstream + item * pitch + t * size;
      const float *restrict old = step ? output + item * pitch + before * size : first_hidden + item * size;
      float *restrict dx = gradient + (item * steps + t) * 3 * size, *restrict dh = hidden + item * size;
      float *restrict du = turned + (item * steps + t) * 3 * size;
#pragma clang loop vectorize(assume_safety)
      for (long i = 0; i < size; i++) {
        float reset = g[i], update = g[size + i], candidate = g[2 * size + i], turn = g[3 * size + i];
        float all = dh[i] + d[i], inner = all * (1 - update) * (1 - candidate * candidate);
        du[i] = dx[i] = inner * turn * reset * (1 - reset);
        du[size + i] = dx[size + i] = all * (old[i] - candidate) * update * (1 - update);
        dx[2 * size + i] = inner;
        du[2 * size + i] = inner * reset;
        dh[i] = all * update;
      }
    }
    multiply(hidden, size, hidden, size, turned + t * 3 * size, steps * 3 * size, packed, scratch, items, 3 * size,
             size, lanes);
  }
}
