"""One training of the study: an optimiser at one rate, reduced on plateau, early stopping, the weights of the best epoch kept.

After every epoch all that the next one depends on lies in one file: weights, optimiser, the plateau's counters, history. Random numbers
need no state: every epoch seeds its own from the run's seed and the epoch's number. So a training that was killed goes on with the same
command and ends with the same weights, to the bit on one machine, as one that was not.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from study_augment import StudyAugment


@dataclass(frozen=True)
class Recipe:
    """The study's numbers where it states them (epochs, batch, rate); patience and factor are ours, it states none."""
    epochs: int = 30        # at most
    batch: int = 32
    rate: float = 1e-4
    plateau: int = 3        # epochs without a lower validation loss before the rate is reduced
    reduce: float = 0.2     # by this factor
    least_rate: float = 1e-7
    patience: int = 6       # epochs without a lower validation loss before training stops
    seed: int = 0


@dataclass(frozen=True)
class Machine:
    """Where and in which precision the network runs."""
    device: str = "cpu"
    bf16: bool = False

    def autocast(self):
        return torch.autocast(self.device, torch.bfloat16, enabled=self.bf16)


def choose_machine(network, device=None, precision="auto"):
    """The GPU where there is one; bfloat16 where it is fast: there, and on a CPU with its instructions unless the network has a ReLU6,
    which PyTorch 1.13 cannot differentiate in bfloat16 on a CPU."""
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if precision != "auto":
        return Machine(device, precision == "bf16")
    if device == "cuda":
        return Machine(device, torch.cuda.is_bf16_supported())
    if device != "cpu":
        return Machine(device, False)
    try:
        fast = "avx512_bf16" in Path("/proc/cpuinfo").read_text() and not any(isinstance(m, nn.ReLU6) for m in network.modules())
    except OSError:
        fast = False
    return Machine(device, fast)


def batches(images, rows, size, device):
    """Batches of at most `size` of images uint8 [N, h, w, 3] at `rows`, as float32 [n, 3, h, w] in 0..1, each with its rows."""
    for start in range(0, len(rows), size):
        some = rows[start:start + size]
        yield some, torch.from_numpy(images[some]).to(device).permute(0, 3, 1, 2).float() / 255


@torch.no_grad()
def logits_of(network, scaling, images, rows, machine, batch=64):
    """Logits float32 [n, classes] of the whole, unaugmented images at `rows`."""
    network.eval()
    out = []
    for _, x in batches(images, rows, batch, machine.device):
        with machine.autocast():
            out.append(network(scaling(x)).float().cpu())
    return torch.cat(out).numpy()


def loss_and_accuracy(logits, labels):
    """Mean cross-entropy (nats) and share of right answers, 0 to 1."""
    loss = F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels))
    return float(loss), float((logits.argmax(1) == labels).mean())


def save(path, state):
    """Writes all or nothing: a kill leaves the checkpoint before."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def load(path, settings):
    """The checkpoint at `path`, or None where there is none. ValueError where it belongs to other settings."""
    if not path.exists():
        return None
    state = torch.load(path, map_location="cpu")
    other = [key for key in settings if state["settings"].get(key) != settings[key]]
    if other:
        told = "; ".join(f"{key} {state['settings'].get(key)!r} there, {settings[key]!r} now" for key in other)
        raise ValueError(f"{path}: belongs to a training with other settings ({told}). Give the same ones to go on, or another --out.")
    return state


def fit(network, scaling, make_optimiser, recipe, images, labels, train, validation, machine, checkpoint, settings, log=print):
    """Trains `network` on the images at `train` until the recipe ends it, going on from `checkpoint` where that file is. Gives (history,
    number of the best epoch from 1) and leaves the best epoch's weights in the network. `make_optimiser(parameters)` gives a torch.optim one."""
    network.to(machine.device, memory_format=torch.channels_last)
    frozen = [m for m in network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm) and not any(p.requires_grad for p in m.parameters())]
    optimiser = make_optimiser([p for p in network.parameters() if p.requires_grad])
    state = load(checkpoint, settings)
    if state is None:
        history, best, since, waited = [], None, 0, 0
    else:
        history, best, since, waited = (state[key] for key in ("history", "best", "since", "waited"))
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        log(f"goes on after epoch {len(history)} of {checkpoint}")
    while len(history) < recipe.epochs and since < recipe.patience:
        began, epoch = time.time(), len(history) + 1
        rate = optimiser.param_groups[0]["lr"]
        loss, accuracy = train_epoch(network, scaling, optimiser, recipe, images, labels, train, machine, epoch, frozen)
        value, right = loss_and_accuracy(logits_of(network, scaling, images, validation, machine), labels[validation])
        history.append(dict(epoch=epoch, loss=loss, accuracy=accuracy, validationLoss=value, validationAccuracy=right, rate=rate,
                            seconds=round(time.time() - began, 1)))
        log(f"epoch {epoch}: loss {loss:.4f}, accuracy {accuracy:.4f}; validation {value:.4f}, {right:.4f}; rate {rate:g}; {history[-1]['seconds']} s")
        if not np.isfinite(loss) or not np.isfinite(value):
            raise ValueError(f"epoch {epoch}: the loss is no number any more. Give a smaller --rate, or --precision float32.")
        if best is None or value < best["value"]:
            best, since, waited = dict(value=value, epoch=epoch, weights={k: v.detach().cpu().clone() for k, v in network.state_dict().items()}), 0, 0
        else:
            since, waited = since + 1, waited + 1
            if waited >= recipe.plateau:
                waited = 0
                for group in optimiser.param_groups:
                    group["lr"] = max(group["lr"] * recipe.reduce, recipe.least_rate)
        save(checkpoint, dict(settings=settings, network=network.state_dict(), optimiser=optimiser.state_dict(), history=history, best=best,
                              since=since, waited=waited))
    network.load_state_dict(best["weights"])
    return history, best["epoch"]


def train_epoch(network, scaling, optimiser, recipe, images, labels, train, machine, epoch, frozen):
    """(mean loss, accuracy) over the epoch's augmented images, as the network was when it saw each."""
    seeds = np.random.SeedSequence([recipe.seed, epoch]).generate_state(3)
    torch.manual_seed(int(seeds[0]))
    augment = StudyAugment(int(seeds[1]))
    order = np.random.RandomState(seeds[2]).permutation(train)
    network.train()
    for module in frozen:
        module.eval()
    total, right = 0.0, 0
    for rows, x in batches(images, order, recipe.batch, machine.device):
        target = torch.from_numpy(labels[rows]).to(machine.device)
        with machine.autocast():
            logits = network(scaling(augment(x))).float()
        loss = F.cross_entropy(logits, target)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        total += float(loss.detach()) * len(rows)
        right += int((logits.detach().argmax(1) == target).sum())
    return total / len(train), right / len(train)
