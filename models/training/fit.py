"""One training: Adam, learning rate reduced on plateau and along a cosine, early stopping, weights averaged over steps."""

import copy
import time
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.nn import functional as F

from augment import Augment, mix
from data import CLASSES
from network import Network, load_imagenet


@dataclass
class Config:
    """The recipe. Augmentation ranges are the largest values drawn; 'chance' is the share of images it is drawn for."""
    size: int = 224           # side of the network's input when it is used
    train_size: int = 224     # side of the training windows, source pixels at zoom 1
    batch: int = 32
    epochs: int = 13          # at most; the rate also falls along half a cosine to nothing over so many
    rate: float = 5e-4        # Adam's step for the network; the head's is `head_rate` times that
    head_rate: float = 3.0
    warmup: int = 60          # steps
    plateau: int = 2          # epochs without a lower validation loss before the rate is reduced
    reduce: float = 0.3
    patience: int = 5         # epochs without a lower validation loss before training stops
    decay: float = 0.02       # decoupled weight decay
    average: float = 0.99     # of the exponential moving average of the weights, a step
    smoothing: float = 0.05   # of the labels
    dropout: float = 0.3
    mixup: float = 0.3        # Beta(a, a)
    mixup_chance: float = 0.5
    rotation: float = 40      # degrees
    quarter_turns: float = 1.0
    shear: float = 0.4
    shear_chance: float = 0.3
    zoom: tuple = (0.72, 1.4)  # source pixels an output pixel
    stretch: float = 0.1
    shift: float = 0.4
    shift_chance: float = 0.3
    stain: float = 0.35
    channel: float = 0.12
    gamma: float = 0.25
    offset: float = 0.06
    saturation: float = 0.5
    grey: float = 0.15
    restain: float = 0.5
    blur: float = 0.15
    corner_swap: float = 0.4
    corner_mirror: float = 0.4
    balance: float = 0.5      # 0: classes as they come; 1: every class equally often
    keep: str = "best"        # the weights of the epoch with the lowest validation loss, or those of the "last"
    frozen: int = 4           # of stem and blocks, the first so many keep their ImageNet weights


def finishing(config):
    """The recipe of the last epochs: weaker augmentation, nearer to what the network will see, no mixing, a small rate. Their
    number is fixed: by now the validation part, two hundred images, has hardly an error left to choose an epoch by."""
    return replace(config, epochs=3, keep="last", rate=1.5e-4, warmup=30, average=0.98, smoothing=0.0, mixup_chance=0.0, zoom=(0.85, 1.2),
                   shear_chance=0.15, stretch=0.05, shift_chance=0.15, stain=0.2, channel=0.06, gamma=0.15, offset=0.03,
                   saturation=0.25, grey=0.05, restain=0.25, blur=0.1)


def to_input(x):
    """[n, 3, h, w] in 0..1 to the network's range, channels last in memory."""
    return (x * 2 - 1).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def predict(network, images, indices, batch=64, change=None):
    """(logits [n, classes], middle features [n, 160]) in float32, of images uint8 [N, h, w, 3], whole and unaugmented.
    `change` maps a batch [n, 3, h, w] in 0..1 to another before it is used, for counter-tests."""
    network.eval()
    logits, middle = [], []
    for start in range(0, len(indices), batch):
        x = torch.from_numpy(images[indices[start:start + batch]]).permute(0, 3, 1, 2).float() / 255
        y, m = network.with_middle(to_input(x if change is None else change(x)))
        logits.append(y)
        middle.append(m)
    return torch.cat(logits).numpy(), torch.cat(middle).numpy()


def loss_of(logits, labels):
    return float(F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels)))


def fit(images, labels, train, validation, config, weights, seed, log=print):
    """Trains on the images at the indices `train`, judged on `validation`, in two stages. Gives (network, history)."""
    torch.manual_seed(seed)
    network = load_imagenet(Network(len(CLASSES), config.dropout), weights).to(memory_format=torch.channels_last)
    network, first = stage(network, images, labels, train, validation, config, seed, log)
    torch.manual_seed(seed)
    network, last = stage(network, images, labels, train, validation, finishing(config), seed, log)
    return network, first + last


def stage(network, images, labels, train, validation, config, seed, log):
    """Trains `network` on from where it is. Gives (averaged weights of the best epoch as a network, history)."""
    rng = np.random.RandomState(seed)
    augment = Augment(config, seed)
    average = copy.deepcopy(network)
    frozen = [network.stem, *network.blocks][:config.frozen]
    for part in frozen:
        part.requires_grad_(False)
    head = list(network.head.parameters())
    body = [p for n, p in network.named_parameters() if p.requires_grad and not n.startswith("head")]
    groups = [dict(params=[p for p in body if p.ndim > 1], weight_decay=config.decay, scale=1.0),
              dict(params=[p for p in body if p.ndim == 1], weight_decay=0.0, scale=1.0),
              dict(params=head, weight_decay=config.decay, scale=config.head_rate)]
    optimiser = torch.optim.AdamW(groups, lr=config.rate)

    counts = np.bincount(labels[train], minlength=len(CLASSES))
    share = (1.0 / counts[labels[train]]) ** config.balance
    share /= share.sum()

    rate, best, since, step, history = config.rate, np.inf, 0, 0, []
    for epoch in range(config.epochs):
        began, total = time.time(), 0.0
        network.train()
        order = rng.choice(train, len(train), replace=True, p=share) if config.balance else rng.permutation(train)
        for start in range(0, len(order) - config.batch + 1, config.batch):
            step += 1
            done = step / (config.epochs * (len(order) // config.batch))
            for group in optimiser.param_groups:
                group["lr"] = rate * group["scale"] * min(1, step / config.warmup) * (1 + np.cos(np.pi * done)) / 2
            rows = order[start:start + config.batch]
            x = torch.from_numpy(images[rows]).permute(0, 3, 1, 2).float() / 255
            x = augment(x, config.train_size)
            target = F.one_hot(torch.from_numpy(labels[rows]), len(CLASSES)).float()
            target = target * (1 - config.smoothing) + config.smoothing / len(CLASSES)
            x, target = mix(x, target, config.mixup, config.mixup_chance, rng)
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(to_input(x))
            loss = F.cross_entropy(logits.float(), target)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            total += float(loss)
            with torch.no_grad():
                keep = min(config.average, step / (step + 9))
                for mine, new in zip(average.parameters(), network.parameters()):
                    mine.lerp_(new, 1 - keep)
        logits, _ = predict(average, images, validation)
        value, right = loss_of(logits, labels[validation]), float((logits.argmax(1) == labels[validation]).mean())
        history.append(dict(epoch=epoch + 1, loss=round(total / (len(order) // config.batch), 4), validationLoss=round(value, 4),
                            validationAccuracy=round(right, 4), rate=rate, seconds=round(time.time() - began, 1)))
        log(f"  {history[-1]}")
        if value < best or config.keep == "last":
            best, since, kept = value, 0, copy.deepcopy(average.state_dict())
        else:
            since += 1
            if since % config.plateau == 0:
                rate *= config.reduce
            if since >= config.patience:
                break
    average.load_state_dict(kept)
    return average, history
