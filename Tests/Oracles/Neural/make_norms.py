"""Makes the fixtures of NeuralTests for normalizations."""

import os
import sys

import numpy as np
import torch
from torch import nn

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("Neural")


class ConditionalNorm(nn.Module):
    """A batch normalization whose scale and shift are linear maps of a condition."""

    def __init__(self, channels, condition):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.fcw = nn.Linear(condition, channels)
        self.fcb = nn.Linear(condition, channels)

    def forward(self, x, condition):
        return self.fcw(condition)[:, :, None, None] * self.norm(x) + self.fcb(condition)[:, :, None, None]


class ChannelLayerNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


def record(name, layer, *shapes, training=False):
    layer.train(training)
    parameters, statistics = {}, {}
    trained = dict(layer.named_parameters())
    for key, value in layer.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        values = np.float32(cases.generator(f"{name} {key}").standard_normal(tuple(value.shape)))
        if key in trained:
            parameters[key] = values
        else:
            statistics[key] = np.square(values) + np.float32(0.1) if key.endswith("var") else values
    xs = [np.float32(1 + 2 * cases.generator(f"{name} {i}").standard_normal(shape)) for i, shape in enumerate(shapes)]
    cases.record(
        name,
        lambda x, p, s: torch.func.functional_call(layer.to(x[0].dtype), p | s, tuple(x) if len(xs) > 1 else (x,)),
        xs if len(xs) > 1 else xs[0], parameters, statistics)


for mode in ("training", "evaluation"):
    training = mode == "training"
    record(f"batch-norm-{mode}", nn.BatchNorm2d(5, eps=1e-3, momentum=0.3), (2, 5, 4, 3), training=training)
    record(f"batch-norm-1d-{mode}", nn.BatchNorm1d(5), (7, 5), training=training)
    record(f"conditional-norm-{mode}", ConditionalNorm(5, 3), (2, 5, 4, 3), (2, 3), training=training)
record("group-norm", nn.GroupNorm(3, 6), (2, 6, 7))
record("instance-norm", nn.InstanceNorm2d(5), (2, 5, 3, 4))
record("instance-norm-affine", nn.InstanceNorm1d(5, affine=True), (2, 5, 9))
record("layer-norm", nn.LayerNorm((3, 5)), (2, 4, 3, 5))
record("channel-layer-norm", ChannelLayerNorm(5, eps=1e-6), (2, 5, 3, 4))
record("rms-norm", nn.RMSNorm(7, eps=1e-6), (2, 3, 7))
