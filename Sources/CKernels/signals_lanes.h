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

#undef TILE
#undef STRETCH
#undef VEC
#undef LOAD
#undef STORE
