"""FC-DenseNet (Jégou et al. 2017, arXiv:1611.09326) without dropout, under this project's parameter names."""

import torch
from torch import nn


class Layer(nn.Module):
    def __init__(self, input, growth):
        super().__init__()
        self.norm = nn.BatchNorm2d(input)
        self.conv = nn.Conv2d(input, growth, 3, padding=1)

    def forward(self, x):
        return self.conv(torch.relu(self.norm(x)))


class DenseBlock(nn.Module):
    def __init__(self, input, growth, count):
        super().__init__()
        self.layers = nn.ModuleList(Layer(input + j * growth, growth) for j in range(count))

    def forward(self, x):
        """The input and the new maps, in that order."""
        for layer in self.layers:
            x = torch.cat([x, layer(x)], 1)
        return x


class TransitionDown(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.BatchNorm2d(width)
        self.conv = nn.Conv2d(width, width, 1)

    def forward(self, x):
        return nn.functional.max_pool2d(self.conv(torch.relu(self.norm(x))), 2)


class TransitionUp(nn.Module):
    """`crop` rows and columns are left out at the top and left, the rest at the bottom and right."""

    def __init__(self, width, crop):
        super().__init__()
        self.conv = nn.ConvTranspose2d(width, width, 3, stride=2)
        self.crop = crop

    def forward(self, x, skip):
        x = self.conv(x)[:, :, self.crop:, self.crop:]
        return torch.cat([x[:, :, :skip.shape[2], :skip.shape[3]], skip], 1)


class FCDenseNet(nn.Module):
    def __init__(self, input, output, growth, down, bottom, up, first=48, crop=0):
        super().__init__()
        self.growth = growth
        self.first = nn.Conv2d(input, first, 3, padding=1)
        width, skips = first, []
        self.down, self.shrink = nn.ModuleList(), nn.ModuleList()
        for count in down:
            self.down.append(DenseBlock(width, growth, count))
            width += growth * count
            skips.append(width)
            self.shrink.append(TransitionDown(width))
        self.bottom = DenseBlock(width, growth, bottom)
        self.grow, self.up = nn.ModuleList(), nn.ModuleList()
        new = growth * bottom
        for count, skip in zip(up, reversed(skips)):
            self.grow.append(TransitionUp(new, crop))
            self.up.append(DenseBlock(new + skip, growth, count))
            width, new = new + skip + growth * count, growth * count
        self.last = nn.Conv2d(width, output, 1)

    def forward(self, x):
        x, skips = self.first(x), []
        for block, shrink in zip(self.down, self.shrink):
            x = block(x)
            skips.append(x)
            x = shrink(x)
        x = self.bottom(x)
        new = len(self.bottom.layers) * self.growth
        for grow, block, skip in zip(self.grow, self.up, reversed(skips)):
            x = block(grow(x[:, -new:], skip))
            new = len(block.layers) * self.growth
        return self.last(x)


def dense103(growth=16):
    """The encoder: cover and code in, residual out."""
    return FCDenseNet(4, 3, growth, (4, 5, 7, 10, 12), 15, (12, 10, 7, 5, 4))


def dense56(growth=12):
    """The decoder: marked picture in, code out."""
    return FCDenseNet(3, 1, growth, (4, 4, 4, 4, 4), 4, (4, 4, 4, 4, 4))
