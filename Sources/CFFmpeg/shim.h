#include <libavformat/avformat.h>
#include <libavcodec/avcodec.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <libswresample/swresample.h>

// Function-like and cast-bearing macros, which Swift does not import.
static const int cffmpeg_error_eof = AVERROR_EOF;
static const int cffmpeg_error_again = AVERROR(EAGAIN);
static const int cffmpeg_error_invalid_data = AVERROR_INVALIDDATA;
static const int cffmpeg_error_option_not_found = AVERROR_OPTION_NOT_FOUND;
static const int cffmpeg_error_invalid_argument = AVERROR(EINVAL);
static const int cffmpeg_error_input_output = AVERROR(EIO);
static const int64_t cffmpeg_no_timestamp = AV_NOPTS_VALUE;
static const size_t cffmpeg_input_padding = AV_INPUT_BUFFER_PADDING_SIZE;
