// The body of signals.c for one number of lanes. The includer sets LANES, CPU (the processors to compile for), AT_ONCE
// (rows whose accumulators fit the registers, for two blocks) and NAME(x), the name of x in this copy.

typedef float NAME(vec) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VEC NAME(vec)
#define LOAD(p) (*(const VEC *)(p))
#define STORE(p) (*(VEC *)(p))

/// `rows` neighbouring results of `wide` blocks; `taps` are all inside.
INLINE void NAME(tile)(float *result, const ck_signal *s, const float *source, const float *weights, const float *bias,
                       const long *taps, long count, const long rows, const long wide) {
  VEC sums[AT_ONCE][2];
  for (long r = 0; r < rows; r++)
    for (long w = 0; w < wide; w++) sums[r][w] = bias ? LOAD(bias + w * LANES) : (VEC){0};
  for (long block = 0; block < s->source_blocks; block++)
    for (long t = 0; t < count; t++) {
      const float *from = source + block * s->source_pitch + s->offsets[taps[t]] * LANES;
      const float *weight = weights + (block * s->taps + taps[t]) * LANES * wide * LANES;
      for (long c = 0; c < LANES; c++) {
        VEC first = LOAD(weight + c * wide * LANES), second = wide > 1 ? LOAD(weight + (c * wide + 1) * LANES) : first;
        for (long r = 0; r < rows; r++) {
          float x = from[r * s->source_step * LANES + c];
          sums[r][0] += x * first;
          if (wide > 1) sums[r][1] += x * second;
        }
      }
    }
  for (long r = 0; r < rows; r++)
    for (long w = 0; w < wide; w++) STORE(result + w * s->result_pitch + r * s->result_step * LANES) = sums[r][w];
}

#define TILE(n)                                                                          \
  case n:                                                                                \
    NAME(tile)(to, s, from, weights, bias, taps, count, n, wide);                        \
    break;

INLINE void NAME(rows)(float *result, const ck_signal *s, const float *source, const float *weights, const float *bias,
                       long first, long end, const long wide) {
  long all[CK_SIGNAL_TAPS];
  for (long i = first; i < end;) {
    // As many rows as see the same taps inside: all of them but at the ends of a signal.
    long rows = end - i < AT_ONCE ? end - i : AT_ONCE, count = 0;
    for (long pass = 0; pass < 2; pass++, rows = 1) {
      long at = i * s->source_step, last = at + (rows - 1) * s->source_step;
      long partly = 0;
      count = 0;
      for (long t = 0; t < s->taps; t++) {
        long low = at + s->offsets[t], high = last + s->offsets[t];
        if (low >= 0 && high < s->source_length)
          all[count++] = t;
        else if (high >= 0 && low < s->source_length)
          partly = 1;
      }
      if (!partly) break;
    }
    const float *from = source + i * s->source_step * LANES;
    float *to = result + i * s->result_step * LANES;
    const long *taps = all;
    switch (rows) {
      TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6)
#if LANES == 16
      TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)
#endif
    }
    i += rows;
  }
}

CPU static void NAME(signal)(float *result, const ck_signal *s, const float *source, const float *weights,
                             const float *bias, long first_block, long blocks, long first, long end) {
  for (long block = first_block; block < first_block + blocks; block += 2) {
    const float *own = weights + block * s->source_blocks * s->taps * LANES * LANES;
    float *to = result + block * s->result_pitch;
    const float *added = bias ? bias + block * LANES : 0;
    if (block + 1 < s->result_blocks)
      NAME(rows)(to, s, source, own, added, first, end, 2);
    else
      NAME(rows)(to, s, source, own, added, first, end, 1);
  }
}

/// gradient[source channel][LANES] += Σ over `count` positions of source · upstream, for the channels of one block.
INLINE void NAME(outer)(float *gradient, const float *source, long source_step, const float *upstream, long upstream_step,
                        long count, const long channels) {
  VEC sums[16];
  for (long c = 0; c < channels; c++) sums[c] = LOAD(gradient + c * LANES);
  for (long i = 0; i < count; i++) {
    VEC d = LOAD(upstream + i * upstream_step * LANES);
    for (long c = 0; c < channels; c++) sums[c] += source[i * source_step * LANES + c] * d;
  }
  for (long c = 0; c < channels; c++) STORE(gradient + c * LANES) = sums[c];
}

#define STRETCH 128  // positions whose pixels stay in the first cache for all taps

