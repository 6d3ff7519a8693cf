#ifndef CKERNELS_H
#define CKERNELS_H

/// The engine's element-wise hot loops.
///
/// Portable C that the compiler turns into code for several processors, chosen when the program starts: Swift has no
/// such dispatch. Pictures are "blocked": [channels / lanes][height][width][lanes], `lanes` being 8 or 16.
/// A band is a run of whole rows of such a picture. Nothing but ThreadPool.h starts a thread.

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

/// Channels offset ..< offset + count of a blocked picture as [pixels][count], and back: of a picture of `channels`, whose
/// lanes past the last become 0.
void ck_block_to_last(float *last, const float *blocked, long offset, long count, long pixels, long lanes);
void ck_last_to_block(float *blocked, const float *last, long offset, long count, long channels, long pixels, long lanes);

/// A matrix most of whose entries are 0: row r has weights[i] at columns[i], i from starts[r] up to starts[r + 1].
typedef struct ck_sparse {
  const int *starts, *columns;
  const float *weights;
} ck_sparse;

// Planes [height][width][lanes], `lanes` being 16 or 8 in blocked pictures and 1 in plain ones. Work is given as a run of
// rows of the results, counted through all planes, or as a run of planes where it says so.

/// Each plane x as vertical · x · horizontalᵀ. `row` is scratch for width · lanes floats.
void ck_resample(float *result, const float *source, ck_sparse vertical, ck_sparse horizontal, float *row, long first,
                 long count, long height, long width, long resultHeight, long resultWidth, long lanes);

/// The values where the keys have the first maximum of each window; values may be the keys.
///
/// Window y, x has rows rows[2y] ..< rows[2y + 1] and columns columns[2x] ..< columns[2x + 1]; it is not empty.
/// `halving` says that the windows are 2×2 squares side by side, which is faster.
void ck_max_pool(float *result, const float *keys, const float *values, const long *rows, const long *columns,
                 int halving, long first, long count, long height, long width, long resultHeight, long resultWidth,
                 long lanes);

/// The adjoint of ck_max_pool in its values, for a run of planes: gradient is 0 but for the first maxima of the windows.
void ck_max_pool_pullback(float *gradient, const float *keys, const float *upstream, const long *rows,
                          const long *columns, int halving, long first, long count, long height, long width,
                          long resultHeight, long resultWidth, long lanes);

// Planes [pixels][lanes] that follow one another, each lane with numbers of its own; `lanes` is 16, 8 or 1.

/// moments[plane][2][lanes]: the mean and Σ(x − mean)² of each lane.
void ck_plane_moments(double *moments, const float *planes, long count, long pixels, long lanes);

/// sums[plane][2][lanes]: Σd and Σd·(x − mean) of each lane, d being the upstream gradient.
void ck_plane_products(double *sums, const float *planes, const float *means, const float *upstream, long count,
                       long pixels, long lanes);

/// scale · x + shift, the numbers being [plane][lanes]; the shift may be missing.
void ck_plane_affine(float *result, const float *planes, const float *scale, const float *shift, long count, long pixels,
                     long lanes);

/// scale · upstream + slope · x + constant, the numbers being [plane][lanes].
void ck_plane_blend(float *result, const float *upstream, const float *planes, const float *scale, const float *slope,
                    const float *constant, long count, long pixels, long lanes);

/// What a grid reads outside the picture: 0, the nearest pixel, or the picture mirrored.
typedef enum ck_grid_padding { ck_grid_zeros, ck_grid_border, ck_grid_reflection } ck_grid_padding;

/// Coordinates −1…1 along one axis as the pixel before (or nearest), the distance from it, and how fast that grows.
void ck_grid_axis(int *index, float *fraction, float *slope, const float *grid, long stride, long count, long size,
                  int alignCorners, ck_grid_padding padding, int nearest);

/// The 1 or 4 neighbours of places in [images][points], as [images][neighbours][points]: row · width + column, −1 outside.
void ck_grid_taps(int *taps, const int *rows, const int *columns, long count, long points, int neighbours, long height,
                  long width);

// Taps as above, weights in their order; `planes` per image, `pixels` each. A tap of −1 stands for a pixel of 0.

/// result[plane][point] = Σ weight · source[plane][tap], for a run of points counted through all planes.
void ck_sample(float *result, const float *source, const int *taps, const float *weights, long first, long count,
               long planes, long pixels, long points, long neighbours, long lanes);

/// The adjoint of ck_sample in its source, for a run of planes.
void ck_spread(float *result, const float *source, const int *taps, const float *weights, long first, long count,
               long planes, long pixels, long points, long neighbours, long lanes);

/// The adjoint of ck_sample in its weights: result[tap] = Σ over channels of picture[tap] · sampled[point], for a run of
/// taps.
void ck_sample_dots(float *result, const float *picture, const float *sampled, const int *taps, long first, long count,
                    long channels, long pixels, long points, long neighbours, long lanes);

// Flat arrays.
void ck_affine(float *result, const float *a, float scale, float shift, long count);
void ck_accumulate(float *result, const float *a, float scale, long count);
void ck_clamp(float *result, const float *a, float low, float high, long count);
void ck_inside(float *result, const float *a, float low, float high, long count);
void ck_log(float *result, const float *a, long count);
void ck_power(float *result, const float *a, float exponent, long count);
double ck_sum(const float *a, long count);
double ck_dot(const float *a, const float *b, long count);

// Arrays of several dimensions.

/// result[r · result_row + c] = from[r · from_row + c · from_column].
void ck_copy_strided(float *result, const float *from, long rows, long columns, long result_row, long from_row,
                     long from_column);

