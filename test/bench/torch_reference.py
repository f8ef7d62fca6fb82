#!/usr/bin/python3
"""What Grad-CAM and Grad-CAM++ of four classes cost in PyTorch on the CPU: JSON lines, medians in seconds.

forward  one forward pass without autograd
usual    as the usual CAM library does it: for each of 4 classes and 2 methods one forward pass and a backward pass through all parameters
hand     the best one can write: the network to the layer without autograd, once; then the head and, for each class, torch.autograd.grad
         to the layer only, with retain_graph; both maps from the same gradients

The three take turns within each repetition, so that a change of the machine's load meets them alike.
"""
import argparse
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Callable, Dict, List, Tuple

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'fixtures' / 'onnx'))
from recipe.large import LARGE, Part, build, image  # noqa: E402

CLASSES = 4


def grad_cam(a: torch.Tensor, g: torch.Tensor) -> torch.Tensor:
    return (g.mean((-1, -2), keepdim=True) * a).sum(1).relu()


def grad_cam_plus_plus(a: torch.Tensor, g: torch.Tensor) -> torch.Tensor:
    positive = g.relu()
    alpha = 1 / (2 + a.sum((-1, -2), keepdim=True) * positive)
    return ((alpha * positive).sum((-1, -2), keepdim=True) * a).sum(1).relu()


METHODS = (grad_cam, grad_cam_plus_plus)


def forward(model: nn.Module, x: torch.Tensor) -> None:
    with torch.no_grad():
        model(x)


def usual(model: nn.Module, parts: Tuple[Part, Part], x: torch.Tensor) -> None:
    features, head = parts
    for method in METHODS:
        for c in range(CLASSES):
            activation = features(x)
            activation.retain_grad()
            logits = head(activation)
            model.zero_grad()
            logits[:, c].sum().backward()
            method(activation.detach(), activation.grad)


def hand(parts: Tuple[Part, Part], x: torch.Tensor) -> None:
    features, head = parts
    with torch.no_grad():
        activation = features(x)
    leaf = activation.detach().requires_grad_()
    logits = head(leaf)
    for c in range(CLASSES):
        gradient, = torch.autograd.grad(logits[:, c].sum(), leaf, retain_graph=True)
        for method in METHODS:
            method(activation, gradient)


def measure(name: str, repetitions: int, threads: int) -> List[Dict]:
    torch.set_num_threads(threads)
    model = build(name, CLASSES, 20)
    parts = LARGE[name].split(model)
    x = image(22, 1)
    ways: Dict[str, Callable[[], None]] = {
        'forward': lambda: forward(model, x), 'usual': lambda: usual(model, parts, x), 'hand': lambda: hand(parts, x)}
    times: Dict[str, List[float]] = {way: [] for way in ways}
    for repetition in range(repetitions + 1):
        for way, run in ways.items():
            start = time.perf_counter()
            run()
            if repetition > 0:  # the first warms up
                times[way].append(time.perf_counter() - start)
    return [{'model': name, 'way': way, 'medianSeconds': statistics.median(taken), 'fastestSeconds': min(taken),
             'repetitions': repetitions, 'threads': threads, 'torch': torch.__version__} for way, taken in times.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model', choices=list(LARGE))
    parser.add_argument('--repetitions', type=int, default=5)
    parser.add_argument('--threads', type=int, default=1)
    arguments = parser.parse_args()
    for line in measure(arguments.model, arguments.repetitions, arguments.threads):
        print(json.dumps(line), flush=True)


if __name__ == '__main__':
    main()
