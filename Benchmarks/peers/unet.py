"""A U-Net that changes an emotion, of residual blocks with conditional normalization, for pictures of 128×128."""

import torch
from torch import nn

from .network import Network

WIDTH = 32
CONDITION = 128


class ConditionalNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.scale = nn.Linear(CONDITION, channels)
        self.shift = nn.Linear(CONDITION, channels)

    def forward(self, x, condition):
        return self.scale(condition)[:, :, None, None] * self.norm(x) + self.shift(condition)[:, :, None, None]


class Block(nn.Module):
    """Two 3×3 convolutions beside one that makes the shortcut's size; `stride` is that of the first and the last."""

    def __init__(self, input, output, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(input, output // 2, 3, stride, 1)
        self.norm1 = ConditionalNorm(output // 2)
        self.conv2 = nn.Conv2d(output // 2, output, 3, 1, 1)
        self.norm2 = ConditionalNorm(output)
        self.conv3 = nn.Conv2d(input, output, 3, stride, 1)

    def forward(self, x, condition):
        y = nn.functional.elu(self.norm1(self.conv1(x), condition))
        return nn.functional.elu(self.norm2(self.conv2(y) + self.conv3(x), condition))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        w = WIDTH
        self.embedding = nn.Sequential(nn.Linear(8, CONDITION), nn.GELU(), nn.Linear(CONDITION, CONDITION), nn.GELU())
        self.stem = nn.Conv2d(3, w, 3, 1, 1)
        self.down = nn.ModuleList(Block(i * w, o * w, 2) for i, o in ((1, 2), (2, 4), (4, 8), (8, 16)))
        self.middle = nn.ModuleList(Block(16 * w, 16 * w) for _ in range(2))
        self.up = nn.ModuleList(Block(i * w, o * w) for i, o in ((24, 8), (12, 4), (6, 2), (3, 1)))
        self.head = nn.Conv2d(w, 3, 3, 1, 1)

    def forward(self, x, emotion):
        condition = self.embedding(emotion)
        x = self.stem(x)
        skips = []
        for block in self.down:
            skips.append(x)
            x = block(x, condition)
        for block in self.middle:
            x = block(x, condition)
        for block in self.up:
            larger = nn.functional.interpolate(x, scale_factor=2, mode="nearest")
            x = block(torch.cat([larger, skips.pop()], 1), condition)
        return torch.tanh(self.head(x))


NETWORKS = [Network("unet", UNet, [(3, 128, 128), (8,)], 8)]
