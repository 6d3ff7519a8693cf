"""Makes the fixtures of TensorsTests for pictures and signals: convolution, padding, pooling, resizing, sampling."""

import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("Tensors")


def normal(name, *shape):
    return np.float32(cases.generator(name).standard_normal(shape))


def record(name, function, *inputs, constant_inputs=()):
    inputs = list(inputs) if len(inputs) > 1 else inputs[0]
    cases.record(name, lambda x, p, s: function(x), inputs, constant_inputs=constant_inputs, twice=True)


# Convolutions of input.0 by input.1, plus input.2 where there is one. The kernel's axes are the weight's last; a
# transposed weight is [input, output / groups, …]. Padding of four numbers is top, left, bottom, right.


def convolution(name, x, weight, bias=True, padding=None, mode="constant", transposed=False, **options):
    signal = len(x) == 3
    fan = np.prod(weight[1:])
    output = weight[1] * options.get("groups", 1) if transposed else weight[0]
    inputs = [normal(name, *x), normal(name + " weight", *weight) / fan**0.5]
    if bias:
        inputs.append(normal(name + " bias", output))

    def run(xs):
        x, (weight, bias) = xs[0], (xs[1:] + [None])[:2]
        if padding:
            top, left, bottom, right = padding
            x = F.pad(x, (left, right) if signal else (left, right, top, bottom), mode=mode)
        if transposed:
            return (F.conv_transpose1d if signal else F.conv_transpose2d)(x, weight, bias, **options)
        return (F.conv1d if signal else F.conv2d)(x, weight, bias, **options)

    record(name, run, *inputs)


