"""The mean colours of each class's training images, for the check that recolours an image to another class's.

    python3 models/training/colours.py --data DIR --model models/all-mobilenetv2

writes them into model.json ('training.classColours'); train.py calls it after the export. `--data` and the command line that
decodes are those of train.py.
"""

import argparse
import json
from pathlib import Path

from data import CLASSES, decode, labels_of

ROOT = Path(__file__).resolve().parents[2]


def class_colours(images, labels):
    """By class id: mean and standard deviation of red, green and blue (0 to 255), each the mean over the class's images."""
    return {name: {"mean": images[labels == c].mean((1, 2)).mean(0).round(2).tolist(), "std": images[labels == c].std((1, 2)).mean(0).round(2).tolist()}
            for c, name in enumerate(CLASSES)}


def write_colours(folder, images, labels):
    path = Path(folder) / "model.json"
    manifest = json.loads(path.read_text())
    manifest["training"]["classColours"] = class_colours(images, labels)
    path.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True)
    options = parser.parse_args()
    size = json.loads((Path(options.model) / "model.json").read_text())["input"]["width"]
    images, paths = decode(options.data, size, cli=ROOT / "dist" / "cli.js")
    write_colours(options.model, images, labels_of(paths))
