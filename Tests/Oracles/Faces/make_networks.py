"""Makes the fixtures of FacesTests for networks whose weights users bring: BiSeNet, S3FD and FAN, narrower than they ship.

Needs clones of face-parsing.PyTorch and face-alignment, whose network files are run as they are:

    make_networks.py FACE_PARSING_FOLDER FACE_ALIGNMENT_FOLDER
"""

import importlib.util
import os
import sys

import numpy as np
import torch
from torch import nn

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fixtures import Cases, signed

parsing, alignment = sys.argv[1:]
cases = Cases("Faces")
NARROWING = 8

# An eighth of the channels, but those of pictures, classes and boxes.


def narrow(channels):
    return channels // NARROWING if channels >= 32 and channels != 68 else channels


class Conv2d(nn.Conv2d):
    def __init__(self, input, output, *rest, **options):
        super().__init__(narrow(input), narrow(output), *rest, **options)


class BatchNorm2d(nn.BatchNorm2d):
    def __init__(self, channels):
        super().__init__(narrow(channels))


def load(folder, file):
    """A file of an original as a module."""
    spec = importlib.util.spec_from_file_location(os.path.basename(file)[:-3], os.path.join(folder, file))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def fill(network, name):
    """Weights, biases and statistics that both sides make, by the original's names."""
    for key, value in network.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        values = signed(f"{name} {key}", value.numel()).reshape(value.shape)
        if key.endswith("running_var"):
            values = 1 + values / 2
        elif value.dim() == 1 and key.endswith("weight"):
            values = 1 + values / 2
        elif value.dim() == 1:
            values = values / 2
        else:
            values = values * (3 / np.prod(value.shape[1:])) ** 0.5
        value.copy_(torch.tensor(values))


def record(name, network, shape, pick):
    network = network.double().eval()
    with torch.no_grad():
        fill(network, name)
        x = torch.tensor(signed(name + " input", np.prod(shape))).reshape(shape)
        exact = pick(network(x))
        rough = pick(network.float()(x.float()))
    worst = max(((rough[key] - value).abs().max() / value.abs().max()).item() for key, value in exact.items())
    cases.store(name, exact, (worst, "the worst output"))
    print([f"{key} {tuple(value.shape)}" for key, value in exact.items()])


nn.Conv2d, nn.BatchNorm2d = Conv2d, BatchNorm2d
resnet = load(parsing, "resnet.py")
resnet.Resnet18.init_weight = lambda self: None
sys.modules.setdefault("torchvision", type(sys)("torchvision"))
bisenet = load(parsing, "model.py")
record("bisenet", bisenet.BiSeNet(19), (1, 3, 32, 64), lambda found: {
    # Enlarged maps hold little; every fifth row and column of the classes says enough.
    "final": found[0][:, :, ::5, ::5], "middle": found[1][:, :, ::5, ::5], "coarse": found[2][:, :, ::5, ::5]})

s3fd_file = load(alignment, "face_alignment/detection/sfd/net_s3fd.py")
plain = s3fd_file.L2Norm.__init__
s3fd_file.L2Norm.__init__ = lambda self, channels, scale: plain(self, narrow(channels), scale)
record("s3fd", s3fd_file.s3fd(), (1, 3, 72, 40), lambda found: {
    key: value for level in range(6) for key, value in
    ((f"score.{level}", found[2 * level]), (f"box.{level}", found[2 * level + 1]))})

fan = load(alignment, "face_alignment/models/fan.py")

record("fan", fan.FAN(2), (1, 3, 64, 64), lambda found: {
    "heat": found[-1][:, :, ::2, ::2]})
