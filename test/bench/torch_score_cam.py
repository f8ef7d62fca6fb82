#!/usr/bin/python3
"""Seconds that Score-CAM takes as the authors' code does it, in batches of 16: upsample, normalise, mask, forward, softmax, eagerly."""
import argparse
import sys
import time
from pathlib import Path

import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'fixtures' / 'onnx'))
from recipe.large import LARGE, build, image  # noqa: E402

BATCH = 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--channels', type=int, default=1280)
    parser.add_argument('--threads', type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = build('mobilenet_v2', 4, 20).eval()
    features, _head = LARGE['mobilenet_v2'].split(model)
    x = image(22, 1)
    with torch.no_grad():
        activation = features(x)[0]
        model(x)  # warms up
        start = time.perf_counter()
        weights = []
        channels = activation[:arguments.channels]
        for i in range(0, len(channels), BATCH):
            masks = F.interpolate(channels[i:i + BATCH, None], size=x.shape[2:], mode='bilinear', align_corners=False)
            low, high = masks.amin((2, 3), keepdim=True), masks.amax((2, 3), keepdim=True)
            weights.append(model(x * (masks - low) / (high - low)).softmax(1))
        (torch.cat(weights).T @ channels.flatten(1)).relu()
        print(time.perf_counter() - start)


if __name__ == '__main__':
    main()
