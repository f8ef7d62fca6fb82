"""torchvision's networks, with their channels scaled where a width is asked for."""

from functools import partial

from torch import nn
from torchvision import models
from torchvision.models.efficientnet import EfficientNet, FusedMBConvConfig, MBConvConfig
from torchvision.models.resnet import Bottleneck, ResNet
from torchvision.models.vgg import VGG, cfgs, make_layers

from .widths import channels


def vgg(depth):
    def make(classes, width):
        plan = cfgs[dict([(16, "D"), (19, "E")])[depth]]
        network = VGG(make_layers([v if v == "M" else channels(v, width) for v in plan]), num_classes=classes, init_weights=width == 1)
        if width != 1:
            last, dense = channels(512, width), channels(4096, width)
            network.classifier = nn.Sequential(nn.Linear(last * 49, dense), nn.ReLU(True), nn.Dropout(), nn.Linear(dense, dense), nn.ReLU(True), nn.Dropout(), nn.Linear(dense, classes))
        return network
    return make


class ScaledResNet(ResNet):
    """torchvision's ResNet writes its channels into its code; they are scaled on their way into the stages."""

    def __init__(self, blocks, classes, width):
        self.width = width
        super().__init__(Bottleneck, blocks, num_classes=classes)
        stem = channels(64, width)
        self.conv1 = nn.Conv2d(3, stem, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(stem)
        self.fc = nn.Linear(channels(512, width) * Bottleneck.expansion, classes)

    def _make_layer(self, block, planes, blocks, stride=1, dilate=False):
        if planes == 64:
            self.inplanes = channels(64, self.width)
        return super()._make_layer(block, channels(planes, self.width), blocks, stride, dilate)


def resnet(depth):
    blocks = {50: [3, 4, 6, 3], 152: [3, 8, 36, 3]}[depth]
    return lambda classes, width: ResNet(Bottleneck, blocks, num_classes=classes) if width == 1 else ScaledResNet(blocks, classes, width)


def densenet(depth):
    blocks = {121: (6, 12, 24, 16), 169: (6, 12, 32, 32)}[depth]
    return lambda classes, width: models.DenseNet(channels(32, width, 2), blocks, channels(64, width), num_classes=classes)


def eights(count, width):
    """torchvision's EfficientNet rounds its channels to multiples of eight itself."""
    return channels(count, width, 8)


def efficientnet_b0(classes, width):
    # expansion, kernel, stride, channels in and out, blocks: the paper's table 1
    stages = [(1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2), (6, 3, 2, 40, 80, 3), (6, 5, 1, 80, 112, 3), (6, 5, 2, 112, 192, 4), (6, 3, 1, 192, 320, 1)]
    stages = [MBConvConfig(e, k, s, eights(i, width), eights(o, width), n) for e, k, s, i, o, n in stages]
    return EfficientNet(stages, dropout=0.2, num_classes=classes)


def efficientnet_v2_b0(classes, width):
    """The smallest of Keras' EfficientNetV2: the stages of the paper's table 4, scaled down from V2-S as its B0 is."""
    fused = [(1, 3, 1, 32, 16, 1), (4, 3, 2, 16, 32, 2), (4, 3, 2, 32, 48, 2)]
    plain = [(4, 3, 2, 48, 96, 3), (6, 3, 1, 96, 112, 5), (6, 3, 2, 112, 192, 8)]
    stages = [Config(e, k, s, eights(i, width), eights(o, width), n) for Config, rows in ((FusedMBConvConfig, fused), (MBConvConfig, plain)) for e, k, s, i, o, n in rows]
    return EfficientNet(stages, dropout=0.2, num_classes=classes, norm_layer=partial(nn.BatchNorm2d, eps=1e-3), last_channel=eights(1280, width))
