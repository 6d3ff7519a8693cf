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

// Products of few rows by a matrix, whose columns are packed in panels of ck_panel() and whose rows in tiles.

long ck_panel(void);

/// packed[panel][inner][ck_panel()]: element (k, c) of the matrix stands at k · row + c · column; 0 past the last column.
void ck_pack_panels(float *packed, const float *matrix, long inner, long columns, long row, long column, long first,
                    long panels);

/// How many rows of so many are a tile; the last one may have fewer.
long ck_tile_height(long rows, long lanes);

/// tiles[tile][inner][rows of the tile]: element (r, k) stands at r · row + k · column.
void ck_pack_rows(float *tiles, const float *a, long row, long column, long rows, long inner, long height);

/// result[rows][columns] = initial + a · matrix for a run of the matrix' panels. Rows begin so many floats apart; the
/// result may be the initial; without one, 0 is.
void ck_product(float *result, long result_row, const float *initial, long initial_row, const float *tiles,
                const float *packed, long rows, long inner, long columns, long first, long panels, long lanes);

/// result[rows][columns] = a · matrix[inner][columns], which is read once, as it stands, for a run of panels of its columns.
void ck_streamed_product(float *result, const float *tiles, const float *matrix, long rows, long inner, long columns,
                         long first, long panels, long lanes);

// Products of rows by the rows of a matrix, that is by its transpose, whose inner axis is read as it stands.

/// How many rows are packed together.
long ck_dot_height(long lanes);

/// Rows packed for ck_dots, [rows][inner up to whole vectors of 16] floats: a run of them that begins at whole packs.
void ck_dot_pack(float *packed, const float *a, long rows, long inner, long first, long count, long lanes);

/// result[rows][columns] = bias + a · weightᵀ for a run of the columns, weight[columns][inner]; the bias may be missing.
void ck_dots(float *result, const float *bias, const float *packed, const float *weight, long rows, long inner,
             long columns, long first, long count, long lanes);

// Recurrent layers: one direction over a run of items, `size` units, `reversed` from the last step to the first. `given`
// is what the input adds to the gates, [item][steps][gates · size]; gates are in PyTorch's order. `scratch` has items ·
// 4 · size floats.

/// output[item][steps + 1][size]: each step's state, then the last cell; cells[item][steps][size]; gates[item][steps][4 ·
/// size]: what the pullback needs. `packed` is the recurrent weight of `size` rows.
void ck_lstm(float *output, float *cells, float *gates, const float *given, const float *packed, const float *hidden,
             const float *cell, float *scratch, long items, long steps, long size, int reversed, long lanes);

/// The gradients of `given`, of the first state and of the first cell. `packed` is the transpose of ck_lstm's.
void ck_lstm_pullback(float *gradient, float *hidden, float *cell, const float *upstream, const float *gates,
                      const float *cells, const float *first_cell, const float *packed, float *scratch, long items,
                      long steps, long size, int reversed, long lanes);

/// output[item][steps][size]; gates[item][steps][4 · size]: reset, update, candidate, and what the state adds to the last.
void ck_gru(float *output, float *gates, const float *given, const float *packed, const float *bias, const float *hidden,
            float *scratch, long items, long steps, long size, int reversed, long lanes);

/// The gradients of `given`, of what the state adds to the gates, and of the first state.
void ck_gru_pullback(float *gradient, float *turned, float *hidden, const float *upstream, const float *gates,
                     const float *output, const float *first_hidden, const float *packed, float *scratch, long items,
                     long steps, long size, int reversed, long lanes);

// Convolutions of signals [block][position][lanes]: result i, at position i · result_step, is the sum over the taps of
// source position i · source_step + offset, which counts as 0 outside.

#define CK_SIGNAL_TAPS 64

typedef struct ck_signal {
  long source_blocks, source_pitch, source_length, source_step;  // pitches are floats from block to block
  long result_blocks, result_pitch, result_step;
  long taps, offsets[CK_SIGNAL_TAPS];
} ck_signal;

/// Results first ..< end of a run of blocks, which begins at an even one.
void ck_signal_convolve(float *result, const ck_signal *signal, const float *source, const float *weights,
                        const float *bias, long first_block, long blocks, long first, long end, long lanes);

/// gradient[block][source block][tap][source lane][lane] += Σ over results first ..< end of source · upstream, the upstream
/// gradient standing where results do.
void ck_signal_weights(float *gradient, const ck_signal *signal, const float *source, const float *upstream,
                       long first_block, long blocks, long first, long end, long lanes);

/// One block of the weights that ck_signal_convolve reads. Weight (result, source, tap) stands at result · result_stride +
/// source · source_stride + taps[tap].
void ck_signal_pack(float *packed, const float *weights, const ck_signal *signal, const long *taps, long results,
                    long sources, long result_stride, long source_stride, long block, long lanes);

/// What ck_signal_weights found, in the places of ck_signal_pack.
void ck_signal_unpack(float *weights, const float *gradient, const ck_signal *signal, const long *taps, long results,
                      long sources, long result_stride, long source_stride, long lanes);

// The same at stride 1 by Winograd's method, seven products for sixteen (Lavin & Gray 2016, arXiv:1509.09308, F(4, 4) in one
// dimension). Each array has seven parts, `pitch` floats apart, to which the functions above apply, groups of four taps
// being the taps and tiles the positions. Members of a tile are `distance` apart.

/// tiles[7][block][tile][lanes] of seven sources each, that of tile t beginning at `start` + 4 · t · distance.
void ck_signal_tiles(float *tiles, long pitch, const float *source, long source_pitch, long blocks, long length,
                     long start, long distance, long count, long lanes);

/// Four results each of products[7][block][tile][lanes] (+ bias, where given), those below `length`.
void ck_signal_results(float *result, long result_pitch, const float *products, long pitch, const float *bias,
                       long blocks, long length, long start, long distance, long count, long lanes);

/// The adjoint of ck_signal_results.
void ck_signal_upstream(float *tiles, long pitch, const float *upstream, long upstream_pitch, long blocks, long length,
                        long start, long distance, long count, long lanes);

/// One block of packed[7][…], each part as by ck_signal_pack, of kernels of `taps`, `turned` from the last to the first.
void ck_signal_pack_tiles(float *packed, const float *weights, const ck_signal *signal, long taps, int turned, long results,
                          long sources, long result_stride, long source_stride, long block, long lanes);

/// One block of weights from gradient[7][…], each part as ck_signal_weights found it.
void ck_signal_unpack_tiles(float *weights, const float *gradient, const ck_signal *signal, long taps, long results,
                            long sources, long result_stride, long source_stride, long block, long lanes);

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

#endif
