"""MobileNetV2 (Sandler et al. 2018, width 1.0) with batch normalisation folded into the convolutions.

The weights come from Keras' ImageNet MobileNetV2 (Apache-2.0), stored as an .npz under the Keras names. Keras pads
'same' the TensorFlow way: at stride 2 and an even side, nothing on the left and top and one pixel on the right and bottom.

Batch normalisation is frozen: with its ImageNet statistics folded into each convolution's weight and bias, the network is
nothing but convolutions, activations and additions, trains about twice as fast on a CPU, does not depend on what else is
in a batch, and is exported exactly as it was trained.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

BN_EPSILON = 1e-3

# (expansion, channels, blocks, first stride), table 2 of the paper.
STAGES = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
FEATURES = 1280
MIDDLE = [9, 12]  # blocks whose outputs (64 and 96 channels, h/16 x w/16) tell whether an image is like the training images


class SameConv(nn.Conv2d):
    """A 3x3 or 1x1 convolution with a bias and TensorFlow's 'same' padding for inputs of even side."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        super().__init__(inputs, outputs, kernel, stride, kernel // 2 if stride == 1 else 0, groups=groups)
        self.norm = None  # batch normalisation while training from scratch; see `add_normalisation`

    def forward(self, x):
        y = super().forward(F.pad(x, (0, 1, 0, 1)) if self.stride[0] == 2 else x)
        return y if self.norm is None else self.norm(y)


class Block(nn.Module):
    """An inverted residual block: expand 1x1, depthwise 3x3, project 1x1, plus the input where the shapes agree."""

    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        self.expand = SameConv(inputs, hidden, 1) if expansion != 1 else None
        self.depthwise = SameConv(hidden, hidden, 3, stride, groups=hidden)
        self.project = SameConv(hidden, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        y = x if self.expand is None else F.relu(self.expand(x))
        y = self.project(F.relu(self.depthwise(y)))
        return x + y if self.residual else y


class Network(nn.Module):
    """Image [n, 3, h, w] (x / 127.5 - 1, RGB) to logits [n, classes].

    The last activation has the shape [n, 1280, h/32, w/32]; the head is linear on its mean over the positions.
    """

    def __init__(self, classes, dropout=0.2):
        super().__init__()
        self.stem = SameConv(3, 32, 3, 2)
        blocks, inputs = [], 32
        for expansion, channels, count, stride in STAGES:
            for i in range(count):
                blocks.append(Block(inputs, channels, stride if i == 0 else 1, expansion))
                inputs = channels
        self.blocks = nn.Sequential(*blocks)
        self.last = SameConv(inputs, FEATURES, 1)
        self.dropout = dropout
        self.head = nn.Linear(FEATURES, classes)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        x = F.relu(self.last(self.blocks(F.relu(self.stem(x)))))
        pooled = F.adaptive_avg_pool2d(x, 1).flatten(1).float()
        return self.head(F.dropout(pooled, self.dropout, self.training))

    def with_middle(self, x):
        """(logits, the outputs of `MIDDLE`'s blocks averaged over their positions and concatenated [n, 160])."""
        x, middle = F.relu(self.stem(x)), []
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i in MIDDLE:
                middle.append(x.mean((2, 3)))
        pooled = F.relu(self.last(x)).mean((2, 3))
        return self.head(pooled), torch.cat(middle, 1)


def load_imagenet(network, npz_path):
    """Copies the Keras weights into `network`, each batch normalisation folded into the convolution before it."""
    arrays = dict(np.load(npz_path))

    def fold(conv, kernel_name, bn_name):
        kernel = arrays[kernel_name].astype(np.float64)
        # Keras: [h, w, in, out], depthwise [h, w, channels, 1]; PyTorch: [out, in / groups, h, w].
        weight = kernel.transpose(2, 3, 0, 1) if conv.groups > 1 else kernel.transpose(3, 2, 0, 1)
        gain = arrays[f"{bn_name}/gamma"] / np.sqrt(arrays[f"{bn_name}/moving_variance"].astype(np.float64) + BN_EPSILON)
        bias = arrays[f"{bn_name}/beta"] - arrays[f"{bn_name}/moving_mean"] * gain
        conv.weight.data.copy_(torch.from_numpy(weight * gain[:, None, None, None]))
        conv.bias.data.copy_(torch.from_numpy(bias))

    fold(network.stem, "Conv1/kernel", "bn_Conv1")
    for i, block in enumerate(network.blocks):
        prefix = "expanded_conv" if i == 0 else f"block_{i}"
        if block.expand is not None:
            fold(block.expand, f"{prefix}_expand/kernel", f"{prefix}_expand_BN")
        fold(block.depthwise, f"{prefix}_depthwise/depthwise_kernel", f"{prefix}_depthwise_BN")
        fold(block.project, f"{prefix}_project/kernel", f"{prefix}_project_BN")
    fold(network.last, "Conv_1/kernel", "Conv_1_bn")
    return network


def add_normalisation(network):
    """Gives each convolution a batch normalisation: from random weights nothing trains without."""
    for conv in convolutions(network):
        conv.norm = nn.BatchNorm2d(conv.out_channels, eps=BN_EPSILON)
    return network


@torch.no_grad()
def fold_normalisation(network):
    """Folds each batch normalisation, as it stands after training, into its convolution: the same function, and exported as any."""
    for conv in convolutions(network):
        if conv.norm is not None:
            gain = conv.norm.weight.double() / torch.sqrt(conv.norm.running_var.double() + conv.norm.eps)
            bias = (conv.bias.double() - conv.norm.running_mean.double()) * gain + conv.norm.bias.double()
            conv.weight.copy_(conv.weight.double() * gain[:, None, None, None])
            conv.bias.copy_(bias)
            conv.norm = None
    return network


def convolutions(network):
    return [module for module in network.modules() if isinstance(module, SameConv)]
