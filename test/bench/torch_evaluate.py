#!/usr/bin/python3
"""How fast a plain PyTorch loop evaluates a folder on the CPU: one JSON line.

The loop is the usual one: torchvision's ImageFolder and MobileNetV2, a DataLoader with one worker a core, resize to 224 pixels, batches of 32,
torch.no_grad(). With `--workers 0 --batch 8` it is about as fast as it gets on two cores, where glibc is told to keep freed memory (the bench does).
Opening the model and starting the workers is not counted.
"""
import argparse
import json
import time

import torch
from torch.utils.data import DataLoader
from torchvision import datasets, models, transforms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder')
    parser.add_argument('--cores', type=int, default=2)
    parser.add_argument('--workers', type=int)
    parser.add_argument('--batch', type=int, default=32)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.cores)
    transform = transforms.Compose([transforms.Resize((224, 224)), transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)])
    data = datasets.ImageFolder(arguments.folder, transform)
    model = models.mobilenet_v2(num_classes=len(data.classes)).eval()
    loader = DataLoader(data, batch_size=arguments.batch, num_workers=arguments.cores if arguments.workers is None else arguments.workers)
    with torch.no_grad():
        model(torch.zeros(arguments.batch, 3, 224, 224))
        batches = iter(loader)
        start = time.perf_counter()
        right = sum(int((model(images).argmax(1) == labels).sum()) for images, labels in batches)
        seconds = time.perf_counter() - start
    print(json.dumps({'images': len(data), 'seconds': seconds, 'right': right, 'torch': torch.__version__}))


if __name__ == '__main__':
    main()
