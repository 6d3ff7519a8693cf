// The body of narrow.c for one number of lanes. The includer sets LANES, CPU (the processors to compile for), AT_ONCE
// (places whose sums fit the registers) and NAME(x), the name of x in this copy.

typedef float NAME(vec) __attribute__((vector_size(4 * LANES), aligned(4)));
#define VEC NAME(vec)
#define LOAD(p) (*(const VEC *)(p))
#define STORE(p) (*(VEC *)(p))

INLINE float NAME(lane_sum)(const VEC *v) {
  float s[LANES];
  STORE(s) = *v;
  for (long half = LANES / 2; half; half /= 2)
    for (long l = 0; l < half; l++) s[l] += s[l + half];
  return s[0];
}

// The results of `n` places from y, x on. Where `checked`, what is read may lie outside the picture.
INLINE void NAME(places)(float *to, const float *picture, const float *weights, const float *bias, const ck_narrow *s,
                         long y, long x, const long n, const long outputs, const int checked) {
  VEC sums[4][AT_ONCE];
  const long kernel = s->kernel_height * s->kernel_width * LANES;
  for (long o = 0; o < outputs; o++)
    for (long j = 0; j < n; j++) sums[o][j] = (VEC){0};
  for (long block = 0; block < s->blocks; block++)
    for (long ky = 0; ky < s->kernel_height; ky++) {
      const long row = y * s->stride_height + ky * s->dilation_height - s->top;
      if (row < 0 || row >= s->height) continue;
      const float *from = picture + (block * s->height + row) * s->width * LANES;
      const float *w = weights + block * kernel + ky * s->kernel_width * LANES;
      for (long kx = 0; kx < s->kernel_width; kx++, w += LANES) {
        const long column = x * s->stride_width + kx * s->dilation_width - s->left;
        for (long j = 0; j < n; j++) {
          const long at = column + j * s->stride_width;
          if (checked && (at < 0 || at >= s->width)) continue;
          const VEC v = LOAD(from + at * LANES);
          for (long o = 0; o < outputs; o++) sums[o][j] += v * LOAD(w + o * s->blocks * kernel);
        }
      }
    }
  for (long j = 0; j < n; j++) {
    VEC result = {0};
    for (long o = 0; o < outputs; o++) result[o] = NAME(lane_sum)(&sums[o][j]) + (bias ? bias[o] : 0);
    STORE(to + j * LANES) = result;
  }
}

INLINE void NAME(rows)(float *result, const float *picture, const float *weights, const float *bias, const ck_narrow *s,
                       long first, long count, const long outputs) {
  const long reach = (s->kernel_width - 1) * s->dilation_width;
  for (long y = first; y < first + count; y++)
    for (long x = 0; x < s->result_width;) {
      float *to = result + (y * s->result_width + x) * LANES;
      const long left = x * s->stride_width - s->left, right = left + (AT_ONCE - 1) * s->stride_width + reach;
      if (x + AT_ONCE <= s->result_width && left >= 0 && right < s->width) {
        NAME(places)(to, picture, weights, bias, s, y, x, AT_ONCE, outputs, 0);
        x += AT_ONCE;
      } else {
        NAME(places)(to, picture, weights, bias, s, y, x, 1, outputs, 1);
        x++;
      }
    }
}

CPU static void NAME(convolve)(float *result, const float *picture, const float *weights, const float *bias,
                               const ck_narrow *s, long first, long count) {
  switch (s->outputs) {
    case 1: NAME(rows)(result, picture, weights, bias, s, first, count, 1); break;
    case 2: NAME(rows)(result, picture, weights, bias, s, first, count, 2); break;
    case 3: NAME(rows)(result, picture, weights, bias, s, first, count, 3); break;
    default: NAME(rows)(result, picture, weights, bias, s, first, count, 4);
  }
}

// The gradient at `n` places from y, x on; `weights` are those of the block.
INLINE void NAME(source_places)(float *to, const float *upstream, const float *weights, const ck_narrow *s, long y,
                                long x, const long n, const int checked) {
  VEC sums[2 * AT_ONCE];
  const long kernel = s->kernel_height * s->kernel_width * LANES;
  for (long j = 0; j < n; j++) sums[j] = (VEC){0};
  for (long ky = 0; ky < s->kernel_height; ky++) {
    const long row = y + s->top - ky * s->dilation_height;
    if (row < 0 || row >= s->result_height) continue;
    const float *from = upstream + row * s->result_width * LANES;
    for (long kx = 0; kx < s->kernel_width; kx++) {
      const long column = x + s->left - kx * s->dilation_width;
      const float *w = weights + (ky * s->kernel_width + kx) * LANES;
      for (long o = 0; o < s->outputs; o++, w += s->blocks * kernel) {
        const VEC v = LOAD(w);
        for (long j = 0; j < n; j++)
          if (!checked || (column + j >= 0 && column + j < s->result_width))
            sums[j] += from[(column + j) * LANES + o] * v;
      }
    }
  }
  for (long j = 0; j < n; j++) STORE(to + j * LANES) = sums[j];
}

