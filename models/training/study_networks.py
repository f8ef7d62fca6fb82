"""The networks that the study's training can begin from: MobileNetV2 as network.py has it, and the ten of the package architectures."""

import pickle
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from network import Network, add_normalisation, load_imagenet

MOBILENET = "MobileNetV2"


@dataclass(frozen=True)
class Scaling:
    """A value in 0..1 becomes (value - mean) / std, channel by channel in RGB, before the network sees it."""
    mean: tuple
    std: tuple

    def __call__(self, x):
        mean, std = (torch.tensor(v, device=x.device)[None, :, None, None] for v in (self.mean, self.std))
        return ((x - mean) / std).contiguous(memory_format=torch.channels_last)


UNIT = Scaling((0.0,) * 3, (1.0,) * 3)       # the study's own: 0 to 1
SYMMETRIC = Scaling((0.5,) * 3, (0.5,) * 3)  # what Keras' MobileNetV2 weights want: -1 to 1
IMAGENET = Scaling((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # what torchvision's weights want


def begin(name, classes, weights):
    """(network, Scaling): `name` with `classes` logits, from the file `weights` (.npz under Keras' names for MobileNetV2, torchvision's
    .pth for the others) or, with None, from random weights. ValueError where the file is none for that network."""
    if name == MOBILENET:
        network = Network(classes)
        if weights is None:
            return add_normalisation(network), SYMMETRIC
        if weights.suffix != ".npz":
            raise ValueError(f"{weights}: MobileNetV2 begins from Keras' weights as .npz; give such a file, or --from-scratch.")
        return load_imagenet(network, weights), SYMMETRIC
    import architectures
    if name not in architectures.NAMES:
        raise ValueError(f"there is no network '{name}'; there are {', '.join((MOBILENET, *architectures.NAMES))}.")
    network = architectures.build(name, classes=classes)
    if weights is None:
        return network, UNIT
    load_but_head(network, weights)
    return network, IMAGENET


def head_of(network):
    """(dotted name, module) of the last linear layer, which is the head in all of the networks."""
    return [(name, module) for name, module in network.named_modules() if isinstance(module, nn.Linear)][-1]


def load_but_head(network, weights):
    """Loads a state dict (.pth) into all of `network` but its head, whose classes are others. ValueError where names or shapes differ."""
    head = head_of(network)[0] + "."
    try:
        given = torch.load(weights, map_location="cpu", weights_only=True)  # a file of weights runs no code
        given = {name: value for name, value in given.items() if not name.startswith(head)}
        missing, unexpected = network.load_state_dict(given, strict=False)
    except (OSError, RuntimeError, AttributeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise ValueError(f"{weights}: cannot be loaded into this network ({error}). Give torchvision's .pth of the same network.") from error
    missing = [name for name in missing if not name.startswith(head)]
    if missing or unexpected:
        raise ValueError(f"{weights}: holds another network: {len(missing)} tensors are missing ({missing[:3]}), {len(unexpected)} are "
                         f"not of it ({unexpected[:3]}). Give torchvision's .pth of the same network.")


def freeze_backbone(network):
    """Lets only the head learn."""
    network.requires_grad_(False)
    head_of(network)[1].requires_grad_(True)


def count(network):
    """Trainable parameters."""
    return int(sum(np.prod(p.shape) for p in network.parameters() if p.requires_grad))
