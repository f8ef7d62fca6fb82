"""Xception (Chollet 2016, arXiv:1610.02357, figure 5)."""

from torch import nn
from torch.nn import functional as F

from .widths import channels


class Separable(nn.Sequential):
    """A depthwise 3x3 and a pointwise convolution with nothing between them, then batch normalisation."""

    def __init__(self, inputs, outputs):
        super().__init__(nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs, eps=1e-3))


class Block(nn.Module):
    """Separable convolutions, each after a ReLU (the first one after none where `starts`), beside a shortcut; halved where `halves`."""

    def __init__(self, widths, halves=True, starts=False):
        super().__init__()
        self.convolutions = nn.ModuleList(Separable(i, o) for i, o in zip(widths, widths[1:]))
        self.halves, self.starts = halves, starts
        self.shortcut = nn.Sequential(nn.Conv2d(widths[0], widths[-1], 1, stride=2, bias=False), nn.BatchNorm2d(widths[-1], eps=1e-3)) if halves else nn.Identity()

    def forward(self, x):
        y = x
        for i, convolution in enumerate(self.convolutions):
            y = convolution(y if self.starts and i == 0 else F.relu(y))
        return (F.max_pool2d(y, 3, 2, 1) if self.halves else y) + self.shortcut(x)


class Xception(nn.Module):
    """[n, 3, 299, 299] -> logits [n, classes]; the last activation is [n, 2048, 10, 10]."""

    def __init__(self, classes=1000, width=1.0):
        super().__init__()
        c32, c64, c128, c256, c728, c1024, c1536, c2048 = (channels(count, width) for count in (32, 64, 128, 256, 728, 1024, 1536, 2048))
        stem = lambda inputs, outputs, stride: [nn.Conv2d(inputs, outputs, 3, stride, bias=False), nn.BatchNorm2d(outputs, eps=1e-3), nn.ReLU()]
        self.features = nn.Sequential(
            *stem(3, c32, 2), *stem(c32, c64, 1),
            Block([c64, c128, c128], starts=True), Block([c128, c256, c256]), Block([c256, c728, c728]),
            *(Block([c728] * 4, halves=False) for _ in range(8)),
            Block([c728, c728, c1024]),
            Separable(c1024, c1536), nn.ReLU(), Separable(c1536, c2048), nn.ReLU())
        self.classifier = nn.Linear(c2048, classes)

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))