// result[r · columns + c] from a[r · a_row + c · a_column] and b likewise. Column steps are 1 or 0, not both 0. Comparisons
// give 1 or 0.
void ck_add(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
            long b_row, long b_column);
void ck_subtract(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
                 long b_row, long b_column);
void ck_multiply(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
                 long b_row, long b_column);
void ck_divide(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
               long b_row, long b_column);
void ck_maximum(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
                long b_row, long b_column);
void ck_minimum(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
                long b_row, long b_column);
void ck_greater(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
                long b_row, long b_column);
void ck_greater_or_equal(float *result, const float *a, const float *b, long rows, long columns, long a_row,
                         long a_column, long b_row, long b_column);
void ck_equal(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
              long b_row, long b_column);
void ck_atan2(float *result, const float *a, const float *b, long rows, long columns, long a_row, long a_column,
              long b_row, long b_column);

/// a where the mask is not 0, else b.
void ck_select(float *result, const float *mask, const float *a, const float *b, long count);

// Down the rows of a matrix whose rows begin `row` floats apart.

/// The sum of each column.
void ck_sum_rows(float *result, const float *a, long rows, long columns, long row);
/// The row of each column's first maximum of sign · a.
void ck_largest_row(int *result, const float *a, float sign, long rows, long columns, long row);
/// The sum of each column up to each row.
void ck_cumulative_sum(float *result, const float *a, long rows, long columns, long row);

// Along rows that follow one another.

void ck_softmax(float *result, const float *a, long rows, long columns);
void ck_softmax_pullback(float *result, const float *y, const float *upstream, long rows, long columns);
/// a becomes softmax(scale · a + bias); the bias may be missing, and stand still along a row or from row to row.
void ck_attend(float *a, const float *bias, long bias_row, long bias_column, float scale, long rows, long columns);
void ck_log_softmax(float *result, const float *a, long rows, long columns);
void ck_log_softmax_pullback(float *result, const float *y, const float *upstream, long rows, long columns);

/// (a − mean) · scale with scale = 1 / √(variance + epsilon) of each row; not `centred`, the mean counts as 0.
void ck_standardize(float *result, float *scales, const float *a, float epsilon, int centred, long rows, long columns);
void ck_standardize_pullback(float *result, const float *y, const float *scales, const float *upstream, int centred,
                             long rows, long columns);

/// (a − mean) · scale · weight + bias with mean and scale of each row as in ck_standardize.
void ck_layer_norm(float *result, float *means, float *scales, const float *a, const float *weight, const float *bias,
                   float epsilon, long rows, long columns);
/// Adds the gradients of weight and bias to `weights` and `biases`; `row` is scratch for 3 · columns floats.
void ck_layer_norm_pullback(float *result, double *weights, double *biases, const float *a, const float *means,
                            const float *scales, const float *weight, const float *upstream, float *row, long rows,
                            long columns);

/// Each row times lengths[r] · inverses[r], which is one over its own length.
void ck_scale_rows(float *result, float *inverses, const float *a, const float *lengths, long rows, long columns);
void ck_scale_rows_pullback(float *result, float *lengths_gradient, const float *a, const float *lengths,
                            const float *inverses, const float *upstream, long rows, long columns);

// Functions of one number: f(a), f′(a) or f″(a), as `order` says, times `upstream` where order > 0 and it is given. `p` is
// the slope of ck_leaky_relu and the α of ck_elu.
void ck_relu(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_leaky_relu(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_elu(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_exp(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_tanh(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_sigmoid(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_softplus(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_silu(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_gelu(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_gelu_tanh(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_mish(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_hard_sigmoid(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_hard_swish(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_sqrt(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_abs(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_floor(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_round(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_sine(float *result, const float *a, const float *upstream, float p, int order, long count);
void ck_cosine(float *result, const float *a, const float *upstream, float p, int order, long count);

// One step of an optimizer on one parameter: the value and its moments change in place. Moments are 0 before the first.

/// Adam (Kingma & Ba 2015, algorithm 1), with decoupled weight decay.
void ck_adam(float *value, float *first, float *second, const float *gradient, float rate, float beta1, float beta2,
             float epsilon, float correction1, float correction2, float decay, long count);

/// RAdam (Liu et al. 2020, algorithm 2): value -= rate · (first · scale / (√second + epsilon) + decay · value), or where
/// the variance cannot be told yet, `rectified` being 0, rate · (first · scale + decay · value).
void ck_radam(float *value, float *first, float *second, const float *gradient, float rate, float beta1, float beta2,
              float epsilon, float scale, int rectified, float decay, long count);

/// AdaBelief (Zhuang et al. 2020, algorithm 2): Adam whose second moment is that of gradient − first.
void ck_adabelief(float *value, float *first, float *second, const float *gradient, float rate, float beta1,
                  float beta2, float epsilon, float correction1, float correction2, float decay, long count);

/// Lion (Chen et al. 2023, program 1): the sign of an interpolation of gradient and moment.
void ck_lion(float *value, float *first, const float *gradient, float rate, float beta1, float beta2, float decay,
             long count);

/// Gradient descent with momentum, Nesterov's where `ahead` is not 0; the decay is part of the gradient.
void ck_sgd(float *value, float *velocity, const float *gradient, float rate, float momentum, int ahead, float decay,
            long count);

/// RMSprop (Tieleman & Hinton 2012) with momentum; the decay is part of the gradient.
void ck_rmsprop(float *value, float *square, float *velocity, const float *gradient, float rate, float smoothing,
                float epsilon, float momentum, float decay, long count);

/// IEEE half precision from and to single.
void ck_to_half(unsigned short *half, const float *single, long count);
void ck_from_half(float *single, const unsigned short *half, long count);

#include "Convolutions.h"
#include "Sequences.h"
#include "ThreadPool.h"

#endif
