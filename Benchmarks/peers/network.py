"""What the benchmark needs to know of a network."""

import dataclasses
from typing import Callable

import torch


@dataclasses.dataclass
class Network:
    name: str
    make: Callable[[], torch.nn.Module]
    # Of one item of each input, in the order of forward's parameters.
    shapes: list
    training_batch: int
    training_shapes: list = None  # the same where not given
    make_training: Callable[[], torch.nn.Module] = None  # likewise

    def __post_init__(self):
        self.training_shapes = self.training_shapes or self.shapes
