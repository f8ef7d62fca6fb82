"""NASNet-A (4 @ 1056), called NASNetMobile (Zoph et al. 2017, arXiv:1707.07012, figure 4 and appendix A)."""

import torch
from torch import nn
from torch.nn import functional as F

from .widths import channels


def norm(count):
    return nn.BatchNorm2d(count, eps=1e-3)


class Separable(nn.Sequential):
    """Twice ReLU, separable convolution, batch normalisation; the first one has the stride."""

    def __init__(self, inputs, outputs, kernel, stride=1):
        one = lambda i, s: [nn.ReLU(), nn.Conv2d(i, i, kernel, s, kernel // 2, groups=i, bias=False), nn.Conv2d(i, outputs, 1, bias=False), norm(outputs)]
        super().__init__(*one(inputs, stride), *one(outputs, 1))


class Squeeze(nn.Sequential):
    """To the cell's channels: ReLU, 1x1 convolution, batch normalisation."""

    def __init__(self, inputs, outputs):
        super().__init__(nn.ReLU(), nn.Conv2d(inputs, outputs, 1, bias=False), norm(outputs))


class Halve(nn.Module):
    """To half the side and the cell's channels without losing every other pixel: two strided 1x1 convolutions, one of them shifted by a pixel."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.left = nn.Conv2d(inputs, outputs // 2, 1, 2, bias=False)
        self.right = nn.Conv2d(inputs, outputs - outputs // 2, 1, 2, bias=False)
        self.norm = norm(outputs)

    def forward(self, x):
        x = F.relu(x)
        return self.norm(torch.cat([self.left(x), self.right(F.pad(x, (0, 1, 0, 1))[:, :, 1:, 1:])], 1))


def average(x, stride=1):
    return F.avg_pool2d(x, 3, stride, 1, count_include_pad=False)


class Cell(nn.Module):
    """What both kinds of cell begin with: the outputs of the two cells before, brought to `filters` channels and the newer one's side.

    @param before channels of the older one; `halved`: its side is twice that of the newer; `adapt` False: it is taken as it is
    """

    def __init__(self, inputs, before, filters, halved, adapt=True):
        super().__init__()
        self.squeeze = Squeeze(inputs, filters)
        self.adjust = nn.Identity() if not adapt else Halve(before, filters) if halved else Squeeze(before, filters) if before != filters else nn.Identity()


class Normal(Cell):
    def __init__(self, inputs, before, filters, halved=False):
        super().__init__(inputs, before, filters, halved)
        self.newer5, self.older3a, self.older5, self.older3b, self.newer3 = (Separable(filters, filters, kernel) for kernel in (5, 3, 5, 3, 3))

    def forward(self, x, older):
        p, h = self.adjust(older), self.squeeze(x)
        pooled = average(p)
        return torch.cat([p, self.newer5(h) + self.older3a(p), self.older5(p) + self.older3b(p), average(h) + p, pooled + pooled, self.newer3(h) + h], 1)


class Reduction(Cell):
    def __init__(self, inputs, before, filters, halved=False, adapt=True):
        super().__init__(inputs, before, filters, halved, adapt)
        older = filters if adapt else before
        self.newer5 = Separable(filters, filters, 5, 2)
        self.older7a, self.older7b, self.older5 = (Separable(older, filters, kernel, 2) for kernel in (7, 7, 5))
        self.inner3 = Separable(filters, filters, 3)

    def forward(self, x, older):
        p, h = self.adjust(older), self.squeeze(x)
        highest = F.max_pool2d(h, 3, 2, 1)
        first = self.newer5(h) + self.older7a(p)
        second = highest + self.older7b(p)
        third = average(h, 2) + self.older5(p)
        return torch.cat([second, third, second + average(first), self.inner3(first) + highest], 1)


class NASNetMobile(nn.Module):
    """[n, 3, 224, 224] -> logits [n, classes]; the last activation is [n, 1056, 7, 7]. Published with 5.3 million parameters; the study prints 23."""

    def __init__(self, classes=1000, width=1.0):
        super().__init__()
        stem, filters = channels(32, width), channels(44, width)
        self.stem = nn.Sequential(nn.Conv2d(3, stem, 3, 2, bias=False), norm(stem))
        # The first cell has only the stem before it, and takes that for both.
        self.cells = nn.ModuleList([Reduction(stem, stem, filters // 4, adapt=False)])
        x, older, halved = filters // 4 * 4, stem, True
        for kind, count, repeats in ((Reduction, filters // 2, 1), (Normal, filters, 4), (Reduction, 2 * filters, 1), (Normal, 2 * filters, 4), (Reduction, 4 * filters, 1), (Normal, 4 * filters, 4)):
            for _ in range(repeats):
                self.cells.append(kind(x, older, count, halved))
                x, older, halved = count * (6 if kind is Normal else 4), x, kind is Reduction
        self.classifier = nn.Linear(x, classes)

    def forward(self, x):
        older = x = self.stem(x)
        for cell in self.cells:
            x, older = cell(x, older), x
        return self.classifier(F.relu(x).mean((2, 3)))
