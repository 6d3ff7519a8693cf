#ifndef CKERNELS_H
#define CKERNELS_H

/// The engine's element-wise hot loops.
///
/// Portable C that the compiler turns into code for several processors, chosen when the program starts: Swift has no
/// such dispatch. Pictures are "blocked": [channels / lanes][height][width][lanes], `lanes` being 8 or 16.
/// A band is a run of whole rows of such a picture. Nothing here starts a thread.

/// Lanes per block that suit this processor: 16 with AVX-512, else 8.
long ck_lanes(void);

/// band[blocks][rows][width][lanes] = max(0, scale·picture + shift) for rows `first ..< first + rows`; rows outside are 0.
void ck_norm_relu(float *band, const float *picture, const float *scale, const float *shift, long blocks, long height,
                  long width, long lanes, long first, long rows);

/// The pullback of ck_norm_relu for rows inside the picture.
///
/// With d = band where scale·picture + shift > 0, else 0: gradient += scale·d, sums[0][c] += Σd, sums[1][c] += Σd·picture,
/// the sums having blocks·lanes values each. `fresh` overwrites the gradient instead of adding.
void ck_norm_relu_pullback(float *gradient, const float *band, const float *picture, const float *scale,
                           const float *shift, double *sums, int fresh, long blocks, long height, long width, long lanes,
                           long first, long rows);

/// Writes the `count` channels of a band into channels `offset...` of a picture; where `sums` is given, adds Σx and Σx²
/// of channel c to sums[c] and sums[stride + c].
void ck_scatter(float *picture, const float *band, double *sums, long stride, long offset, long count, long height,
                long width, long lanes, long first, long rows);

/// The reverse of ck_scatter: band = picture[offset ..< offset + count] (+ constant[c] + slope[c]·values, where given).
/// Rows outside the picture and lanes past `count` are 0.
void ck_gather(float *band, const float *picture, const float *values, const float *constant, const float *slope,
               long offset, long count, long height, long width, long lanes, long first, long rows);

/// gradient += constant[c] + slope[c]·values over whole blocks.
void ck_correct(float *gradient, const float *values, const float *constant, const float *slope, long blocks, long pixels,
                long lanes);

/// sums[c] += Σ of the band's rows from `skip` to `rows - skip`.
void ck_band_sums(double *sums, const float *band, long blocks, long width, long lanes, long rows, long skip);

/// Plain [channels][pixels] to blocked and back; lanes past `channels` become 0.
void ck_block(float *blocked, const float *plain, long channels, long pixels, long lanes);
void ck_unblock(float *plain, const float *blocked, long channels, long pixels, long lanes);

/// 2×2 maximum with stride 2 over one block plane, and its pullback to the first maximum of each square.
void ck_max_pool(float *result, const float *plane, long height, long width, long lanes);
void ck_max_pool_pullback(float *gradient, const float *plane, const float *upstream, long height, long width,
                          long lanes);

// Flat arrays.
void ck_add(float *result, const float *a, const float *b, long count);
void ck_subtract(float *result, const float *a, const float *b, long count);
void ck_multiply(float *result, const float *a, const float *b, long count);
void ck_divide(float *result, const float *a, const float *b, long count);
void ck_affine(float *result, const float *a, float scale, float shift, long count);
void ck_accumulate(float *result, const float *a, float scale, long count);
void ck_relu(float *result, const float *a, long count);
void ck_step(float *result, const float *a, long count);
void ck_clamp(float *result, const float *a, float low, float high, long count);
void ck_inside(float *result, const float *a, float low, float high, long count);
void ck_sigmoid(float *result, const float *a, long count);
void ck_softplus(float *result, const float *a, long count);
void ck_exp(float *result, const float *a, long count);
void ck_log(float *result, const float *a, long count);
void ck_power(float *result, const float *a, float exponent, long count);
double ck_sum(const float *a, long count);
double ck_dot(const float *a, const float *b, long count);

/// One step of Adam (Kingma & Ba 2015, algorithm 1) on one parameter, with decoupled weight decay.
void ck_adam(float *value, float *first, float *second, const float *gradient, float rate, float beta1, float beta2,
             float epsilon, float correction1, float correction2, float decay, long count);

/// IEEE half precision from and to single.
void ck_to_half(unsigned short *half, const float *single, long count);
void ck_from_half(float *single, const unsigned short *half, long count);

#endif
