"""Makes the fixtures of TensorsTests: element-wise operations, reductions, rearrangements."""

import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("Tensors")
SHAPE = (2, 3, 4, 5)


def normal(name, *shape):
    return np.float32(cases.generator(name).standard_normal(shape))


def away_from_zero(x):
    return x + np.sign(x) * np.float32(0.5)


arithmetic = {
    "add": torch.add,
    "subtract": torch.sub,
    "multiply": torch.mul,
    "divide": torch.div,
}
for name, operation in arithmetic.items():
    for suffix, shape in {"": SHAPE, "-channels": (1, 3, 1, 1), "-pixels": (2, 1, 4, 5)}.items():
        a, b = normal(name + suffix, *SHAPE), away_from_zero(normal(name + suffix + " b", *shape))
        cases.record(name + suffix, lambda xs, p, s: operation(*xs), [a, b])
    # The scalar is 0.7, on the right and on the left.
    a = away_from_zero(normal(name + "-scalar", *SHAPE))
    cases.record(name + "-scalar", lambda x, p, s: operation(x, 0.7), a)
    cases.record(name + "-scalar-left", lambda x, p, s: operation(torch.tensor(0.7, dtype=x.dtype), x), a)

x = normal("elementwise", *SHAPE)
extreme = np.concatenate([x.ravel(), np.float32([-100, -40, -20, -1e-3, 1e-3, 20, 40, 85])]).reshape(2, 2, 4, 8)
cases.record("sigmoid", lambda x, p, s: torch.sigmoid(x), extreme)
# PyTorch's own softplus turns into the identity at 20; this one is exact.
cases.record("softplus", lambda x, p, s: torch.logaddexp(x, torch.zeros_like(x)), extreme)
cases.record("relu", lambda x, p, s: torch.relu(x), x)
cases.record("exp", lambda x, p, s: torch.exp(x), 3 * x)
cases.record("log", lambda x, p, s: torch.log(x), np.exp(3 * x))
cases.record("power", lambda x, p, s: x**1.7, np.exp(x))
cases.record("power-2", lambda x, p, s: x**2, np.abs(x))  # ours is of numbers that are not negative
cases.record("clamp", lambda x, p, s: torch.clamp(x, -0.5, 0.8), x)

x = normal("reduction", *SHAPE)
cases.record("sum", lambda x, p, s: x.sum(), x)
cases.record("mean", lambda x, p, s: x.mean(), x)
cases.record("sum-height-width", lambda x, p, s: x.sum((2, 3), keepdim=True), x)
cases.record("mean-height-width", lambda x, p, s: x.mean((2, 3), keepdim=True), x)
cases.record("sum-batch-channels", lambda x, p, s: x.sum((0, 1), keepdim=True), x)

parts = [normal(f"part {count}", 2, count, 3, 4) for count in (3, 5, 1)]
cases.record("concatenate", lambda xs, p, s: torch.cat(xs, 1), parts)
cases.record("slice-channels", lambda x, p, s: x[:, 1:4], normal("slice", 2, 5, 3, 4))
cases.record("slice-top-left", lambda x, p, s: x[:, :, :4, :3], normal("crop", 2, 3, 5, 6))

# y = rows · x · columnsᵀ on every channel: input.1 is rows [4, 7], input.2 is columns [9, 5]; both are constants.
rows, columns = normal("rows", 4, 7), normal("columns", 9, 5)
cases.record(
    "resample", lambda xs, p, s: torch.einsum("ih,nchw,jw->ncij", xs[1], xs[0], xs[2]),
    [normal("resample", 2, 3, 7, 5), rows, columns], constant_inputs=(1, 2))
cases.record("pixel-shuffle", lambda x, p, s: F.pixel_shuffle(x, 2), normal("shuffle", 2, 12, 3, 4))
cases.record("pixel-unshuffle", lambda x, p, s: F.pixel_unshuffle(x, 2), normal("unshuffle", 2, 3, 6, 4))

# BT.601 luma and colour differences from red, green and blue, without offsets: input.1 is the matrix [3, 3].
matrix = np.float32([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
cases.record(
    "mix-channels", lambda xs, p, s: torch.einsum("oc,nchw->nohw", xs[1], xs[0]),
    [normal("mix", 2, 3, 4, 5), matrix], constant_inputs=(1,))
