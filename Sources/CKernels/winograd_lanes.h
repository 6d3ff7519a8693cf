// The body of winograd.c for one number of lanes. The includer sets LANES, CPU (the processors to compile for), AT_ONCE
// (accumulators that fit the registers), PAIRED_CHANNELS (channels whose sums for two blocks of outputs fit them) and
// NAME(x), the name of x in this copy.

typedef float NAME(vec) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VEC NAME(vec)
#define LOAD(p) (*(const VEC *)(p))
#define STORE(p) (*(VEC *)(p))

// Bᵀ on six values `n` vectors apart.
INLINE void NAME(to_tile)(VEC *r, const VEC *d, const long n) {
  VEC e = d[4 * n] - 2.0f * d[2 * n], f = A * (d[3 * n] - 2.0f * d[n]);
  VEC g = d[4 * n] - 0.5f * d[2 * n], h = B * (d[3 * n] - 0.5f * d[n]);
  r[0] = d[0] - 2.5f * d[2 * n] + d[4 * n];
  r[1] = e + f;
  r[2] = e - f;
  r[3] = g + h;
  r[4] = g - h;
  r[5] = d[n] - 2.5f * d[3 * n] + d[5 * n];
}

// Aᵀ on six values `n` floats apart.
INLINE void NAME(from_tile)(VEC *y, const float *m, const long n) {
  VEC p = LOAD(m + n) + LOAD(m + 2 * n), q = LOAD(m + n) - LOAD(m + 2 * n);
  VEC r = LOAD(m + 3 * n) + LOAD(m + 4 * n), s = LOAD(m + 3 * n) - LOAD(m + 4 * n);
  y[0] = LOAD(m) + p + r;
  y[1] = A * q + B * s;
  y[2] = 0.5f * p + 2.0f * r;
  y[3] = (0.5f * A) * q + (2 * B) * s + LOAD(m + 5 * n);
}

// A on four values `n` vectors apart: the pullback of from_tile.
INLINE void NAME(to_products)(VEC *m, const VEC *y, const long n) {
  VEC p = y[0] + 0.5f * y[2 * n], q = A * y[n] + (0.5f * A) * y[3 * n];
  VEC r = y[0] + 2.0f * y[2 * n], s = B * y[n] + (2 * B) * y[3 * n];
  m[0] = y[0];
  m[1] = p + q;
  m[2] = p - q;
  m[3] = r + s;
  m[4] = r - s;
  m[5] = y[3 * n];
}

// G on three values `n` vectors apart.
INLINE void NAME(to_packed)(VEC *u, const VEC *g, const long n) {
  VEC p = (-2.0f / 3) * g[0] - (1.0f / 3) * g[2 * n], q = (-2.0f / 3 * A) * g[n];
  VEC r = (1.0f / 6) * g[0] + (1.0f / 3) * g[2 * n], s = (B / 6) * g[n];
  u[0] = g[0];
  u[1] = p + q;
  u[2] = p - q;
  u[3] = r + s;
  u[4] = r - s;
  u[5] = g[2 * n];
}

// Gᵀ on six values `n` vectors apart: the pullback of to_packed.
INLINE void NAME(from_packed)(VEC *g, const VEC *u, const long n) {
  VEC p = u[n] + u[2 * n], q = u[n] - u[2 * n], r = u[3 * n] + u[4 * n], s = u[3 * n] - u[4 * n];
  g[0] = u[0] - (2.0f / 3) * p + (1.0f / 6) * r;
  g[1] = (B / 6) * s - (2.0f / 3 * A) * q;
  g[2] = (1.0f / 3) * (r - p) + u[5 * n];
}

#define TILES_PER_RUN 8

/// Bᵀ of one column of a picture: rows `low` up to `high` of six are inside.
INLINE void NAME(source_column)(VEC *column, const float *const *rows, const long low, const long high, long x,
                                const VEC *scale, const VEC *shift, const int mapped) {
  VEC d[6];
  for (long i = 0; i < 6; i++) {
    d[i] = (VEC){0};
    if (i >= low && i < high) {
      d[i] = LOAD(rows[i] + x * LANES);
      if (mapped) d[i] = __builtin_elementwise_max(*scale * d[i] + *shift, (VEC){0});
    }
  }
  NAME(to_tile)(column, d, 1);
}