CPU static void NAME(signal_weights)(float *gradient, const ck_signal *s, const float *source, const float *upstream,
                                     long first_block, long blocks, long first, long end) {
  for (long start = first; start < end; start += STRETCH) {
    long stop = start + STRETCH < end ? start + STRETCH : end;
    for (long block = first_block; block < first_block + blocks; block++)
      for (long own = 0; own < s->source_blocks; own++)
        for (long t = 0; t < s->taps; t++) {
          // Positions whose tap is inside.
          long low = start, high = stop, step = s->source_step, offset = s->offsets[t];
          if (low * step + offset < 0) low = (-offset + step - 1) / step;
          if (high > 0 && (high - 1) * step + offset >= s->source_length)
            high = s->source_length > offset ? (s->source_length - offset + step - 1) / step : 0;
          if (low >= high) continue;
          float *to = gradient + ((block * s->source_blocks + own) * s->taps + t) * LANES * LANES;
          const float *from = source + own * s->source_pitch + (low * step + offset) * LANES;
          const float *d = upstream + block * s->result_pitch + low * s->result_step * LANES;
#if LANES == 16
          NAME(outer)(to, from, step, d, s->result_step, high - low, 16);
#else
          NAME(outer)(to, from, step, d, s->result_step, high - low, 8);
#endif
        }
  }
}

// Tiles of four results and seven sources, see signals.c.

/// tiles[7][block][tile][LANES] of the sources at `start` + distance · (4 · tile + 0 … 6); outside is 0.
CPU static void NAME(signal_tiles)(float *tiles, long pitch, const float *source, long source_pitch, long blocks,
                                   long length, long start, long distance, long count) {
  const VEC zero = {0};
  for (long block = 0; block < blocks; block++)
    for (long tile = 0; tile < count; tile++) {
      long at = start + 4 * tile * distance;
      const float *from = source + block * source_pitch + at * LANES;
      VEC d[7];
      if (at >= 0 && at + 6 * distance < length)
        for (long i = 0; i < 7; i++) d[i] = LOAD(from + i * distance * LANES);
      else
        for (long i = 0; i < 7; i++) {
          long place = at + i * distance;
          d[i] = place >= 0 && place < length ? LOAD(from + i * distance * LANES) : zero;
        }
      float *to = tiles + (block * count + tile) * LANES;
      STORE(to) = d[6] - (A2 + B2 + C2) * d[4] + (A2 * B2 + A2 * C2 + B2 * C2) * d[2] - (A2 * B2 * C2) * d[0];
#define PAIR(n, x, s, p)                                                                       \
  {                                                                                            \
    VEC even = d[6] - (s) * d[4] + (p) * d[2], odd = (x) * (d[5] - (s) * d[3] + (p) * d[1]);   \
    STORE(to + n * pitch) = even + odd;                                                        \
    STORE(to + (n + 1) * pitch) = even - odd;                                                  \
  }
      PAIR(1, A, B2 + C2, B2 * C2)
      PAIR(3, B, A2 + C2, A2 * C2)
      PAIR(5, C, A2 + B2, A2 * B2)
#undef PAIR
    }
}

/// The results at `start` + distance · (4 · tile + 0 … 3), below `length`, of products[7][block][tile][LANES].
CPU static void NAME(signal_results)(float *result, long result_pitch, const float *products, long pitch,
                                     const float *bias, long blocks, long length, long start, long distance,
                                     long count) {
  for (long block = 0; block < blocks; block++)
    for (long tile = 0; tile < count; tile++) {
      const float *m = products + (block * count + tile) * LANES;
      VEC a = LOAD(m + pitch) + LOAD(m + 2 * pitch), ta = LOAD(m + pitch) - LOAD(m + 2 * pitch);
      VEC b = LOAD(m + 3 * pitch) + LOAD(m + 4 * pitch), tb = LOAD(m + 3 * pitch) - LOAD(m + 4 * pitch);
      VEC c = LOAD(m + 5 * pitch) + LOAD(m + 6 * pitch), tc = LOAD(m + 5 * pitch) - LOAD(m + 6 * pitch);
      VEC added = bias ? LOAD(bias + block * LANES) : (VEC){0};
      VEC y[4] = {LOAD(m) + a + b + c + added, A * ta + B * tb + C * tc + added, A2 * a + B2 * b + C2 * c + added,
                  (A2 * A) * ta + (B2 * B) * tb + (C2 * C) * tc + added};
      long at = start + 4 * tile * distance;
      float *to = result + block * result_pitch + at * LANES;
      for (long j = 0; j < 4; j++)
        if (at + j * distance < length) STORE(to + j * distance * LANES) = y[j];
    }
}

