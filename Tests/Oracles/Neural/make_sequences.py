"""Makes the fixtures of NeuralTests for recurrent layers, attention, embeddings and quantization."""

import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("Neural")


def normal(name, *shape):
    return np.float32(cases.generator(name).standard_normal(shape))


def record(name, layer, *xs, function=None, scale=1.0, training=False, constant_inputs=()):
    """The layer's parameters are drawn anew, of deviation scale / √(last axis)."""
    layer.train(training)
    parameters, statistics = {}, {}
    for key, value in layer.state_dict().items():
        values = normal(f"{name} {key}", *value.shape) * np.float32(scale / max(value.shape[-1], 1) ** 0.5)
        (parameters if key in dict(layer.named_parameters()) else statistics)[key] = values
    call = function or (lambda module, xs: module(*xs))

    class Whole(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = layer

        def forward(self, *xs):
            return call(self.layer, list(xs))

    whole = Whole()
    prefixed = lambda d: {"layer." + key: value for key, value in d.items()}

    def run(x, p, s):
        whole.to(x[0].dtype)
        return torch.func.functional_call(whole, prefixed(p | s), tuple(x))

    cases.record(name, run, list(xs), parameters, statistics, constant_inputs=constant_inputs)


def flat(*tensors):
    return torch.cat([t.flatten() for t in tensors])


# Recurrent layers. Where a state is given, it comes after the input, and all that is returned is laid end to end.


def lstm(module, xs):
    states = (xs[1], xs[2]) if len(xs) > 1 else None
    output, (hidden, cell) = module(xs[0], states)
    return flat(output, hidden, cell) if states else output


def gru(module, xs):
    output, hidden = module(xs[0], xs[1] if len(xs) > 1 else None)
    return flat(output, hidden) if len(xs) > 1 else output


for kind, make, run, states in (("lstm", nn.LSTM, lstm, 2), ("gru", nn.GRU, gru, 1)):
    record(kind, make(3, 5, batch_first=True), normal(kind, 2, 4, 3), function=run)
    record(f"{kind}-one", make(3, 5, batch_first=True), normal(kind + "-one", 1, 6, 3), function=run)
    # More units than a panel and than two blocks of lanes; more items than a tile of rows for each thread.
    record(f"{kind}-wide", make(2, 19, batch_first=True), normal(kind + "-wide", 3, 3, 2), function=run)
    record(f"{kind}-batch", make(2, 3, batch_first=True), normal(kind + "-batch", 51, 3, 2), function=run)
    both = make(3, 4, 2, batch_first=True, bidirectional=True)
    given = [normal(f"{kind}-both", 2, 5, 3)]
    given += [normal(f"{kind}-both state {i}", 4, 2, 4) for i in range(states)]
    record(f"{kind}-both", both, *given, function=run)


# Attention. Masks are added, so that what is hidden has −∞.

causal = torch.triu(torch.full((5, 5), -math.inf), 1)
lengths = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])


def attention(module, xs, **options):
    return module(xs[0], xs[min(1, len(xs) - 1)], xs[min(2, len(xs) - 1)], need_weights=False, **options)[0]


make = lambda: nn.MultiheadAttention(6, 2, batch_first=True)
record("attention", make(), normal("attention", 2, 5, 6), function=attention)
record(
    "attention-causal", make(), normal("attention-causal", 2, 5, 6),
    function=lambda m, xs: attention(m, xs, attn_mask=causal.to(xs[0].dtype)))
record(
    "attention-lengths", make(), normal("attention-lengths", 2, 5, 6),
    function=lambda m, xs: attention(m, xs, key_padding_mask=lengths))
record(
    "attention-crossed", make(), normal("attention-crossed", 2, 5, 6), normal("attention-crossed key", 2, 7, 6),
    normal("attention-crossed value", 2, 7, 6), function=attention)
for first in (False, True):
    name = "transformer-layer" + ("-first" if first else "")
    layer = nn.TransformerEncoderLayer(6, 2, 11, dropout=0, activation="gelu", batch_first=True, norm_first=first)
    record(name, layer, normal(name, 2, 5, 6), training=True)