INLINE void NAME(source)(float *tiles, long pitch, long count, const float *picture, const float *scale,
                         const float *shift, long blocks, long height, long width, long top, long left, long across,
                         long tile_rows, const int mapped) {
  __attribute__((aligned(64))) VEC columns[(4 * TILES_PER_RUN + 2) * 6];  // Bᵀ d of a run of tiles; neighbours share two of six columns
  const VEC zero = {0};
  for (long block = 0; block < blocks; block++) {
    VEC a = zero, b = zero;
    if (mapped) a = LOAD(scale + block * LANES), b = LOAD(shift + block * LANES);
    const float *plane = picture + block * height * width * LANES;
    for (long ty = 0; ty < tile_rows; ty++) {
      const float *rows[6];
      long low = 6, high = 0;
      for (long i = 0; i < 6; i++) {
        long y = top + 4 * ty + i;
        rows[i] = plane + y * width * LANES;
        if (y >= 0 && y < height) low = i < low ? i : low, high = i + 1;
      }
      for (long start = 0; start < across; start += TILES_PER_RUN) {
        const long run = across - start < TILES_PER_RUN ? across - start : TILES_PER_RUN, end = 4 * run + 2;
        const long from = 4 * start + left, first = from < 0 ? -from : 0, stop = width - from < end ? width - from : end;
        for (long column = 0; column < end; column++)
          if (column < first || column >= stop)
            for (long i = 0; i < 6; i++) columns[6 * column + i] = zero;
        if (low == 0 && high == 6)
          for (long column = first; column < stop; column++)
            NAME(source_column)(columns + 6 * column, rows, 0, 6, from + column, &a, &b, mapped);
        else
          for (long column = first; column < stop; column++)
            NAME(source_column)(columns + 6 * column, rows, low, high, from + column, &a, &b, mapped);
        for (long t = 0; t < run; t++) {
          float *to = tiles + (block * count + ty * across + start + t) * LANES;
          for (long i = 0; i < 6; i++) {
            VEC r[6];
            NAME(to_tile)(r, columns + 24 * t + i, 6);
            for (long j = 0; j < 6; j++) STORE(to + (6 * i + j) * pitch) = r[j];
          }
        }
      }
    }
  }
}

CPU static void NAME(any_source)(float *tiles, long pitch, long count, const float *picture, const float *scale,
                                 const float *shift, long blocks, long height, long width, long top, long left,
                                 long across, long tile_rows) {
  if (scale)
    NAME(source)(tiles, pitch, count, picture, scale, shift, blocks, height, width, top, left, across, tile_rows, 1);
  else
    NAME(source)(tiles, pitch, count, picture, 0, 0, blocks, height, width, top, left, across, tile_rows, 0);
}

CPU static void NAME(upstream)(float *tiles, long pitch, const float *band, long rows, long width) {
  long across = (width + 3) / 4;
  for (long ty = 0; ty < (rows + 3) / 4; ty++)
    for (long tx = 0; tx < across; tx++) {
      __attribute__((aligned(64))) VEC y[4][4], m[4][6];
      for (long i = 0; i < 4; i++) {
        for (long j = 0; j < 4; j++) {
          y[i][j] = (VEC){0};
          if (4 * ty + i < rows && 4 * tx + j < width)
            y[i][j] = LOAD(band + ((4 * ty + i) * width + 4 * tx + j) * LANES);
        }
        NAME(to_products)(m[i], y[i], 1);
      }
      float *to = tiles + (ty * across + tx) * LANES;
      for (long j = 0; j < 6; j++) {
        VEC r[6];
        NAME(to_products)(r, m[0] + j, 6);
        for (long i = 0; i < 6; i++) STORE(to + (6 * i + j) * pitch) = r[i];
      }
    }
}

