"""Makes the fixtures of NeuralTests for convolutional modules and the reparametrizations of their weights."""

import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrizations

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases

cases = Cases("Neural")

# Each layer with the shape of what it is given.
LAYERS = {
    "conv1d": (lambda: nn.Conv1d(3, 4, 3, stride=2, padding=1), (2, 3, 6)),
    "conv2d": (lambda: nn.Conv2d(3, 4, (3, 2), padding=(1, 0), bias=False), (2, 3, 4, 3)),
    "linear": (lambda: nn.Linear(5, 3), (2, 4, 5)),
    "tconv1d": (lambda: nn.ConvTranspose1d(3, 4, 4, stride=2, padding=1), (2, 3, 4)),
    "tconv2d": (lambda: nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), (1, 4, 2, 3)),
}
FORMS = {
    "plain": lambda layer: layer,
    "weight-norm": parametrizations.weight_norm,
    "weight-norm-suffixes": nn.utils.weight_norm,
    "spectral-norm": parametrizations.spectral_norm,
    "spectral-norm-suffixes": nn.utils.spectral_norm,
}


def record(name, layer, shape, training):
    layer.train(training)
    parameters, statistics = {}, {}
    for key, value in layer.state_dict().items():
        values = np.float32(cases.generator(f"{name} {key}").standard_normal(tuple(value.shape)))
        if key in dict(layer.named_parameters()):
            parameters[key] = values
        else:
            statistics[key] = values / np.linalg.norm(values)
    x = np.float32(cases.generator(name).standard_normal(shape))
    cases.record(
        name, lambda x, p, s: torch.func.functional_call(layer.to(x.dtype), p | s, (x,)), x, parameters, statistics)


for name, (make, shape) in LAYERS.items():
    for form, reparametrize in FORMS.items():
        modes = {"": False} if "spectral" not in form else {"-evaluation": False, "-training": True}
        for mode, training in modes.items():
            record(f"{name}-{form}{mode}", reparametrize(make()), shape, training)
record("conv2d-reflect", nn.Conv2d(4, 6, 3, padding=1, padding_mode="reflect", groups=2), (1, 4, 3, 4), False)
record("conv1d-weight-norm-axis-2", parametrizations.weight_norm(LAYERS["conv1d"][0](), dim=2), (2, 3, 6), False)
