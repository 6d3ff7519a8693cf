#ifndef SEQUENCES_H
#define SEQUENCES_H

// What networks of signals and sequences are made of; part of CKernels.h.

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

#endif
