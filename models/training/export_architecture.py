"""Writes one of the study's ten architectures as model.onnx with its manifest: with weights of your own, or with random ones to try the way with.

    python3 export_architecture.py --architecture Xception --weights FILE.pth --classes Benign,Early,Pre,Pro --out xception

`--weights` is the state dict of `architectures.build(NAME, classes)`, head included, which for VGG, ResNet, DenseNet and EfficientNetB0 is
torchvision's network of that name. study.py writes the same files at the end of a training.
"""

import argparse
from pathlib import Path

import torch

from architectures import NAMES, SPECS, build
from study_export import write_files
from study_networks import IMAGENET, UNIT


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", required=True, choices=NAMES)
    parser.add_argument("--weights", type=Path, help="state dict (.pth); random weights without it")
    parser.add_argument("--classes", required=True, help="their ids, in the order of the logits, with commas")
    parser.add_argument("--input", choices=("unit", "imagenet"), default="unit", help="values that the network wants: 0 to 1 (the study's), or ImageNet's mean and deviation")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    classes = [name.strip() for name in options.classes.split(",")]
    network = build(options.architecture, len(classes))
    if options.weights:
        try:
            network.load_state_dict(torch.load(options.weights, map_location="cpu"))
        except (OSError, RuntimeError, AttributeError, ValueError, EOFError) as error:
            parser.error(f"{options.weights}: is no state dict of {options.architecture} with {len(classes)} classes ({str(error).splitlines()[0]}). "
                         "Save network.state_dict() of the same network, and name as many classes as its head has.")
    spec = SPECS[options.architecture]
    origin = f"weights of {options.weights.name}" if options.weights else "random weights: nothing was learnt"
    write_files(options.out, network, {"unit": UNIT, "imagenet": IMAGENET}[options.input], spec.size, [dict(id=name, name=name) for name in classes],
                name=f"{options.architecture}, {origin}", architecture=options.architecture,
                training=dict(origin=origin, paper=spec.paper, intendedUse="Research use only. Not a diagnostic device."))


if __name__ == "__main__":
    main()
