#!/usr/bin/python3
"""Networks of other architectures for `npm run bench -- score-cam`: trained briefly from random weights on a folder of smears.

    test/bench/torch_small_networks.py SMEARS OUT [--networks resnet18 ...]

SMEARS holds one folder a class. The last fifth of each, in the order of the file names, is held out: OUT/held-out links to it. Crops
of 96 pixels train; the ONNX files take whole images of 224. They serve to measure agreement of maps, and are no classifiers to rely on.
"""
import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torchvision
from PIL import Image

CROP, SIZE, BATCH = 96, 224, 32
EPOCHS = {'resnet18': 4, 'mobilenet_v3_small': 10, 'squeezenet1_1': 8, 'efficientnet_b0': 5}
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def load(files):
    return torch.stack([torch.from_numpy(np.asarray(Image.open(f).convert('RGB').resize((SIZE, SIZE)))).permute(2, 0, 1) for f in files])


def normalise(pixels):
    return (pixels.float() / 255 - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def crops(pixels, generator):
    """One random crop of each image, mirrored at random."""
    out = []
    for image in pixels:
        y, x, flip = torch.randint(0, SIZE - CROP, (3,), generator=generator).tolist()
        crop = image[:, y:y + CROP, x:x + CROP]
        out.append(crop.flip(2) if flip % 2 else crop)
    return normalise(torch.stack(out))


def train(model, pixels, labels, epochs):
    generator = torch.Generator().manual_seed(0)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3 if any(isinstance(m, torch.nn.BatchNorm2d) for m in model.modules()) else 3e-4)
    steps = epochs * (len(pixels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=optimiser.param_groups[0]['lr'] * 2, total_steps=steps)
    model.train()
    for epoch in range(epochs):
        losses = []
        for part in torch.randperm(len(pixels), generator=generator).split(BATCH)[:len(pixels) // BATCH]:
            loss = torch.nn.functional.cross_entropy(model(crops(pixels[part], generator)), labels[part])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        print(f'  epoch {epoch + 1}: loss {np.mean(losses):.3f}', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('smears', type=Path)
    parser.add_argument('out', type=Path)
    parser.add_argument('--networks', nargs='+', default=list(EPOCHS), choices=list(EPOCHS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    classes = sorted(d.name for d in arguments.smears.iterdir() if d.is_dir())
    training, held_out = [], []
    for label, name in enumerate(classes):
        files = sorted((arguments.smears / name).iterdir())
        cut = len(files) * 4 // 5
        training += [(f, label) for f in files[:cut]]
        held_out += [(f, label) for f in files[cut:]]
    for file, label in held_out:
        link = arguments.out / 'held-out' / classes[label] / file.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(file.resolve())
    pixels, labels = load([f for f, _ in training]), torch.tensor([label for _, label in training])
    test, truth = load([f for f, _ in held_out]), torch.tensor([label for _, label in held_out])
    for name in arguments.networks:
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None, num_classes=len(classes))
        print(name, flush=True)
        train(model, pixels, labels, EPOCHS[name])
        model.eval()
        with torch.no_grad():
            right = sum((model(normalise(p)).argmax(1) == t).sum().item() for p, t in zip(test.split(BATCH), truth.split(BATCH)))
        print(f'  held out: {right} of {len(truth)} right', flush=True)
        folder = arguments.out / name
        folder.mkdir(parents=True, exist_ok=True)
        torch.onnx.export(model, torch.zeros(1, 3, SIZE, SIZE), folder / 'model.onnx', input_names=['image'], output_names=['logits'], opset_version=13)
        manifest = {
            'schemaVersion': 1, 'id': f'bench-{name}', 'name': f'{name}, trained briefly for a measurement', 'file': 'model.onnx',
            'classes': [{'id': c, 'name': c} for c in classes],
            'input': {'width': SIZE, 'height': SIZE, 'mean': MEAN, 'std': STD}, 'output': {'kind': 'logits'},
        }
        (folder / 'model.json').write_text(json.dumps(manifest, indent=2))


if __name__ == '__main__':
    main()
