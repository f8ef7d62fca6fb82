"""The study's four optimisers, with the constants of Keras, which the study used, and not PyTorch's own.

The study states one learning rate, 1e-4, and nothing else; so everything else is Keras' default: no momentum for SGD, rho 0.9 for
RMSprop (PyTorch 0.99) and 0.95 for Adadelta (PyTorch 0.9), and 1e-7 as the small constant throughout (PyTorch 1e-8, 1e-8, 1e-6).

At 1e-4 SGD without momentum is slow, and Adadelta hardly moves: it multiplies a step whose size it finds by itself by the rate, which its
paper (Zeiler 2012) has as 1 and Keras as 1e-3 by default; and that step starts from the square root of 1e-7. Whoever wants them to
train gives another --rate (and --momentum for SGD).
"""

import torch

NAMES = ("adam", "sgd", "rmsprop", "adadelta")


def optimiser(name, parameters, rate, momentum=0.0):
    """A torch.optim optimiser of `NAMES` for `parameters` with the step size `rate` (> 0). `momentum` (0 to 1) is used by sgd and
    rmsprop; ValueError for another name, or for a momentum where the optimiser has none."""
    if momentum and name not in ("sgd", "rmsprop"):
        raise ValueError(f"{name} has no momentum to set; leave --momentum away, or choose sgd or rmsprop.")
    if name == "adam":
        return torch.optim.Adam(parameters, lr=rate, betas=(0.9, 0.999), eps=1e-7)
    if name == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=momentum)
    if name == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, alpha=0.9, eps=1e-7, momentum=momentum)
    if name == "adadelta":
        return torch.optim.Adadelta(parameters, lr=rate, rho=0.95, eps=1e-7)
    raise ValueError(f"there is no optimiser '{name}'; there are {', '.join(NAMES)}.")
