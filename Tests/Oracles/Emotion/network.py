"""EmoDNN, its discriminator and the two classifiers in PyTorch, after the paper; no public original exists.

Names of modules are those of Sources/Emotion, so that parameters have the same names on both sides.
"""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm


def conv(inputs, outputs, kernel, spectral, stride=1, bias=False):
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=bias)
    return spectral_norm(layer) if spectral else layer


class ConditionalNorm(nn.Module):
    def __init__(self, channels, condition):
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.fcw, self.fcb = nn.Linear(condition, channels), nn.Linear(condition, channels)

    def forward(self, x, c):
        return self.fcw(c)[:, :, None, None] * self.norm(x) + self.fcb(c)[:, :, None, None]


class Plain(nn.Module):
    """A block without a condition calls its norms with x alone."""

    def normalized(self, norm, x, c):
        return norm(x) if c is None else norm(x, c)


class ResDown(Plain):
    def __init__(self, inputs, outputs, spectral, norm):
        super().__init__()
        self.norm1, self.norm2 = norm(inputs), norm(outputs)
        self.conv1 = conv(inputs, outputs, 3, spectral, stride=2)
        self.conv2 = conv(outputs, outputs, 3, spectral)
        self.shortcut = conv(inputs, outputs, 1, spectral)

    def forward(self, x, c=None):
        halved = F.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)
        inner = self.conv1(F.elu(self.normalized(self.norm1, x, c)))
        return self.conv2(F.elu(self.normalized(self.norm2, inner, c))) + self.shortcut(halved)


class ResBlock(Plain):
    def __init__(self, channels, spectral, norm):
        super().__init__()
        self.norm1, self.norm2 = norm(channels), norm(channels)
        self.conv1 = conv(channels, channels, 3, spectral)
        self.conv2 = conv(channels, channels, 3, spectral)

    def forward(self, x, c=None):
        inner = self.conv1(F.elu(self.normalized(self.norm1, x, c)))
        return self.conv2(F.elu(self.normalized(self.norm2, inner, c))) + x


class ResUp(Plain):
    def __init__(self, inputs, outputs, skip, spectral, norm):
        super().__init__()
        self.norm1, self.norm2 = norm(inputs), norm(outputs)
        self.conv1 = conv(inputs, outputs, 3, spectral)
        self.across = conv(skip, outputs, 3, spectral)
        self.conv2 = conv(outputs, outputs, 3, spectral)
        self.shortcut = conv(inputs, outputs, 1, spectral)

    def forward(self, x, skip, c=None):
        size = skip.shape[2:]
        enlarged = F.interpolate(F.elu(self.normalized(self.norm1, x, c)), size)
        inner = self.conv1(enlarged) + self.across(skip)
        return self.conv2(F.elu(self.normalized(self.norm2, inner, c))) + F.interpolate(self.shortcut(x), size)


class Encoder(nn.Module):
    def __init__(self, channels, widths, outputs, spectral, norm):
        super().__init__()
        self.initial = conv(channels, widths[0], 3, spectral)
        self.down = nn.ModuleList(ResDown(a, b, spectral, norm) for a, b in zip(widths, widths[1:]))
        self.middle = ResBlock(widths[-1], spectral, norm)
        self.norm = norm(widths[-1])
        self.output = conv(widths[-1], outputs, 1, spectral, bias=True)

    def forward(self, x):
        x = self.initial(x)
        for block in self.down:
            x = block(x)
        return self.output(F.elu(self.norm(self.middle(x)))).mean((2, 3))


class ClassifierA(nn.Module):
    def __init__(self, channels, widths, emotions):
        super().__init__()
        self.encoder = Encoder(channels, widths, emotions, False, nn.BatchNorm2d)

    def forward(self, x):
        return self.encoder(F.layer_norm(x, x.shape[1:], eps=1e-4))


class Discriminator(nn.Module):
    def __init__(self, channels, widths):
        super().__init__()
        self.encoder = Encoder(channels, widths, 1, True, lambda c: nn.InstanceNorm2d(c, affine=True))

    def forward(self, x):
        return self.encoder(x)


