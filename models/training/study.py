"""The study's training for one network, one optimiser and one split: from the images to figures, curves and an ONNX model.

    npm run build
    python3 models/training/study.py --data DIR --architecture MobileNetV2 --weights FILE.npz --optimiser adam --split random --out DIR

Muduli et al.: batch 32, up to 30 epochs, learning rate 1e-4, early stopping, reduction on plateau, the geometric augmentation of
study_augment.py, a stratified 80/20 split and 80/20 again for validation. `--split block` instead holds out a run of neighbouring files
of each class, the nearest thing to unseen patients. Stopped, by Ctrl+C or by kill -9, it goes on with the same command. Research use only.

In --out: history.csv and history.json, predictions.csv, metrics.json (by `smearlens metrics`), curves.svg, confusion.svg, roc.svg,
summary.json, model.onnx and model.json; and checkpoint.pt, which may go when the training has ended.
"""

import argparse
import hashlib
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from data import CLASSES, contiguous_folds, cut_validation, decode, labels_of, random_split
from optimisers import NAMES, optimiser
from study_fit import Recipe, choose_machine, fit, logits_of
from study_networks import MOBILENET, begin, count, freeze_backbone
from train import keep_memory

ROOT = Path(__file__).resolve().parents[2]
SHARE = 0.2  # of the images for the test, and of the rest for validation
FOLDS = 5


def split(kind, labels, seed, fold):
    """(training, validation, test) indices. 'random': stratified, drawn by `seed`. 'block': the `fold`-th fifth (1 to 5) of each class's
    files in order, and runs of neighbours for validation."""
    everything = np.arange(len(labels))
    block = kind == "block"
    test = contiguous_folds(labels, FOLDS) == fold - 1 if block else random_split(labels, SHARE, seed)
    return (*cut_validation(everything[~test], labels, contiguous=block, share=SHARE, seed=seed), everything[test])


def fingerprint(images, paths):
    """SHA-256 of names and pixels: a training does not go on with other images."""
    digest = hashlib.sha256("\n".join(paths).encode())
    digest.update(np.ascontiguousarray(images).data)
    return digest.hexdigest()


def settings_of(args, recipe, machine, images, paths):
    """All that decides the course of a training, for the checkpoint and for summary.json. The number of epochs does not: nothing but the
    end depends on it, so that a training that has ended can be given more."""
    course = {key: value for key, value in asdict(recipe).items() if key != "epochs"}
    return dict(architecture=args.architecture, optimiser=args.optimiser, momentum=args.momentum, split=args.split,
                fold=args.fold if args.split == "block" else None, size=args.size, frozenBackbone=args.freeze,
                weights="random" if args.weights is None else hashlib.sha256(args.weights.read_bytes()).hexdigest(),
                threads=args.threads, device=machine.device, bfloat16=machine.bf16, images=fingerprint(images, paths), **course)


def arguments():
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with the class folders " + ", ".join(CLASSES))
    parser.add_argument("--tensors", type=Path, help="decoded images of --data (.npy, list beside it) by `smearlens tensors`, instead of --data")
    parser.add_argument("--cli", type=Path, default=ROOT / "dist" / "cli.js", help="the product's command line, which decodes and measures")
    parser.add_argument("--out", type=Path, required=True, help="folder of the results; its name becomes the model's id")
    parser.add_argument("--architecture", default=MOBILENET, help="MobileNetV2 or one of the study's ten, such as ResNet50")
    first = parser.add_mutually_exclusive_group(required=True)
    first.add_argument("--weights", type=Path, help="ImageNet weights: Keras' .npz for MobileNetV2, torchvision's .pth for the others")
    first.add_argument("--from-scratch", action="store_true", help="begin from random weights")
    parser.add_argument("--freeze", action="store_true", help="train the head only")
    parser.add_argument("--optimiser", choices=NAMES, default="adam")
    parser.add_argument("--momentum", type=float, default=0.0, help="of sgd and rmsprop; Keras' default, and so the study's, is 0")
    parser.add_argument("--split", choices=("random", "block"), default="random")
    parser.add_argument("--fold", type=int, choices=range(1, FOLDS + 1), default=FOLDS, help="which fifth --split block holds out")
    parser.add_argument("--rate", type=float, default=recipe.rate)
    parser.add_argument("--epochs", type=int, default=recipe.epochs, help="at most")
    parser.add_argument("--batch", type=int, default=recipe.batch)
    parser.add_argument("--plateau", type=int, default=recipe.plateau, help="epochs without a lower validation loss before the rate is reduced")
    parser.add_argument("--patience", type=int, default=recipe.patience, help="epochs without a lower validation loss before training stops")
    parser.add_argument("--size", type=int, help="side of the input; the network's own by default")
    parser.add_argument("--seed", type=int, default=recipe.seed)
    parser.add_argument("--threads", type=int, help="of PyTorch on the CPU; all by default. The result depends on it in the last digits")
    parser.add_argument("--device", help="cuda, cpu ...; the GPU by default where there is one")
    parser.add_argument("--precision", choices=("auto", "bf16", "float32"), default="auto", help="auto: bfloat16 where it is fast")
    args = parser.parse_args()
    if args.data is None and args.tensors is None:
        parser.error("give --data, the folder of the images, or --tensors")
    if args.weights and not args.weights.is_file():
        parser.error(f"--weights: {args.weights} is no file")
    if args.architecture == MOBILENET:
        args.size = args.size or 224
    else:
        import architectures
        if args.architecture not in architectures.SPECS:
            parser.error(f"--architecture: there is no '{args.architecture}'; there are {', '.join(architectures.NAMES)}")
        args.size = args.size or architectures.SPECS[args.architecture].size
    return args


def main():
    args = arguments()
    args.threads = args.threads or torch.get_num_threads()
    torch.set_num_threads(args.threads)
    keep_memory()
    args.out.mkdir(parents=True, exist_ok=True)
    recipe = Recipe(args.epochs, args.batch, args.rate, args.plateau, patience=args.patience, seed=args.seed)
    images, paths = decode(args.data, args.size, args.cli, args.tensors)
    labels = labels_of(paths)
    train, validation, test = split(args.split, labels, args.seed, args.fold)

    torch.manual_seed(args.seed)
    network, scaling = begin(args.architecture, len(CLASSES), args.weights)
    if args.freeze:
        freeze_backbone(network)
    machine = choose_machine(network, args.device, args.precision)
    settings = settings_of(args, recipe, machine, images, paths)
    print(f"{args.architecture}, {args.optimiser}, {args.split} split: {len(train)} images for training, {len(validation)} for validation, "
          f"{len(test)} for the test; {count(network):,} parameters learn; {machine.device}, {'bfloat16' if machine.bf16 else 'float32'}", flush=True)
    history, best = fit(network, scaling, lambda parameters: optimiser(args.optimiser, parameters, recipe.rate, args.momentum), recipe,
                        images, labels, train, validation, machine, args.out / "checkpoint.pt", settings, log=lambda line: print(line, flush=True))
    exact = choose_machine(network, machine.device, "float32")
    logits = logits_of(network, scaling, images, test, exact)

    from study_report import write_report
    write_report(args.out, args.cli, network.cpu(), scaling, settings, history, best, dict(training=train, validation=validation, test=test),
                 [paths[i] for i in test], labels, logits)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nStopped. The epochs that had ended are kept: the same command goes on from there.", file=sys.stderr)
        sys.exit(130)
    except ValueError as error:
        print(f"study.py: {error}", file=sys.stderr)
        sys.exit(2)