/// The adjoint of signal_results: tiles[7][block][tile][LANES] of the upstream gradients.
CPU static void NAME(signal_upstream)(float *tiles, long pitch, const float *upstream, long upstream_pitch, long blocks,
                                      long length, long start, long distance, long count) {
  const VEC zero = {0};
  for (long block = 0; block < blocks; block++)
    for (long tile = 0; tile < count; tile++) {
      long at = start + 4 * tile * distance;
      const float *from = upstream + block * upstream_pitch + at * LANES;
      VEC y[4];
      for (long j = 0; j < 4; j++) y[j] = at + j * distance < length ? LOAD(from + j * distance * LANES) : zero;
      float *to = tiles + (block * count + tile) * LANES;
      STORE(to) = y[0];
#define PAIR(n, x)                                                                                    \
  {                                                                                                   \
    VEC even = y[0] + ((x) * (x)) * y[2], odd = (x) * y[1] + ((x) * (x) * (x)) * y[3];                \
    STORE(to + n * pitch) = even + odd;                                                               \
    STORE(to + (n + 1) * pitch) = even - odd;                                                         \
  }
      PAIR(1, A)
      PAIR(3, B)
      PAIR(5, C)
#undef PAIR
    }
}

/// Weights packed as by ck_signal_pack for each of seven points, the groups of four taps being the taps.
CPU static void NAME(pack_tiles)(float *packed, const float *weights, const ck_signal *s, const float table[7][4],
                                 long taps, int turned, long results, long sources, long result_stride,
                                 long source_stride, long block) {
  long pair = block / 2 * 2, wide = pair + 1 < s->result_blocks ? 2 : 1;
  long pitch = s->result_blocks * s->source_blocks * s->taps * LANES * LANES;
  for (long own = 0; own < s->source_blocks; own++)
    for (long c = 0; c < LANES; c++) {
      VEC w[CK_SIGNAL_TAPS + 3];
      for (long t = 0; t < 4 * s->taps; t++) w[t] = (VEC){0};
      long source = own * LANES + c;
      for (long l = 0; l < LANES && block * LANES + l < results && source < sources; l++) {
        const float *from = weights + (block * LANES + l) * result_stride + source * source_stride;
        for (long t = 0; t < taps; t++) w[t][l] = from[turned ? taps - 1 - t : t];
      }
      float *to = packed + (pair * s->source_blocks + own * wide) * s->taps * LANES * LANES;
      for (long g = 0; g < s->taps; g++)
        for (long p = 0; p < 7; p++)
          STORE(to + p * pitch + ((g * LANES + c) * wide + block - pair) * LANES) =
              table[p][0] * w[4 * g] + table[p][1] * w[4 * g + 1] + table[p][2] * w[4 * g + 2] +
              table[p][3] * w[4 * g + 3];
    }
}

/// The adjoint, for gradients that ck_signal_weights found at each point.
CPU static void NAME(unpack_tiles)(float *weights, const float *gradient, const ck_signal *s, const float table[7][4],
                                   long taps, long results, long sources, long result_stride, long source_stride,
                                   long block) {
  long pitch = s->result_blocks * s->source_blocks * s->taps * LANES * LANES;
  for (long own = 0; own < s->source_blocks; own++)
    for (long c = 0; c < LANES && own * LANES + c < sources; c++) {
      VEC w[CK_SIGNAL_TAPS + 3];
      for (long t = 0; t < taps; t++) {
        const float *from = gradient + (((block * s->source_blocks + own) * s->taps + t / 4) * LANES + c) * LANES;
        w[t] = (VEC){0};
        for (long p = 0; p < 7; p++) w[t] += table[p][t % 4] * LOAD(from + p * pitch);
      }
      for (long l = 0; l < LANES && block * LANES + l < results; l++) {
        float *to = weights + (block * LANES + l) * result_stride + (own * LANES + c) * source_stride;
        for (long t = 0; t < taps; t++) to[t] = w[t][l];
      }
    }
}

#undef TILE
#undef STRETCH
#undef VEC
#undef LOAD
#undef STORE
