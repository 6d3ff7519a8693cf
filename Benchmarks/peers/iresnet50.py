"""The residual network of 50 layers that tells faces apart, for pictures of 112×112.

Source of the figure: Deng et al. 2019, arXiv:1801.07698, section 3.1 ("IR" units).
"""

import torch
from torch import nn

from .network import Network


class Unit(nn.Module):
    def __init__(self, input, output, stride):
        super().__init__()
        self.residual = nn.Sequential(
            nn.BatchNorm2d(input),
            nn.Conv2d(input, output, 3, padding=1, bias=False),
            nn.BatchNorm2d(output),
            nn.PReLU(output),
            nn.Conv2d(output, output, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(output),
        )
        self.shortcut = None
        if stride > 1 or input != output:
            self.shortcut = nn.Sequential(
                nn.Conv2d(input, output, 1, stride=stride, bias=False), nn.BatchNorm2d(output))

    def forward(self, x):
        return self.residual(x) + (self.shortcut(x) if self.shortcut else x)


class IResNet50(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.PReLU(64))
        units, input = [], 64
        for output, count in (64, 3), (128, 4), (256, 14), (512, 3):
            for index in range(count):
                units.append(Unit(input, output, 2 if index == 0 else 1))
                input = output
        self.units = nn.Sequential(*units)
        self.norm = nn.BatchNorm2d(512)
        self.linear = nn.Linear(512 * 7 * 7, 512)
        self.features = nn.BatchNorm1d(512)

    def forward(self, x):
        x = self.norm(self.units(self.stem(x)))
        return self.features(self.linear(torch.flatten(x, 1)))


NETWORKS = [Network("iresnet50", IResNet50, [(3, 112, 112)], 8)]
