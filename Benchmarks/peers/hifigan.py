"""The generator of HiFi-GAN V1: one second of sound at 22.05 kHz from 86 frames of 80 mel bands.

Source of the figure: Kong, Kim & Bae 2020, arXiv:2010.05646, section 2.2 and appendix A.1.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import parametrizations

from .network import Network


class ResidualBlock(nn.Module):
    """Three pairs of convolutions, the first of each dilated."""

    def __init__(self, channels, kernel, wrap):
        super().__init__()
        conv = lambda dilation: wrap(
            nn.Conv1d(channels, channels, kernel, dilation=dilation, padding=dilation * (kernel // 2)))
        self.convs1 = nn.ModuleList(conv(dilation) for dilation in (1, 3, 5))
        self.convs2 = nn.ModuleList(conv(1) for _ in range(3))

    def forward(self, x):
        for first, second in zip(self.convs1, self.convs2):
            x = x + second(F.leaky_relu(first(F.leaky_relu(x, 0.1)), 0.1))
        return x


class HiFiGAN(nn.Module):
    """80 mel bands to sound, 256 samples a frame."""

    def __init__(self, normalized):
        super().__init__()
        wrap = parametrizations.weight_norm if normalized else lambda layer: layer
        self.conv_pre = wrap(nn.Conv1d(80, 512, 7, padding=3))
        self.ups, self.resblocks = nn.ModuleList(), nn.ModuleList()
        channels = 512
        for rate, kernel in ((8, 16), (8, 16), (2, 4), (2, 4)):
            self.ups.append(
                wrap(nn.ConvTranspose1d(channels, channels // 2, kernel, rate, padding=(kernel - rate) // 2)))
            channels //= 2
            self.resblocks.extend(ResidualBlock(channels, size, wrap) for size in (3, 7, 11))
        self.conv_post = wrap(nn.Conv1d(channels, 1, 7, padding=3))

    def forward(self, x):
        x = self.conv_pre(x)
        for index, up in enumerate(self.ups):
            x = up(F.leaky_relu(x, 0.1))
            x = sum(block(x) for block in self.resblocks[3 * index:3 * index + 3]) / 3
        return torch.tanh(self.conv_post(F.leaky_relu(x)))


NETWORKS = [
    Network(
        "hifigan", lambda: HiFiGAN(normalized=False), [(80, 86)], 1, make_training=lambda: HiFiGAN(normalized=True))
]