convolution("conv2d", (2, 3, 6, 5), (4, 3, 3, 2), stride=(2, 1), padding=(0, 1, 2, 0), dilation=(1, 2))
convolution("conv2d-groups", (2, 4, 5, 4), (6, 2, 2, 3), bias=False, groups=2)
convolution("conv2d-depthwise", (2, 5, 5, 4), (10, 1, 3, 3), padding=(1, 1, 1, 1), groups=5)
convolution("conv2d-reflect", (1, 3, 4, 5), (4, 3, 3, 5), padding=(1, 2, 1, 2), mode="reflect", stride=(1, 2))
convolution("conv2d-replicate", (1, 3, 4, 5), (4, 3, 3, 3), padding=(1, 0, 2, 3), mode="replicate")
convolution("conv1d", (2, 3, 11), (4, 3, 4), stride=3, dilation=2, padding=(0, 2, 0, 1))
convolution("conv1d-groups", (2, 6, 9), (4, 3, 3), bias=False, groups=2, padding=(0, 2, 0, 0))
# More channels than two blocks of lanes, more samples than rows of accumulators, kernels that reach beyond both ends.
convolution("conv1d-wide", (1, 17, 31), (33, 17, 3), dilation=5, padding=(0, 6, 0, 3))
convolution("conv1d-depthwise", (2, 9, 8), (9, 1, 5), groups=9)
convolution("conv1d-reflect", (2, 3, 7), (4, 3, 3), padding=(0, 3, 0, 2), mode="reflect")
convolution("conv1d-replicate", (2, 3, 7), (4, 3, 3), padding=(0, 1, 0, 4), mode="replicate")
for name, options in {
    "": {"stride": (3, 2), "padding_": (1, 2), "output_padding": (2, 1)},
    "-dilation": {"dilation": (2, 3), "padding_": (1, 0)},
    "-groups": {"stride": (2, 1), "groups": 2, "bias": False, "padding_": (0, 1), "output_padding": (1, 0)},
}.items():
    options = dict(options)
    space = options.pop("padding_")
    bias = options.pop("bias", True)
    groups = options.get("groups", 1)
    x, weight = normal("tconv2d" + name, 1, 4, 3, 4), normal("tconv2d weight" + name, 4, 6 // groups, 3, 4) / 4
    inputs = [x, weight] + ([normal("tconv2d bias" + name, 6)] if bias else [])
    record("tconv2d" + name, lambda xs: F.conv_transpose2d(*xs, padding=space, **options), *inputs)
for name, options in {
    "": {"stride": 4, "padding": 2, "output_padding": 3},
    "-dilation": {"stride": 2, "dilation": 3, "padding": 1, "output_padding": 1},
    "-groups": {"stride": 3, "groups": 2},
}.items():
    groups = options.get("groups", 1)
    x, weight = normal("tconv1d" + name, 2, 4, 5), normal("tconv1d weight" + name, 4, 6 // groups, 5) / 4
    record("tconv1d" + name, lambda xs: F.conv_transpose1d(*xs, **options), x, weight, normal("tconv1d bias" + name, 6))
x, weight = normal("tconv1d-wide", 1, 17, 14), normal("tconv1d weight-wide", 17, 33, 4) / 8
record("tconv1d-wide", lambda xs: F.conv_transpose1d(*xs, stride=3), x, weight)


# Padding: top 2, left 1, bottom 0, right 3; before 4, after 2.

x, signal = normal("pad", 1, 3, 4, 5), normal("pad signal", 2, 3, 6)
for mode in ("constant", "reflect", "replicate"):
    value = {"value": -1.5} if mode == "constant" else {}
    record("pad-" + mode, lambda x: F.pad(x, (1, 3, 2, 0), mode=mode, **value), x)
    record("pad-signal-" + mode, lambda x: F.pad(x, (4, 2), mode=mode, **value), signal)
record("pad-cut", lambda x: F.pad(x, (-1, 3, 2, -2)), x)


# Pooling.

x, signal = normal("pool", 1, 3, 7, 9), normal("pool signal", 2, 3, 11)
windows = {"kernel_size": (3, 2), "stride": (2, 3), "padding": (1, 0)}
record("max-pool-windows", lambda x: F.max_pool2d(x, **windows), x)
record("max-pool-ceil", lambda x: F.max_pool2d(x, (2, 4), padding=(1, 2), ceil_mode=True), x)
record("max-pool-overlapping", lambda x: F.max_pool2d(x, 3, stride=1, padding=1), x)
record("max-pool-signal", lambda x: F.max_pool1d(x, 4, stride=3, padding=1, ceil_mode=True), signal)
record("average-pool", lambda x: F.avg_pool2d(x, **windows), x)
record("average-pool-inside", lambda x: F.avg_pool2d(x, **windows, count_include_pad=False), x)
for count, name in {True: "", False: "-inside"}.items():
    record("average-pool-ceil" + name, lambda x: F.avg_pool2d(
        x, (2, 4), padding=(1, 2), ceil_mode=True, count_include_pad=count), x)
record("average-pool-signal", lambda x: F.avg_pool1d(x, 4, stride=3, padding=2, ceil_mode=True), signal)
record("adaptive-average-pool", lambda x: F.adaptive_avg_pool2d(x, (3, 4)), x)
record("adaptive-average-pool-signal", lambda x: F.adaptive_avg_pool1d(x, 4), signal)
record("adaptive-average-pool-global", lambda x: F.adaptive_avg_pool2d(x, 1), x)
record("adaptive-max-pool", lambda x: F.adaptive_max_pool2d(x, (3, 4)), x)
record("adaptive-max-pool-signal", lambda x: F.adaptive_max_pool1d(x, 4), signal)


# Resizing, to sizes and by factors.

x, signal = normal("resize", 1, 3, 5, 4), normal("resize signal", 2, 3, 7)
SIZES = {"up": (8, 11), "down": (3, 3), "mixed": (11, 2)}
for kind, size in SIZES.items():
    record(f"resize-nearest-{kind}", lambda x: F.interpolate(x, size, mode="nearest"), x)
    for mode in ("bilinear", "bicubic"):
        for suffix, align in {"": False, "-corners": True}.items():
            record(f"resize-{mode}{suffix}-{kind}", lambda x: F.interpolate(
                x, size, mode=mode, align_corners=align), x)
for mode in ("nearest", "bilinear", "bicubic"):
    record(f"resize-{mode}-by", lambda x: F.interpolate(x, scale_factor=(1.7, 0.6), mode=mode), x)
for suffix, align in {"": False, "-corners": True}.items():
    record(f"resize-linear{suffix}", lambda x: F.interpolate(x, 10, mode="linear", align_corners=align), signal)
record("resize-nearest-signal", lambda x: F.interpolate(x, scale_factor=2.5, mode="nearest"), signal)


# Grid sampling. PyTorch differentiates it once only; the picture is input.0, the grid input.1.


def sampling(name, x, grid, **options):
    cases.record(name, lambda xs, p, s: F.grid_sample(*xs, **options), [x, grid])


x = normal("grid", 2, 3, 4, 5)
grid = np.float32(cases.generator("grid places").uniform(-2.6, 2.6, (2, 3, 5, 2)))
grid[0, 0, 0] = (-40, 23)  # mirrored many times
for padding in ("zeros", "border", "reflection"):
    for suffix, align in {"": False, "-corners": True}.items():
        for mode in ("bilinear", "nearest"):
            sampling(f"grid-{mode}-{padding}{suffix}", x, grid, mode=mode, padding_mode=padding, align_corners=align)
for suffix, align in {"": False, "-corners": True}.items():
    record("affine-grid" + suffix, lambda x: F.affine_grid(x, (2, 3, 4, 5), align_corners=align), normal("affine", 2, 2, 3))


# Normalization of channels. Scale and shift come after x; fixed statistics after them.


def channelwise(x, numbers):
    return numbers.reshape(*numbers.shape, *[1] * (x.dim() - 2))


record(
    "batch-norm", lambda xs: F.batch_norm(xs[0], None, None, xs[1], xs[2], training=True),
    3 + 2 * normal("batch-norm", 3, 19, 4, 5), normal("batch-norm scale", 19), normal("batch-norm shift", 19))
record(
    "batch-norm-flat", lambda xs: F.batch_norm(xs[0], None, None, xs[1], xs[2], training=True, eps=1e-3),
    normal("batch-norm-flat", 5, 9), normal("batch-norm-flat scale", 9), normal("batch-norm-flat shift", 9))
record(
    "batch-norm-fixed", lambda xs: F.batch_norm(xs[0], xs[3], xs[4], xs[1], xs[2]),
    normal("batch-norm-fixed", 2, 19, 7), normal("batch-norm-fixed scale", 19), normal("batch-norm-fixed shift", 19),
    normal("batch-norm-fixed mean", 19), np.square(normal("batch-norm-fixed variance", 19)), constant_inputs=(3, 4))
record(
    "group-norm", lambda xs: F.group_norm(xs[0], 3, xs[1], xs[2]), 1 + 2 * normal("group-norm", 2, 18, 3, 5),
    normal("group-norm scale", 18), normal("group-norm shift", 18))
record("instance-norm", lambda x: F.instance_norm(x), 2 + normal("instance-norm", 2, 19, 3, 6))
record(
    "adaptive-norm", lambda xs: F.instance_norm(xs[0]) * channelwise(xs[0], xs[1]) + channelwise(xs[0], xs[2]),
    normal("adaptive-norm", 2, 19, 37), normal("adaptive-norm scale", 2, 19), normal("adaptive-norm shift", 2, 19))
