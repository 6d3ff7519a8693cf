"""A face swapper's generator of SimSwap's size, for pictures of 224×224.

Source of the figure: Chen et al. 2020, arXiv:2106.06340, section 3.
"""

import torch
from torch import nn

from .network import Network


def normalized(input, output, **settings):
    return nn.Sequential(nn.Conv2d(input, output, 3, padding=1, **settings), nn.BatchNorm2d(output), nn.ReLU())


class IdentityConvolution(nn.Module):
    """A convolution whose result is normalized per picture, then scaled and shifted as the identity says."""

    def __init__(self, channels, identity):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, padding_mode="reflect")
        self.norm = nn.InstanceNorm2d(channels)
        self.style = nn.Linear(identity, 2 * channels)

    def forward(self, x, identity):
        scale, shift = self.style(identity)[:, :, None, None].chunk(2, dim=1)
        return (1 + scale) * self.norm(self.conv(x)) + shift


class IdentityBlock(nn.Module):
    def __init__(self, channels, identity):
        super().__init__()
        self.first = IdentityConvolution(channels, identity)
        self.second = IdentityConvolution(channels, identity)

    def forward(self, x, identity):
        return x + self.second(torch.relu(self.first(x, identity)), identity)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, padding=3, padding_mode="reflect"), nn.BatchNorm2d(64), nn.ReLU())
        self.down = nn.Sequential(*(normalized(c, 2 * c, stride=2) for c in (64, 128, 256)))
        self.middle = nn.ModuleList(IdentityBlock(512, 512) for _ in range(9))
        self.up = nn.ModuleList(normalized(c, c // 2) for c in (512, 256, 128))
        self.head = nn.Conv2d(64, 3, 7, padding=3, padding_mode="reflect")

    def forward(self, x, identity):
        x = self.down(self.stem(x))
        for block in self.middle:
            x = block(x, identity)
        for level in self.up:
            x = level(nn.functional.interpolate(x, scale_factor=2, mode="bilinear"))
        return torch.tanh(self.head(x))


NETWORKS = [Network("simswap", Generator, [(3, 224, 224), (512,)], 1)]