CPU static void NAME(source_rows)(float *gradient, const float *upstream, const float *weights, const ck_narrow *s,
                                  long block, long first, long count) {
  const long reach = (s->kernel_width - 1) * s->dilation_width, most = 2 * AT_ONCE;
  weights += block * s->kernel_height * s->kernel_width * LANES;
  for (long y = first; y < first + count; y++)
    for (long x = 0; x < s->width;) {
      float *to = gradient + ((block * s->height + y) * s->width + x) * LANES;
      const long right = x + s->left + most - 1, left = x + s->left - reach;
      if (x + most <= s->width && left >= 0 && right < s->result_width) {
        NAME(source_places)(to, upstream, weights, s, y, x, 2 * AT_ONCE, 0);
        x += most;
      } else {
        NAME(source_places)(to, upstream, weights, s, y, x, 1, 1);
        x++;
      }
    }
}

// Adds the gradient of `n` weights of a kernel's row; the columns from `x` up to `end` are within the picture for all.
INLINE void NAME(weights_run)(float *gradient, const float *from, const float *upstream, const ck_narrow *s, long x,
                              long end, long column, const long n, const long outputs) {
  VEC sums[4][4];
  const long kernel = s->kernel_height * s->kernel_width * LANES;
  for (long o = 0; o < outputs; o++)
    for (long k = 0; k < n; k++) sums[o][k] = (VEC){0};
  for (; x < end; x++)
    for (long k = 0; k < n; k++) {
      const VEC v = LOAD(from + (x + column + k * s->dilation_width) * LANES);
      for (long o = 0; o < outputs; o++) sums[o][k] += upstream[x * LANES + o] * v;
    }
  for (long o = 0; o < outputs; o++)
    for (long k = 0; k < n; k++) STORE(gradient + o * kernel + k * LANES) += sums[o][k];
}

INLINE void NAME(weights_of)(float *gradient, const float *picture, const float *upstream, const ck_narrow *s,
                             long block, const long outputs) {
  const long step = s->dilation_width;
  for (long y = 0; y < s->result_height; y++)
    for (long ky = 0; ky < s->kernel_height; ky++) {
      const long row = y + ky * s->dilation_height - s->top;
      if (row < 0 || row >= s->height) continue;
      const float *from = picture + (block * s->height + row) * s->width * LANES;
      const float *up = upstream + y * s->result_width * LANES;
      for (long kx = 0; kx < s->kernel_width;) {
        float *to = gradient + (ky * s->kernel_width + kx) * LANES;
        const long n = kx + 4 <= s->kernel_width ? 4 : 1, column = kx * step - s->left;
        // The ends, where some of the n weights read outside, one weight at a time.
        long low = column < 0 ? -column : 0, high = s->width - column - (n - 1) * step;
        if (high > s->result_width) high = s->result_width;
        if (high < low) high = low;
        if (n == 4)
          NAME(weights_run)(to, from, up, s, low, high, column, 4, outputs);
        else
          NAME(weights_run)(to, from, up, s, low, high, column, 1, outputs);
        for (long k = 0; k < n && n > 1; k++) {
          const long own = column + k * step, begin = own < 0 ? -own : 0;
          long end = s->width - own;
          if (end > s->result_width) end = s->result_width;
          const long before = low < end ? low : end, after = high > begin ? high : begin;
          if (begin < before) NAME(weights_run)(to + k * LANES, from, up, s, begin, before, own, 1, outputs);
          if (after < end) NAME(weights_run)(to + k * LANES, from, up, s, after, end, own, 1, outputs);
        }
        kx += n;
      }
    }
}

CPU static void NAME(weights)(float *gradient, const float *picture, const float *upstream, const ck_narrow *s,
                              long block) {
  switch (s->outputs) {
    case 1: NAME(weights_of)(gradient, picture, upstream, s, block, 1); break;
    case 2: NAME(weights_of)(gradient, picture, upstream, s, block, 2); break;
    case 3: NAME(weights_of)(gradient, picture, upstream, s, block, 3); break;
    default: NAME(weights_of)(gradient, picture, upstream, s, block, 4);
  }
}

#undef VEC
#undef LOAD
#undef STORE
