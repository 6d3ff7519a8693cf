"""Makes the fixtures of TensorsTests for arrays of any shape: order, indices, reductions, products, functions."""

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


def record(name, function, *inputs, constant_inputs=(), twice=True):
    inputs = list(inputs) if len(inputs) > 1 else inputs[0]
    cases.record(name, lambda x, p, s: function(x), inputs, constant_inputs=constant_inputs, twice=twice)


# Reductions of [2, 3, 4, 5]; the squares make gradients that depend on the input, so that second derivatives do too.

x = normal("reduction of arrays", 2, 3, 4, 5)
record("sum-1-3", lambda x: (x * x).sum((1, 3)), x)
record("mean-0-2", lambda x: (x * x).mean((0, 2), keepdim=True), x)
record("variance", lambda x: x.var((1, 3)), x)
record("variance-biased", lambda x: x.var((0,), keepdim=True, unbiased=False), x)
record("max-2", lambda x: (x * x).max(2)[0], x)
record("min-1", lambda x: (x * x).min(1, keepdim=True)[0], x)
record("norm", lambda x: x.norm(dim=(1, 2)), x)
record("log-sum-exp", lambda x: torch.logsumexp(5 * x, (1, 3), keepdim=True), x)
record("cumulative-sum", lambda x: (x * x).cumsum(2), x)

# Ties: the first of several equal ones counts.
ties = np.float32([[1, 3, 3, 2], [0, 0, -1, -1], [5, 5, 5, 5]])
record("max-of-ties", lambda x: x.gather(1, torch.tensor([[1], [0], [0]])), ties, twice=False)
record("min-of-ties", lambda x: x.gather(1, torch.tensor([[0], [2], [0]])), ties, twice=False)

# Order.

record("permute", lambda x: (x * x).permute(2, 0, 3, 1), normal("permute", 2, 3, 4, 5))
record("transpose-large", lambda x: x.transpose(0, 1) * 2, normal("transpose-large", 37, 19))
record("flip", lambda x: x.flip((0, 2)), normal("flip", 2, 3, 4))
record("roll", lambda x: x.roll(2, 1), normal("roll", 2, 5, 3))
record("stack", lambda xs: torch.stack(xs, 1), *(normal(f"stack {i}", 2, 3, 4) for i in range(3)))
record("split", lambda x: torch.cat(tuple(reversed(x.split((2, 1, 3), 1))), 1), normal("split", 2, 6, 3))

# Indices.

index = torch.tensor([[[3, 0], [1, 1], [2, 3]]])  # [1, 3, 2] of [2, 4, 3], along axis 1
record("gather", lambda x: (x * x).gather(1, index), normal("gather", 2, 4, 3))
record(
    "scatter-add", lambda x: (torch.zeros(2, 4, 3, dtype=x.dtype).scatter_add(1, index, x * x)),
    normal("scatter-add", 1, 3, 2))
items = torch.tensor([3, 0, 3, 1])
record("index-select", lambda x: (x * x).index_select(1, items), normal("index-select", 2, 4, 3))

# Masks. input.0 > 0 chooses between input.1 and input.2, which broadcast.

record(
    "select", lambda xs: torch.where(xs[0] > 0, xs[1] ** 2, xs[2] ** 3), normal("select", 3, 4, 5),
    normal("select a", 3, 1, 5), normal("select b", 4, 1), constant_inputs=(0,))
whole = np.round(3 * normal("whole", 3, 4)) / 2, np.round(3 * normal("whole b", 3, 4)) / 2  # some are equal
for name in ("maximum", "minimum"):
    record(name, lambda xs: getattr(torch, name)(*xs) ** 2, *whole)
record("atan2", lambda xs: torch.atan2(*xs), normal("atan2", 3, 4, 5), normal("atan2 b", 4, 1))

# Broadcasting both ways, at the start, in the middle and at the end.

record("broadcast", lambda xs: xs[0] * xs[1] * xs[1], normal("broadcast", 3, 1, 5), normal("broadcast b", 2, 1, 4, 1))
record("broadcast-signal", lambda xs: xs[0] - xs[1] * xs[0], normal("signal", 2, 9, 5), normal("signal b", 2, 9, 1))
record("broadcast-pictures", lambda xs: xs[0] * xs[0] * xs[1], normal("pictures", 2, 9, 3, 4),
       normal("pictures b", 2, 1, 3, 4))

# Matrix products: input.0 and input.1 as they stand in memory.