class EmoDNN(nn.Module):
    def __init__(self, channels, widths, condition, emotions):
        super().__init__()
        norm = lambda c: ConditionalNorm(c, condition)
        steps = list(zip(widths, widths[1:]))
        self.condition1, self.condition2 = nn.Linear(emotions, condition), nn.Linear(condition, condition)
        self.initial = conv(channels, widths[0], 3, True)
        self.down = nn.ModuleList(ResDown(a, b, True, norm) for a, b in steps)
        self.encoderBlock, self.decoderBlock = ResBlock(widths[-1], True, norm), ResBlock(widths[-1], True, norm)
        self.up = nn.ModuleList(ResUp(b, a, a, True, norm) for a, b in reversed(steps))
        self.final = conv(widths[0], channels, 3, False, bias=True)

    def forward(self, pictures, emotions):
        c = F.gelu(self.condition2(F.gelu(self.condition1(emotions))))
        x, skips = self.initial(pictures), []
        for block in self.down:
            skips.append(x)
            x = block(x, c)
        x = self.decoderBlock(self.encoderBlock(x, c), c)
        for block, skip in zip(self.up, reversed(skips)):
            x = block(x, skip, c)
        return pictures + self.final(F.elu(x))


class ClassifierB(nn.Module):
    """Table 4; `padded` keeps the size from layer 8 on."""

    def __init__(self, channels, side, emotions):
        super().__init__()
        pooled = ((side - 2) // 2 - 6) // 2
        padded = (pooled - 16) // 2 < 1
        last = (pooled if padded else pooled - 16) // 2
        norm2 = lambda c: nn.BatchNorm2d(c, eps=1e-3, momentum=0.01)
        norm1 = lambda c: nn.BatchNorm1d(c, eps=1e-3, momentum=0.01)
        late = lambda a, b, k: nn.Conv2d(a, b, k, padding=k // 2 if padded else 0)
        self.conv1, self.norm3 = nn.Conv2d(channels, 32, 3), norm2(32)
        self.conv4, self.conv5, self.norm7 = nn.Conv2d(32, 32, 3), nn.Conv2d(32, 64, 5), norm2(64)
        self.conv8, self.conv9, self.conv10 = late(64, 64, 5), late(64, 128, 7), late(128, 128, 7)
        self.norm12, self.norm14 = norm2(128), norm1(128 * last * last)
        self.dense15 = nn.Linear(128 * last * last, 256)
        self.dense17, self.dense18 = nn.Linear(256, 256), nn.Linear(256, 256)
        self.dense19, self.dense20 = nn.Linear(256, 256), nn.Linear(256, 256)
        self.norm22, self.norm24, self.dense25 = norm1(512), norm1(512), nn.Linear(512, 512)
        self.norm26, self.dense27 = norm1(512), nn.Linear(512, 512)
        self.norm28, self.dense29 = norm1(512), nn.Linear(512, 1024)
        self.norm30, self.dense31 = norm1(1024), nn.Linear(1024, emotions)

    def forward(self, x):
        active = lambda x: F.leaky_relu(x, 0.3)
        x = self.norm3(F.max_pool2d(active(self.conv1(x)), 2))
        x = self.norm7(F.max_pool2d(active(self.conv5(active(self.conv4(x)))), 2))
        x = active(self.conv10(active(self.conv9(active(self.conv8(x))))))
        x = self.norm14(self.norm12(F.max_pool2d(x, 2)).flatten(1))
        shared = active(self.dense15(x))
        first = active(self.dense18(active(self.dense17(shared))))
        second = active(self.dense20(active(self.dense19(shared))))
        x = self.norm24(self.norm22(torch.cat([first, second], 1)))
        x = self.norm28(active(self.dense27(self.norm26(active(self.dense25(x))))))
        return self.dense31(self.norm30(active(self.dense29(x))))
