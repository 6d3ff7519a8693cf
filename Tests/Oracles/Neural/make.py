"""Makes the fixtures of NeuralTests: layers, blocks of FC-DenseNet, losses."""

import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases, signed, worst_difference

cases = Cases("Neural")


def normal(name, *shape):
    return np.float32(cases.generator(name).standard_normal(shape))


# Convolutions. Weights are [output, input / groups, rows, columns].


def convolution(name, input, output, kernel, height=7, width=6, bias=True, groups=1, **options):
    fan_in = input // groups * kernel[0] * kernel[1]
    parameters = {"weight": normal(name + " weight", output, input // groups, *kernel) / fan_in**0.5}
    if bias:
        parameters["bias"] = normal(name + " bias", output)
    cases.record(
        name, lambda x, p, s: F.conv2d(x, p["weight"], p.get("bias"), groups=groups, **options),
        normal(name, 2, input, height, width), parameters)


convolution("convolution", 3, 5, (3, 3), padding=1)
convolution("convolution-1x1", 3, 5, (1, 1))
convolution("convolution-wide", 17, 20, (3, 3), padding=1, height=5)  # more than two blocks of 8 or 16 channels
convolution("convolution-stride-2", 3, 5, (3, 3), padding=1, stride=2)
convolution("convolution-dilation-2", 3, 5, (3, 3), padding=2, dilation=2)
convolution("convolution-groups-2", 4, 6, (3, 3), padding=1, groups=2)
convolution("convolution-depthwise", 5, 5, (3, 3), padding=1, groups=5)
convolution("convolution-asymmetric", 3, 5, (3, 5), padding=(1, 2))
convolution("convolution-asymmetric-valid", 3, 5, (3, 5), padding=(1, 0), stride=(1, 2), width=9)
convolution("convolution-without-bias", 3, 5, (3, 3), padding=1, bias=False)


# Transposed convolutions. Weights are [input, output, rows, columns].


def transposed(name, input, output, kernel, crop=None, **options):
    parameters = {
        "weight": normal(name + " weight", input, output, kernel, kernel) / (input * kernel * kernel / 4) ** 0.5,
        "bias": normal(name + " bias", output),
    }
    height, width = crop or (None, None)
    cases.record(
        name,
        lambda x, p, s: F.conv_transpose2d(x, p["weight"], p["bias"], stride=2, **options)[:, :, :height, :width],
        normal(name, 2, input, 4, 3), parameters)


transposed("transposed", 3, 5, 3)
transposed("transposed-4x4", 3, 5, 4, padding=1)
transposed("transition-up-even", 7, 5, 3, crop=(8, 6))
transposed("transition-up-odd", 7, 5, 3, crop=(9, 7))
for crop in (0, 1):
    name = "transition-up-" + ("trailing", "leading")[crop]  # what is left out of the 9 × 7 that it makes
    cases.record(
        name, lambda x, p, s: F.conv_transpose2d(x, p["conv.weight"], p["conv.bias"], stride=2)[
            :, :, crop:crop + 8, crop:crop + 6],
        normal(name, 2, 5, 4, 3),
        {"conv.weight": normal(name + " weight", 5, 5, 3, 3) / 3, "conv.bias": normal(name + " bias", 5)})
transposed("transition-up-wide", 20, 18, 3, crop=(8, 7))


# Normalization. Momentum 0.1, epsilon 1e-5; the running variance is fed the unbiased one.


def normalization(prefix, channels):
    parameters = {
        prefix + "weight": 1 + 0.7 * normal(f"{prefix}weight {channels}", channels),
        prefix + "bias": 0.3 * normal(f"{prefix}bias {channels}", channels),
    }
    statistics = {
        prefix + "running_mean": 0.3 * normal(f"{prefix}mean {channels}", channels),
        prefix + "running_var": np.exp(0.3 * normal(f"{prefix}variance {channels}", channels)),
    }
    return parameters, statistics


def normalize(x, p, s, prefix, training):
    keys = ("running_mean", "running_var", "weight", "bias")
    return F.batch_norm(x, *((p | s)[prefix + key] for key in keys), training=training)


def scaled_per_channel(name, *shape):
    """Numbers whose mean and spread differ from channel to channel."""
    x, channels = normal(name, *shape), shape[1]
    spread = np.linspace(0.5, 2, channels, dtype=np.float32).reshape(1, -1, 1, 1)
    return x * spread + np.linspace(-1, 2, channels, dtype=np.float32).reshape(1, -1, 1, 1)


MODES = {"training": True, "evaluation": False}


def norm_relu_convolution(name, input, output, kernel, batch, height, width, training):
    parameters, statistics = normalization("norm.", input)
    parameters["conv.weight"] = normal(name + " weight", output, input, kernel, kernel) / kernel
    parameters["conv.bias"] = normal(name + " bias", output)
    cases.record(
        name,
        lambda x, p, s: F.conv2d(
            torch.relu(normalize(x, p, s, "norm.", training)), p["conv.weight"], p["conv.bias"], padding=kernel // 2),
        scaled_per_channel(name, batch, input, height, width), parameters, statistics)


for mode, training in MODES.items():
    norm_relu_convolution(f"norm-relu-1x1-{mode}", 5, 3, 1, batch=2, height=4, width=3, training=training)
    norm_relu_convolution(f"norm-relu-5x5-{mode}", 3, 4, 5, batch=2, height=7, width=6, training=training)
    # High enough to be worked on in several bands.
    norm_relu_convolution(f"norm-relu-tall-{mode}", 9, 5, 3, batch=1, height=37, width=3, training=training)

cases.record("max-pool", lambda x, p, s: F.max_pool2d(x, 2), normal("max-pool", 2, 3, 6, 4))
cases.record("max-pool-odd", lambda x, p, s: F.max_pool2d(x, 2), normal("max-pool-odd", 2, 3, 7, 5))


# The blocks of FC-DenseNet (Jégou et al. 2017, arXiv:1611.09326, table 1), without dropout.


def dense_block(inputs, p, s, layers, training, only_new):
    x = start = torch.cat(inputs, 1)
    for j in range(layers):
        y = torch.relu(normalize(x, p, s, f"layers.{j}.norm.", training))
        y = F.conv2d(y, p[f"layers.{j}.conv.weight"], p[f"layers.{j}.conv.bias"], padding=1)
        x = torch.cat([x, y], 1)
    return x[:, start.shape[1]:] if only_new else x


for growth, layers, width in ((5, 3, 6), (16, 2, 3)):
    for mode, training in MODES.items():
        for kind in ("whole", "new"):
            parameters, statistics = {}, {}
            for j in range(layers):
                channels = 7 + j * growth
                of_layer = normalization(f"layers.{j}.norm.", channels)
                parameters |= of_layer[0]
                statistics |= of_layer[1]
                name = f"layers.{j}.conv.weight"
                parameters[name] = normal(f"{name} {growth}", growth, channels, 3, 3) / (4.5 * channels) ** 0.5
                parameters[f"layers.{j}.conv.bias"] = normal(f"layers.{j}.conv.bias", growth)
            cases.record(
                f"dense-block-{growth}-{mode}-{kind}",
                lambda xs, p, s: dense_block(xs, p, s, layers, training, kind == "new"),
                [scaled_per_channel(f"dense-block {n}", 2, n, 5, width) for n in (3, 4)],
                parameters, statistics)


def transition_down(x, p, s, training):
    y = torch.relu(normalize(x, p, s, "norm.", training))
    return F.max_pool2d(F.conv2d(y, p["conv.weight"], p["conv.bias"]), 2)


for mode, training in MODES.items():
    for channels, height, width in ((5, 7, 6), (21, 6, 5)):
        parameters, statistics = normalization("norm.", channels)
        parameters["conv.weight"] = normal("transition-down weight", channels, channels, 1, 1) / (channels / 2) ** 0.5
        parameters["conv.bias"] = normal("transition-down bias", channels)
        cases.record(
            f"transition-down-{channels}-{mode}", lambda x, p, s: transition_down(x, p, s, training),
            scaled_per_channel("transition-down", 2, channels, height, width), parameters, statistics)


# Losses.


def similarity_terms(x, y):
    """Luminance · contrast · structure, and contrast · structure alone, averaged over each channel."""
    channels = x.shape[1]
    offsets = torch.arange(11, dtype=x.dtype) - 5
    window = torch.exp(-(offsets**2) / (2 * 1.5**2))
    window = window / window.sum()
    kernel = torch.outer(window, window).expand(channels, 1, 11, 11)
    blur = lambda z: F.conv2d(z, kernel, groups=channels)  # "valid": windows wholly inside
    mean_x, mean_y = blur(x), blur(y)
    variance_x, variance_y = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2
    covariance = blur(x * y) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    structure = (2 * covariance + c2) / (variance_x + variance_y + c2)
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    return (luminance * structure).mean((2, 3)), structure.mean((2, 3))


def multiscale_similarity(x, y, weights=(0.0448, 0.2856, 0.3001, 0.2363, 0.1333)):
    """MS-SSIM of Wang, Simoncelli & Bovik 2003: its mean over batch and channels.

    Pictures are 0…1, [batch, channels, height, width]. Per picture and channel, the product over the scales of the
    mean of contrast · structure, raised to the scale's weight; the luminance term enters at the last scale. Between
    scales, the means of 2×2 squares.
    """
    product = 1
    for i, weight in enumerate(weights):
        similarity, structure = similarity_terms(x, y)
        last = i == len(weights) - 1
        product = product * torch.relu(similarity if last else structure) ** weight
        if not last:
            x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return product.mean()


def picture(name, batch, channels, height, width):
    """A picture of noisy 8×8 squares: 0.1 + 0.6·u(its square) + 0.2·u(its pixel), u = (1 + signed) / 2.

    Both u run over the row-major indices of [batch, channels, height / 8, width / 8] and of the picture, of the
    names NAME.squares and NAME.pixels. Computed in double precision, rounded to single.
    """
    squares = signed(name + ".squares", batch * channels * (height // 8) * (width // 8))
    squares = squares.reshape(batch, channels, height // 8, width // 8).repeat(8, axis=2).repeat(8, axis=3)
    pixels = signed(name + ".pixels", batch * channels * height * width).reshape(squares.shape)
    return np.float32(0.1 + 0.6 * ((1 + squares) / 2) + 0.2 * ((1 + pixels) / 2))


def similarity_case(name, shape, keep_gradient):
    """Compares `picture("NAME", …)` with itself plus 0.1 · signed("NAME.noise"), rounded to single precision.

    Stores the similarity, and its gradient with respect to the second picture: every element, or for every batch
    item and channel its root mean square and its scalar product with signed("NAME.direction").
    """
    cover = picture(name, *shape)
    marked = np.float32(np.float64(cover) + 0.1 * signed(name + ".noise", cover.size).reshape(shape))

    def run(dtype):
        x, y = torch.tensor(cover, dtype=dtype), torch.tensor(marked, dtype=dtype).requires_grad_(True)
        output = multiscale_similarity(x, y)
        output.backward()
        gradient = y.grad.numpy()
        result = {"output": output.detach().numpy()}
        if keep_gradient:
            return result | {"gradient.input.1": gradient}
        direction = signed(name + ".direction", gradient.size).reshape(shape)
        return result | {
            "gradient.rms": np.sqrt((gradient**2).mean((2, 3))),
            "gradient.projections": (gradient * direction).sum((2, 3)),
        }

    exact, rough = run(torch.float64), run(torch.float32)
    cases.store(name, exact, worst_difference(exact, rough))


similarity_case("ms-ssim", (1, 1, 176, 192), keep_gradient=True)
similarity_case("ms-ssim-batch", (2, 3, 192, 176), keep_gradient=False)

logits = normal("bce", 2, 3, 4, 5) * 3
logits.ravel()[:6] = [-90, -30, -1e-3, 1e-3, 30, 90]
targets = np.float32(cases.generator("bce targets").random(logits.shape)).round()
targets[1] = np.float32(cases.generator("bce soft targets").random(logits.shape[1:]))
cases.record(
    "binary-cross-entropy", lambda xs, p, s: F.binary_cross_entropy_with_logits(*xs), [logits, targets],
    constant_inputs=(1,))