def product(name, a, b, left=False, right=False, twice=True):
    def run(xs):
        x, y = xs
        return torch.matmul(x.mT if left else x, y.mT if right else y)
    record(name, run, normal(name, *a), normal(name + " b", *b), twice=twice)


product("matmul", (5, 3), (3, 4))
product("matmul-left", (3, 5), (3, 4), left=True)
product("matmul-right", (5, 3), (4, 3), right=True)
product("matmul-both", (3, 5), (4, 3), left=True, right=True)
product("matmul-batch", (2, 1, 5, 3), (3, 3, 4))
product("matmul-batch-left", (2, 1, 3, 5), (3, 3, 4), left=True)
product("matmul-batch-right", (2, 3, 5, 3), (4, 3), right=True)
product("matmul-batch-both", (3, 5), (2, 4, 3), left=True, right=True)
product("matmul-divided", (61, 47), (47, 53), twice=False)  # large enough for two threads
product("matmul-divided-wide", (47, 37), (67, 47), left=True, right=True, twice=False)
record(
    "linear", lambda xs: F.linear(*xs), normal("linear", 2, 3, 5), normal("linear weight", 4, 5),
    normal("linear bias", 4))

# Along an axis.

for axis in (1, 2):
    record(f"softmax-{axis}", lambda x: torch.softmax(x, axis), 3 * normal("softmax", 3, 4, 19))
    record(f"log-softmax-{axis}", lambda x: torch.log_softmax(x, axis), 3 * normal("log-softmax", 3, 4, 19))
record("standardize", lambda x: F.layer_norm(x, (4, 9)), 1 + 2 * normal("standardize", 3, 4, 9))
record(
    "standardize-uncentred", lambda x: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6),
    1 + 2 * normal("standardize-uncentred", 3, 4, 19))

record(
    "layer-norm", lambda xs: F.layer_norm(xs[0], (2, 7), xs[1], xs[2]), 1 + 2 * normal("layer-norm", 5, 7, 2, 7),
    normal("layer-norm scale", 2, 7), normal("layer-norm shift", 2, 7))

record(
    "scale-rows", lambda xs: xs[0] * (xs[1] / xs[0].flatten(1).norm(dim=1)[:, None, None]),
    normal("scale-rows", 5, 3, 7), normal("scale-rows lengths", 5, 1, 1))

# Functions of one number, at ordinary values, near the kinks and far out.

far = np.float32([-90, -30, -9, -3.01, -2.99, -1e-3, 1e-3, 2.99, 3.01, 9, 30, 80])
x = np.concatenate([2 * normal("function", 60), far]).reshape(2, 9, 2, 2)
near = x[np.abs(x) < 20][:66].reshape(2, 11, 3)
softplus = lambda x: torch.logaddexp(x, torch.zeros_like(x))
functions = {
    "relu": torch.relu,
    "leaky-relu": lambda x: F.leaky_relu(x, 0.2),
    "elu": lambda x: F.elu(x, 0.7),
    "selu": torch.selu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "softplus": softplus,
    "silu": F.silu,
    "gelu": F.gelu,
    "gelu-tanh": lambda x: F.gelu(x, approximate="tanh"),
    "mish": lambda x: x * torch.tanh(softplus(x)),
    "hard-sigmoid": lambda x: (x / 6 + 0.5).clamp(0, 1),  # PyTorch's own is differentiable once
    "hard-swish": F.hardswish,
    "absolute": lambda x: torch.where(x > 0, x, -x),  # PyTorch's own has no second derivative
    "sine": torch.sin,
    "cosine": torch.cos,
}
for name, function in functions.items():
    record("function-" + name, function, x)
record("function-exp", torch.exp, near / 4)
record("function-sqrt", torch.sqrt, np.exp(near / 4))
record("glu", lambda x: F.glu(x, 1), normal("glu", 2, 6, 3))
for count in (1, 9):
    record(f"prelu-{count}", lambda xs: F.prelu(*xs), x, 0.3 * normal("prelu", count))


def snake(xs):
    x, frequency, magnitude = (xs + [xs[1]])[:3]
    return x + torch.sin(x * frequency[:, None]) ** 2 / (magnitude[:, None] + 1e-9)


signal, frequency, magnitude = normal("snake", 2, 9, 5), np.exp(normal("snake f", 9)), np.exp(normal("snake m", 9))
record("snake", snake, signal, frequency)
record("snake-beta", snake, signal, frequency, magnitude)
