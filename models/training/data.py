"""The images, their labels, and the ways they are split.

Files are in the order of their sorted relative paths. Neighbouring files of a class come from the same smear, so a run of
neighbours is the nearest thing to an unseen patient that the published names allow.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

CLASSES = ["Benign", "Early", "Pre", "Pro"]


def decode(folder, size, cli=None, tensors=None):
    """(images uint8 [n, size, size, 3] RGB, relative paths sorted), decoded and stretched by the product's own code.

    `cli` is the product's command line (dist/cli.js); `tensors` is the .npy of an earlier run of it, its list beside it.
    """
    if tensors is None:
        tensors = Path(tempfile.mkdtemp()) / "images.npy"
        subprocess.run(["node", str(cli), "tensors", str(folder), "--width", str(size), "--height", str(size),
                        "--out", str(tensors)], check=True, stdout=subprocess.DEVNULL)
    images = np.load(tensors)
    listing = json.loads(Path(tensors).with_suffix(".json").read_text())
    paths = listing["paths"] if isinstance(listing, dict) else listing
    assert images.shape == (len(paths), size, size, 3) and images.dtype == np.uint8, images.shape
    return images, paths


def labels_of(paths):
    """The class index of each path: the name of its first folder."""
    return np.array([CLASSES.index(p.split("/")[0]) for p in paths])


def contiguous_folds(labels, folds=5):
    """Fold k is the k-th fifth of each class's files in order. Gives the fold number of each image."""
    fold = np.empty(len(labels), int)
    for c in range(len(CLASSES)):
        members = np.flatnonzero(labels == c)
        fold[members] = np.arange(len(members)) * folds // len(members)
    return fold


def random_split(labels, test=0.2, seed=0):
    """True for the test images of a random split, the same share of each class."""
    rng = np.random.RandomState(seed)
    out = np.zeros(len(labels), bool)
    for c in range(len(CLASSES)):
        members = rng.permutation(np.flatnonzero(labels == c))
        out[members[:round(len(members) * test)]] = True
    return out


def cut_validation(train, labels, contiguous, share=0.1, runs=2, seed=0):
    """(training, validation) indices out of `train`. With `contiguous`, the validation part of a class is `runs` runs of
    neighbouring files, so that early stopping does not see the neighbours of what it is to judge."""
    rng = np.random.RandomState(1000 + seed)
    chosen = []
    for c in range(len(CLASSES)):
        members = np.sort(train[labels[train] == c])
        if not contiguous:
            chosen.append(rng.permutation(members)[:round(len(members) * share)])
            continue
        length = round(len(members) * share / runs)
        for part in np.array_split(members, runs):
            start = rng.randint(len(part) - length + 1)
            chosen.append(part[start:start + length])
    validation = np.sort(np.concatenate(chosen))
    return np.setdiff1d(train, validation), validation