// The products of `n` tiles for one block of outputs, or two. `block` floats lie between two blocks of the tiles.
INLINE void NAME(product)(float *result, long result_pitch, const float *tiles, long block, const float *weights,
                          long weights_pitch, long depth, int fresh, const long n, const long outputs) {
  VEC sums[2][AT_ONCE];
  for (long o = 0; o < outputs; o++)
    for (long t = 0; t < n; t++) sums[o][t] = fresh ? (VEC){0} : LOAD(result + o * result_pitch + t * LANES);
  for (long start = 0; start < depth; start += LANES, tiles += block, weights += LANES * LANES)
    for (long k = 0; k < LANES; k++) {
      const VEC w = LOAD(weights + k * LANES);
      VEC w2 = w;
      if (outputs == 2) w2 = LOAD(weights + weights_pitch + k * LANES);
      for (long t = 0; t < n; t++) {
        const float x = tiles[t * LANES + k];
        sums[0][t] += x * w;
        if (outputs == 2) sums[1][t] += x * w2;
      }
    }
  for (long o = 0; o < outputs; o++)
    for (long t = 0; t < n; t++) STORE(result + o * result_pitch + t * LANES) = sums[o][t];
}

#define ALL_OF(n, outputs)                                                                                           \
  case n:                                                                                                            \
    NAME(product)(r, positions * result_pitch, v, block, w, positions * inputs * LANES, depth, fresh,                \
                  n < AT_ONCE ? n : AT_ONCE, outputs);                                                               \
    break;
#define ALL(outputs)                                                                                             \
  ALL_OF(1, outputs) ALL_OF(2, outputs) ALL_OF(3, outputs) ALL_OF(4, outputs) ALL_OF(5, outputs) ALL_OF(6, outputs) \
  ALL_OF(7, outputs) ALL_OF(8, outputs) ALL_OF(9, outputs) ALL_OF(10, outputs) ALL_OF(11, outputs)               \
  ALL_OF(12, outputs) ALL_OF(13, outputs)

CPU static void NAME(products)(float *result, long result_pitch, const float *tiles, long pitch, long block,
                               const float *weights, long positions, long inputs, long outputs, long count, long depth,
                               int fresh) {
  const long runs = (count + AT_ONCE - 1) / AT_ONCE, blocks = outputs / LANES;
  for (long position = 0; position < positions; position++)
    for (long output = 0; output < blocks; output += 2)
      for (long run = 0; run < runs; run++) {
        const long t = count * run / runs, n = count * (run + 1) / runs - t;
        float *r = result + (positions * output + position) * result_pitch + t * LANES;
        const float *v = tiles + position * pitch + t * LANES;
        const float *w = weights + (positions * output + position) * inputs * LANES;
        if (output + 1 < blocks) {
          switch (n) { ALL(2) }
        } else {
          switch (n) { ALL(1) }
        }
      }
}

#undef ALL
#undef ALL_OF

/// gradient[k][LANES] += Σ over the tiles of transformed pixels · upstream, for one block of outputs, or two.
INLINE void NAME(outer_tile)(float *gradient, long gradient_block, const float *tiles, const float *upstream,
                             long upstream_block, long count, int fresh, const long channels, const long outputs) {
  VEC sums[2][16];
  for (long o = 0; o < outputs; o++)
    for (long k = 0; k < channels; k++) sums[o][k] = fresh ? (VEC){0} : LOAD(gradient + o * gradient_block + k * LANES);
  for (long t = 0; t < count; t++) {
    const VEC y = LOAD(upstream + t * LANES);
    VEC y2 = y;
    if (outputs == 2) y2 = LOAD(upstream + upstream_block + t * LANES);
    for (long k = 0; k < channels; k++) {
      const float x = tiles[t * LANES + k];
      sums[0][k] += x * y;
      if (outputs == 2) sums[1][k] += x * y2;
    }
  }
  for (long o = 0; o < outputs; o++)
    for (long k = 0; k < channels; k++) STORE(gradient + o * gradient_block + k * LANES) = sums[o][k];
}

CPU static void NAME(outer)(float *gradient, long gradient_pitch, const float *tiles, long pitch, const float *upstream,
                            long upstream_pitch, long blocks, long count, long depth, int fresh) {
  for (long position = 0; position < 36; position++)
    for (long block = 0; block < blocks; block += 2) {
      const float *y = upstream + (36 * block + position) * upstream_pitch;
      float *to = gradient + (36 * block + position) * gradient_pitch;
      if (block + 1 < blocks)
        for (long k = 0; k < depth; k += PAIRED_CHANNELS)
          NAME(outer_tile)(to + k * LANES, 36 * gradient_pitch,
                           tiles + position * pitch + k / LANES * count * LANES + k % LANES, y, 36 * upstream_pitch,
                           count, fresh, PAIRED_CHANNELS, 2);
      else
        for (long k = 0; k < depth; k += LANES)
          NAME(outer_tile)(to + k * LANES, 0, tiles + position * pitch + k * count, y, 0, count, fresh, LANES, 1);
    }
}

