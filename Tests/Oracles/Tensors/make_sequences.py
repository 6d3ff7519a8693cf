"""Makes the fixtures of TensorsTests for the second derivatives of fused operations: recurrent steps, attention and dense
blocks."""

import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("Tensors")


def normal(name, *shape, scale=1.0):
    return np.float32(scale * cases.generator(name).standard_normal(shape))


def record(name, function, *inputs, constant_inputs=()):
    cases.record(name, lambda x, p, s: function(*x), list(inputs), twice=True, constant_inputs=constant_inputs)


# Recurrent layers. Inputs: x, both weights, both biases, the states before. What they return is laid end to end.


def flat(*tensors):
    return torch.cat([t.flatten() for t in tensors])


def recurrent(run, is_reversed):
    """One layer of PyTorch's, which knows the other direction only beside the first."""
    def function(x, *rest):
        parameters, states = list(rest[:4]), rest[4:]
        # The one-pass primitive of PyTorch for single precision has no second derivative.
        with torch.backends.mkldnn.flags(enabled=False):
            output, *last = run(x.flip(1) if is_reversed else x, [s[None] for s in states], parameters)
        return flat(output.flip(1) if is_reversed else output, *last[1:])
    return function


def lstm(x, states, parameters):
    return torch.lstm(x, states, parameters, True, 1, 0.0, False, False, True)


def gru(x, states, parameters):
    return torch.gru(x, states[0], parameters, True, 1, 0.0, False, False, True)


for kind, run, gates, states in (("lstm", lstm, 4, 2), ("gru", gru, 3, 1)):
    for is_reversed in (False, True):
        name = f"{kind}-steps" + ("-reversed" if is_reversed else "")
        record(
            name, recurrent(run, is_reversed), normal(name, 3, 4, 2),
            normal(name + " input weight", gates * 5, 2, scale=0.7), normal(name + " weight", gates * 5, 5, scale=0.5),
            normal(name + " input bias", gates * 5), normal(name + " bias", gates * 5),
            *(normal(f"{name} state {i}", 3, 5) for i in range(states)))

# Attention, whose inputs have their heads side by side.


def attention(query, key, value, bias, heads):
    split = lambda x: x.unflatten(-1, (heads, -1)).transpose(1, 2)
    with sdpa_kernel(SDPBackend.MATH):
        taken = F.scaled_dot_product_attention(split(query), split(key), split(value), attn_mask=bias)
    return taken.transpose(1, 2).flatten(2)


record(
    "attention", lambda q, k, v, b: attention(q, k, v, b, 2), normal("attention", 2, 3, 6), normal("attention key", 2, 5, 6),
    normal("attention value", 2, 5, 6), normal("attention bias", 2, 1, 5))
record("attention-of-one", lambda x: attention(x, x, x, None, 3), normal("attention-of-one", 2, 4, 6))
causal = torch.triu(torch.full((5, 5), -torch.inf), 1)
record(
    "attention-joint", lambda x: attention(*x.chunk(3, -1), causal.to(x.dtype), 2), normal("attention-joint", 2, 5, 18))

# Dense blocks of two layers over two inputs. Inputs: both, then scale, shift, weight and bias of each layer.


def dense_block(inputs, layers, statistics, whole):
    maps = list(inputs)
    for index, (scale, shift, weight, bias) in enumerate(layers):
        x = torch.cat(maps, 1)
        mean, variance = (s.to(x.dtype) for s in statistics[index]) if statistics else (None, None)
        x = F.batch_norm(x, mean, variance, scale, shift, training=statistics is None)
        maps.append(F.conv2d(F.relu(x), weight, bias, padding=weight.shape[2] // 2))
    return torch.cat(maps if whole else maps[len(inputs):], 1)


for name, whole in (("dense-block-batch", False), ("dense-block-fixed", True)):
    channels, statistics, given = 5, [], []
    for index, (made, kernel) in enumerate(((4, 3), (2, 1))):
        part = lambda what, *shape: normal(f"{name} {what} {index}", *shape, scale=0.5)
        given += [1 + part("scale", channels), part("shift", channels), part("weight", made, channels, kernel, kernel),
                  part("bias", made)]
        statistics.append([torch.tensor(part("mean", channels)), torch.tensor(np.exp(part("variance", channels)))])
        channels += made
    constants = {} if name.endswith("batch") else {
        f"{what}.{index}": values.numpy() for index, own in enumerate(statistics) for what, values in zip(("mean", "variance"), own)}
    record(
        name, lambda a, b, *p: dense_block((a, b), (p[:4], p[4:]), statistics if constants else None, whole),
        normal(name, 2, 3, 4, 5), normal(name + " second", 2, 2, 4, 5), *given)
    if constants:
        cases.store(name + "-statistics", constants)
