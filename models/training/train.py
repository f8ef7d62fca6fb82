"""The whole recipe in one command: decode, cross-validate on both splits, train the shipped model, export, write the card.

    python3 models/training/train.py --data DIR --weights FILE.npz --foreign DIR --cli dist/cli.js --out models/all-mobilenetv2

Seven trainings with one recipe: a random 80/20 split, five contiguous fifths, and the shipped model on all images. Each is one
process with one thread, so its result does not depend on how many run beside it; finished ones are kept in --work and reused.
"""

import argparse
import ctypes
import json
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from data import CLASSES, contiguous_folds, cut_validation, decode, labels_of, random_split
from domain import fit_domain, in_domain
from fit import Config, fit, predict
from measure import COUNTER_TESTS, confusion, summary
from network import Network

FOLDS = 5
RUNS = ["final", "random"] + [f"fifth{k + 1}" for k in range(FOLDS)]


def split(name, labels):
    """(training, validation, test) indices of a run."""
    everything = np.arange(len(labels))
    if name == "final":
        return (*cut_validation(everything, labels, contiguous=True, seed=100), np.array([], int))
    if name == "random":
        test = random_split(labels)
        return (*cut_validation(everything[~test], labels, contiguous=False, seed=200), everything[test])
    k = int(name[len("fifth"):]) - 1
    test = contiguous_folds(labels, FOLDS) == k
    return (*cut_validation(everything[~test], labels, contiguous=True, seed=k), everything[test])


def keep_memory():
    """Tells glibc to keep freed memory, as PyTorch frees and asks for the same large blocks at every step: returning them to
    the kernel costs a third of the time. Elsewhere than on glibc nothing happens."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-3, 1 << 30)        # M_MMAP_THRESHOLD, bytes
        libc.mallopt(-1, (1 << 31) - 1)  # M_TRIM_THRESHOLD, bytes
    except OSError:
        pass


def train_one(name, images, labels, foreign, weights, work):
    """Trains one run and leaves NAME.pt (weights), NAME.npz (logits and features) and NAME.json (figures) in `work`."""
    began, seed = time.time(), RUNS.index(name)
    torch.set_num_threads(1)
    keep_memory()
    train, validation, test = split(name, labels)
    network, history = fit(images, labels, train, validation, Config(), weights, seed,
                           log=lambda line: print(f"{name} {line}", flush=True))
    given = np.sort(np.concatenate([train, validation]))
    domain = fit_domain(predict(network, images, given)[1], labels[given])
    figures = dict(run=name, seed=seed, training=len(train), validation=len(validation), history=history,
                   domainThreshold=domain["threshold"])
    if foreign is not None:
        logits, middle = predict(network, foreign, np.arange(len(foreign)))
        flagged = ~in_domain(middle, domain)
        figures["foreign"] = dict(n=len(foreign), flagged=int(flagged.sum()))
    if len(test):
        logits, middle = predict(network, images, test)
        figures["test"] = summary(confusion(labels[test], logits))
        figures["falseAlarms"] = int((~in_domain(middle, domain)).sum())
        figures["counterTests"] = {title: float((predict(network, images, test, change=change)[0].argmax(1) == labels[test]).mean())
                                   for title, change in COUNTER_TESTS.items()}
        np.savez(work / f"{name}.npz", logits=logits, labels=labels[test], test=test)
        print(f"{name}: {figures['test']['accuracy']:.4f} worst {figures['test']['worstClass']} "
              f"{figures['test']['worstRecall']:.3f}", flush=True)
    else:
        np.savez(work / f"{name}.npz", **domain)
    figures["minutes"] = round((time.time() - began) / 60, 1)
    torch.save(network.state_dict(), work / f"{name}.pt")
    (work / f"{name}.json").write_text(json.dumps(figures, indent=1))


def load_network(work, name):
    network = Network(len(CLASSES))
    network.load_state_dict(torch.load(work / f"{name}.pt"))
    return network.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the class folders " + ", ".join(CLASSES))
    parser.add_argument("--weights", type=Path, required=True, help="ImageNet MobileNetV2, Keras names, .npz")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model: model.onnx, model.json, MODEL_CARD.md")
    parser.add_argument("--foreign", type=Path, help="folder of smear images of another set, for the domain check only")
    parser.add_argument("--cli", type=Path, default=Path("dist/cli.js"), help="the product's command line, which decodes")
    parser.add_argument("--tensors", type=Path, help="decoded images of --data (.npy, list beside it), instead of --cli")
    parser.add_argument("--foreign-tensors", type=Path, help="the same for --foreign")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir(), "smearlens-training"), help="where finished runs are kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="trainings at a time")
    parser.add_argument("--runs", nargs="*", default=RUNS, help="train only these, and write nothing")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)

    size = Config().size
    images, paths = decode(args.data, size, args.cli, args.tensors)
    labels = labels_of(paths)
    foreign = None
    if args.foreign or args.foreign_tensors:
        foreign, _ = decode(args.foreign, size, args.cli, args.foreign_tensors)

    waiting = [name for name in args.runs if not (args.work / f"{name}.json").exists()]
    with multiprocessing.get_context("fork").Pool(args.jobs, maxtasksperchild=1) as pool:
        jobs = [pool.apply_async(train_one, (name, images, labels, foreign, args.weights, args.work)) for name in waiting]
        for job in jobs:
            job.get()
    if set(args.runs) != set(RUNS):
        return

    from card import write_card
    from colours import write_colours
    from export import write_model
    from figures import collect
    figures = collect(args.work, labels)
    args.out.mkdir(parents=True, exist_ok=True)
    write_model(args.out, load_network(args.work, "final"), dict(np.load(args.work / "final.npz")), figures)
    write_colours(args.out, images, labels)
    (args.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
    write_card(args.out, figures)
    print(f"wrote {args.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