CPU static void NAME(result)(float *band, const float *products, long pitch, const float *bias, long rows, long width) {
  long across = (width + 3) / 4;
  VEC b = {0};
  if (bias) b = LOAD(bias);
  for (long ty = 0; ty < (rows + 3) / 4; ty++)
    for (long tx = 0; tx < across; tx++) {
      const float *from = products + (ty * across + tx) * LANES;
      __attribute__((aligned(64))) VEC half[4][6];
      for (long j = 0; j < 6; j++) {
        VEC y[4];
        NAME(from_tile)(y, from + j * pitch, 6 * pitch);
        for (long i = 0; i < 4; i++) half[i][j] = y[i];
      }
      for (long i = 0; i < 4 && 4 * ty + i < rows; i++) {
        VEC y[4];
        NAME(from_tile)(y, (const float *)half[i], LANES);
        float *to = band + ((4 * ty + i) * width + 4 * tx) * LANES;
        for (long j = 0; j < 4 && 4 * tx + j < width; j++) STORE(to + j * LANES) = y[j] + b;
      }
    }
}

CPU static void NAME(pack)(float *packed, const float *weights, long inputs, long outputs, int turned, long block) {
  long depth = (inputs + LANES - 1) / LANES * LANES, pitch = depth * LANES;
  for (long k = 0; k < depth; k++) {
    __attribute__((aligned(64))) VEC g[9], half[3][6];
    float *single = (float *)g;
    for (long l = 0; l < LANES; l++) {
      long o = block * LANES + l;
      const float *from = weights + 9 * (turned ? k * outputs + o : o * inputs + k);
      for (long i = 0; i < 9; i++)
        single[i * LANES + l] = k < inputs && o < outputs ? from[turned ? 8 - i : i] : 0;
    }
    for (long i = 0; i < 3; i++) NAME(to_packed)(half[i], g + 3 * i, 1);
    for (long j = 0; j < 6; j++) {
      VEC u[6];
      NAME(to_packed)(u, half[0] + j, 6);
      for (long i = 0; i < 6; i++) STORE(packed + (6 * i + j) * pitch + k * LANES) = u[i];
    }
  }
}

CPU static void NAME(unpack)(float *gradient, long gradient_pitch, const float *outer, long pitch, long depth) {
  for (long k = 0; k < depth; k++) {
    __attribute__((aligned(64))) VEC half[3][6], u[6], g[3];
    for (long j = 0; j < 6; j++) {
      for (long i = 0; i < 6; i++) u[i] = LOAD(outer + (6 * i + j) * pitch + k * LANES);
      NAME(from_packed)(g, u, 1);
      for (long i = 0; i < 3; i++) half[i][j] = g[i];
    }
    for (long i = 0; i < 3; i++) {
      NAME(from_packed)(g, half[i], 1);
      for (long j = 0; j < 3; j++) STORE(gradient + (3 * i + j) * gradient_pitch + k * LANES) = g[j];
    }
  }
}

CPU static void NAME(order)(float *weights, const float *gradient, long inputs, long outputs) {
  long depth = (inputs + LANES - 1) / LANES * LANES, count = outputs < LANES ? outputs : LANES;
  for (long k = 0; k < inputs; k++)
    for (long o = 0; o < count; o++)
      for (long i = 0; i < 9; i++) weights[(o * inputs + k) * 9 + i] = gradient[(i * depth + k) * LANES + o];
}

CPU static void NAME(spread)(float *row, long width, const float *products, long pitch, long taps, long source_width,
                             long stride, long left, const float *bias, int fresh) {
  VEC b = {0};
  if (bias) b = LOAD(bias);
  for (long x = 0, tap = left % stride, source = left / stride; x < width; x++) {
    VEC sum = fresh ? b : LOAD(row + x * LANES);
    for (long k = tap, s = source; k < taps; k += stride, s--)
      if (s >= 0 && s < source_width) sum += LOAD(products + k * pitch + s * LANES);
    STORE(row + x * LANES) = sum;
    if (++tap == stride) tap = 0, source++;
  }
}

#undef VEC
#undef LOAD
#undef STORE
#undef TILES_PER_RUN
