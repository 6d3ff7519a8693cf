#ifndef CONVOLUTIONS_H
#define CONVOLUTIONS_H

// Part of CKernels.h: convolutions of pictures, and what is done to their results while they are in the cache.

// Winograd's convolution F(4×4, 3×3): 36 multiplications for the 144 of 16 results (Lavin & Gray 2016, arXiv:1509.09308).
//
// A band is cut into tiles of 4×4 results, row by row, `across` to a row. Each transform has 36 positions, `pitch` floats
// apart; at each stand vectors of one tile or one input channel. Pitches should not be multiples of 4096 bytes.

/// tiles[36][block][tile][lanes]: Bᵀ·d·B of `blocks` blocks of a picture, d being the 6×6 pixels of a tile whose first tile
/// begins at row `top`, column `left`. Where `scale` is given, d = max(0, scale·picture + shift). Outside is 0.
/// A block has room for `count` tiles, of which these may be a part.
void ck_winograd_source(float *tiles, long pitch, long count, const float *picture, const float *scale,
                        const float *shift, long blocks, long height, long width, long top, long left, long across,
                        long tile_rows, long lanes);

/// tiles[36][tile][lanes]: the pullback of ck_winograd_result, A·y·Aᵀ of a one-block band.
void ck_winograd_upstream(float *tiles, long pitch, const float *band, long rows, long width, long lanes);

/// result[output block][position][tile][lanes] (+)= tiles[position][block][tile][lanes] ·
/// weights[output block][position][depth][lanes].
///
/// `block` floats lie between two blocks of tiles. `weights` points at the first of `depth` input channels of a packing of
/// `inputs` and `outputs` channels, all whole blocks. `fresh` overwrites the result.
void ck_blocked_products(float *result, long result_pitch, const float *tiles, long pitch, long block,
                         const float *weights, long positions, long inputs, long outputs, long count, long depth,
                         int fresh, long lanes);

/// gradient[output block][36][depth][lanes] (+)= Σ over the tiles of tiles[36][block][tile][lanes] ·
/// upstream[output block][36][tile][lanes]; `fresh` overwrites.
void ck_winograd_outer(float *gradient, long gradient_pitch, const float *tiles, long pitch, const float *upstream,
                       long upstream_pitch, long blocks, long count, long depth, int fresh, long lanes);

/// band[rows][width][lanes] = Aᵀ·m·A of each tile (+ bias, where given), cut to the band's size.
void ck_winograd_result(float *band, const float *products, long pitch, const float *bias, long rows, long width,
                        long lanes);

/// Block `block` of packed[output blocks][36][inputs up to whole blocks][lanes]: G·g·Gᵀ of weights[outputs][inputs][3][3].
///
/// `turned` packs the convolution that takes gradients back: weights[inputs][outputs][3][3], each kernel turned by 180°.
void ck_winograd_pack(float *packed, const float *weights, long inputs, long outputs, int turned, long block, long lanes);

/// gradient[9][depth][lanes] = Gᵀ·u·G of what ck_winograd_outer found.
void ck_winograd_unpack(float *gradient, long gradient_pitch, const float *outer, long pitch, long depth, long lanes);

/// gradient[9][inputs up to whole blocks][lanes] of one block of outputs as weights[outputs][inputs][3][3], of which there
/// may be fewer than lanes.
void ck_winograd_order(float *weights, const float *gradient, long inputs, long outputs, long lanes);

// Of the pixels of one plane, [pixels][lanes]; `lanes` is 16, 8 or 1.

/// x = scale·x + shift.
void ck_tail_affine(float *x, const float *scale, const float *shift, long pixels, long lanes);

/// x where positive, else slope·x.
void ck_tail_prelu(float *x, const float *slope, long pixels, long lanes);

/// The pullback of ck_tail_prelu: the gradient of x; sums[lanes] += that of the slopes.
void ck_prelu_pullback(float *gradient, double *sums, const float *x, const float *upstream, const float *slope,
                       long pixels, long lanes);

// A convolution with few results, stride 1 on the way back: [height][width][lanes] of a picture's blocks to `outputs`
// lanes of one block, by weights[output][block][kernel height][kernel width][lanes]. At most 4 outputs.

typedef struct ck_narrow {
  long blocks, height, width, outputs, result_height, result_width;
  long kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width, top, left;
} ck_narrow;

/// Rows first ..< first + count of the results (+ bias); lanes past the outputs become 0.
void ck_narrow_convolve(float *result, const float *picture, const float *weights, const float *bias, ck_narrow shape,
                        long first, long count, long lanes);

/// The gradient of the picture, rows first ..< first + count of one block.
void ck_narrow_source(float *gradient, const float *upstream, const float *weights, ck_narrow shape, long block,
                      long first, long count, long lanes);

/// gradient[output][kernel height][kernel width][lanes] += that of the weights of one block.
void ck_narrow_weights(float *gradient, const float *picture, const float *upstream, ck_narrow shape, long block,
                       long lanes);

// A convolution turned round: every pixel of a picture is multiplied with all taps of the kernel, and what they make is added
// up where they meet, `stride` pixels from one picture's pixel to the next.

/// packed[taps][inputs up to whole blocks][lanes] of output block `block` of weights[inputs][outputs][taps].
void ck_tap_pack(float *packed, const float *weights, long inputs, long outputs, long taps, long block, long lanes);

/// row[width][lanes] += products[taps][source width][lanes], `pitch` floats from tap to tap, the first one's pixels
/// `left` columns further left. `fresh` puts the bias, or where that is NULL 0, in place of the row.
void ck_spread_row(float *row, long width, const float *products, long pitch, long taps, long source_width, long stride,
                   long left, const float *bias, int fresh, long lanes);

#endif