class GatedRelativeAttention(nn.Module):
    """Written after Chen et al. 2022, section 3.1, with the authors' names."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(width, width))
        self.grep_linear = nn.Linear(width // heads, 8)
        self.grep_a = nn.Parameter(torch.ones(1, heads, 1, 1))

    def forward(self, x, positions):
        split = lambda y: y.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        gates = torch.sigmoid(self.grep_linear(split(x)).unflatten(-1, (2, 4)).sum(-1))
        gate = gates[..., :1] * (gates[..., 1:] * self.grep_a - 1) + 2
        q, k, v = split(self.q_proj(x)), split(self.k_proj(x)), split(self.v_proj(x))
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + gate * positions
        return self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


record(
    "attention-gated", GatedRelativeAttention(6, 2), normal("attention-gated", 2, 5, 6),
    normal("attention-gated positions", 2, 5, 5))


class RelativeAttention(nn.Module):
    """Written after Dai et al. 2019, section 3.3: the distance to each key is looked up, not shifted."""

    def __init__(self, width, heads, legacy):
        super().__init__()
        self.heads, self.legacy = heads, legacy
        for name in ("linear_q", "linear_k", "linear_v", "linear_out"):
            setattr(self, name, nn.Linear(width, width))
        self.linear_pos = nn.Linear(width, width, bias=False)
        self.pos_bias_u = nn.Parameter(torch.zeros(heads, width // heads))
        self.pos_bias_v = nn.Parameter(torch.zeros(heads, width // heads))

    def forward(self, x, positions):
        split = lambda y: y.unflatten(-1, (self.heads, -1)).transpose(-3, -2)
        places = x.shape[1]
        q, k, v = self.linear_q(x).unflatten(-1, (self.heads, -1)), split(self.linear_k(x)), split(self.linear_v(x))
        p = split(self.linear_pos(positions))
        to_keys = (q + self.pos_bias_u).transpose(1, 2) @ k.transpose(-1, -2)
        to_distances = (q + self.pos_bias_v).transpose(1, 2) @ p.transpose(-1, -2)
        moved = torch.zeros_like(to_keys)
        for i in range(places):
            for j in range(places):
                if not self.legacy:
                    moved[:, :, i, j] = to_distances[:, :, i, places - 1 - i + j]
                elif j <= i:
                    moved[:, :, i, j] = to_distances[:, :, i, places - 1 - i + j]
                elif j > i + 1:  # the next query's first distances; between them stands a 0
                    moved[:, :, i, j] = to_distances[:, :, i + 1, j - i - 2]
        scores = (to_keys + moved) / q.shape[-1] ** 0.5
        return self.linear_out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


def encodings(distances, width):
    angles = torch.tensor(list(distances))[:, None] * torch.exp(
        -torch.arange(0, width, 2) / width * math.log(10_000))
    return np.float32(torch.stack([angles.sin(), angles.cos()], -1).flatten(1))


for legacy in (False, True):
    name = "attention-relative" + ("-legacy" if legacy else "")
    distances = range(4, -1, -1) if legacy else range(4, -5, -1)
    record(
        name, RelativeAttention(6, 2, legacy), normal(name, 2, 5, 6), encodings(distances, 6))


# A codebook of averages over one step: the statistics after it are checked.


class AveragingQuantizer(nn.Module):
    def __init__(self, codes, size):
        super().__init__()
        self.register_buffer("embedding", torch.zeros(codes, size))
        self.register_buffer("ema_count", torch.zeros(codes))
        self.register_buffer("ema_weight", torch.zeros(codes, size))


def quantize(x, p, s, averaging):
    codebook = s["embedding"] if averaging else p["embedding"]
    vectors = x.detach().flatten(0, -2)
    codes = torch.cdist(vectors, codebook.detach()).argmin(-1)
    found = codebook.clone()[codes].view_as(x)
    commitment = F.mse_loss(x, found.detach())
    loss = 0.25 * commitment if averaging else F.mse_loss(found, x.detach()) + 0.25 * commitment
    if averaging:
        hits = F.one_hot(codes, len(codebook)).to(x.dtype)
        counts = 0.9 * s["ema_count"] + 0.1 * hits.sum(0)
        total = counts.sum()
        s["ema_count"].copy_((counts + 1e-5) / (total + len(codebook) * 1e-5) * total)
        s["ema_weight"].copy_(0.9 * s["ema_weight"] + 0.1 * hits.T @ vectors)
        s["embedding"].copy_(s["ema_weight"] / s["ema_count"][:, None])
    return flat(x + (found - x).detach(), loss)


cases.record(
    "quantizer", lambda x, p, s: quantize(x, p, s, False), normal("quantizer", 2, 5, 3),
    {"embedding": normal("quantizer codes", 7, 3)})
cases.record(
    "quantizer-averaging", lambda x, p, s: quantize(x, p, s, True), normal("quantizer-averaging", 2, 5, 3),
    statistics={
        "embedding": normal("quantizer-averaging codes", 7, 3),
        "ema_count": np.abs(normal("quantizer-averaging counts", 7)) + np.float32(0.5),
        "ema_weight": normal("quantizer-averaging sums", 7, 3)})
