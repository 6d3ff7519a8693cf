#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libpng reports errors by longjmp, which must not cross Swift frames: here every call that may
// fail is made under a setjmp of the same C function, and comes back as a status. 0 is success.

typedef struct {
  png_structp png;
  png_infop info;
  png_infop end;
  const unsigned char *input;  // reading: the whole file
  size_t input_size, input_position;
  unsigned char *output;  // writing: the whole file, to be freed by cpng_close
  size_t output_size, output_capacity;
  int writes;
  char message[128];
} cpng_file;

static inline void cpng_fail(png_structp png, png_const_charp message) {
  cpng_file *file = png_get_error_ptr(png);
  snprintf(file->message, sizeof file->message, "%s", message);
  png_longjmp(png, 1);
}

static inline void cpng_ignore(png_structp png, png_const_charp message) {
  (void)png, (void)message;
}

static inline void cpng_take(png_structp png, png_bytep bytes, size_t count) {
  cpng_file *file = png_get_io_ptr(png);
  if (count > file->input_size - file->input_position) png_error(png, "the data ends too early");
  memcpy(bytes, file->input + file->input_position, count);
  file->input_position += count;
}

static inline void cpng_put(png_structp png, png_bytep bytes, size_t count) {
  cpng_file *file = png_get_io_ptr(png);
  if (count > file->output_capacity - file->output_size) {
    size_t capacity = 2 * file->output_capacity + count + 65536;
    unsigned char *larger = realloc(file->output, capacity);
    if (!larger) png_error(png, "out of memory");
    file->output = larger;
    file->output_capacity = capacity;
  }
  memcpy(file->output + file->output_size, bytes, count);
  file->output_size += count;
}

static inline void cpng_flush(png_structp png) { (void)png; }

static inline void cpng_close(cpng_file *file) {
  if (file->png) {
    png_infopp end = file->end ? &file->end : NULL;
    if (file->writes) png_destroy_write_struct(&file->png, &file->info);
    else png_destroy_read_struct(&file->png, &file->info, end);
  }
  free(file->output);
  file->output = NULL;
}

/// Reads everything before the samples. The samples will come as 8 or 16 bits, little endian,
/// palettes as RGB, transparent colours as alpha.
static inline int cpng_open(cpng_file *file, const unsigned char *input, size_t size,
                            unsigned maximum_side) {
  memset(file, 0, sizeof *file);
  file->input = input;
  file->input_size = size;
  file->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, file, cpng_fail, cpng_ignore);
  if (!file->png) return 1;
  if (setjmp(png_jmpbuf(file->png))) return 1;
  file->info = png_create_info_struct(file->png);
  file->end = png_create_info_struct(file->png);
  png_set_user_limits(file->png, maximum_side, maximum_side);
  png_set_chunk_malloc_max(file->png, 64 << 20);
  png_set_read_fn(file->png, file, cpng_take);
  png_read_info(file->png, file->info);
  png_set_expand(file->png);
  png_set_swap(file->png);
  png_set_interlace_handling(file->png);
  png_read_update_info(file->png, file->info);
  return 0;
}

/// Reads the samples into `rows`, and the chunks that follow them.
static inline int cpng_read(cpng_file *file, unsigned char **rows) {
  if (setjmp(png_jmpbuf(file->png))) return 1;
  png_read_image(file->png, rows);
  png_read_end(file->png, file->end);
  return 0;
}

static inline int cpng_create(cpng_file *file) {
  memset(file, 0, sizeof *file);
  file->writes = 1;
  file->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, file, cpng_fail, cpng_ignore);
  if (!file->png) return 1;
  if (setjmp(png_jmpbuf(file->png))) return 1;
  file->info = png_create_info_struct(file->png);
  png_set_write_fn(file->png, file, cpng_put, cpng_flush);
  return 0;
}

static inline int cpng_set_header(cpng_file *file, unsigned width, unsigned height, int bit_depth,
                                  int color_type) {
  if (setjmp(png_jmpbuf(file->png))) return 1;
  png_set_user_limits(file->png, width, height);
  png_set_IHDR(file->png, file->info, width, height, bit_depth, color_type, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  return 0;
}

static inline int cpng_set_profile(cpng_file *file, const unsigned char *profile, unsigned size) {
  if (setjmp(png_jmpbuf(file->png))) return 1;
  png_set_iCCP(file->png, file->info, "ICC profile", 0, profile, size);
  return 0;
}

static inline int cpng_set_exif(cpng_file *file, unsigned char *exif, unsigned size) {
  if (setjmp(png_jmpbuf(file->png))) return 1;
  png_set_eXIf_1(file->png, file->info, size, exif);
  return 0;
}

static inline int cpng_add_text(cpng_file *file, char *keyword, char *text) {
  png_text entry = {.compression = PNG_ITXT_COMPRESSION_NONE, .key = keyword, .text = text};
  entry.lang = entry.lang_key = "";
  if (setjmp(png_jmpbuf(file->png))) return 1;
  png_set_text(file->png, file->info, &entry, 1);
  return 0;
}

static inline int cpng_set_colors(cpng_file *file, double gamma, int intent, unsigned x,
                                  unsigned y) {
  if (setjmp(png_jmpbuf(file->png))) return 1;
  if (gamma > 0) png_set_gAMA(file->png, file->info, gamma);
  if (intent >= 0) png_set_sRGB(file->png, file->info, intent);
  if (x > 0 && y > 0) png_set_pHYs(file->png, file->info, x, y, PNG_RESOLUTION_METER);
  return 0;
}

/// Writes everything; 16-bit samples are given little endian.
static inline int cpng_write(cpng_file *file, unsigned char **rows, int level) {
  if (setjmp(png_jmpbuf(file->png))) return 1;
  png_set_compression_level(file->png, level);
  png_write_info(file->png, file->info);
  png_set_swap(file->png);
  png_write_image(file->png, rows);
  png_write_end(file->png, file->info);
  return 0;
}
