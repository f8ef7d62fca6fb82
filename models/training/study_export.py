"""The trained network as model.onnx with its manifest, logits out, so that it opens in the product and in any runtime."""

import hashlib
import io
import json

import torch

from data import CLASSES
from export import OPSET, class_entries, to_onnx
from network import Network, fold_normalisation

INPUT, OUTPUT = "image", "logits"


def onnx_bytes(network, size, name):
    """MobileNetV2 node by node, as export.py does; any other as PyTorch traces it, with any number of images."""
    network.eval()
    if isinstance(network, Network):
        return to_onnx(fold_normalisation(network), size, name).SerializeToString()
    buffer = io.BytesIO()
    torch.onnx.export(network.float().to(memory_format=torch.contiguous_format), torch.zeros(1, 3, size, size), buffer, opset_version=OPSET, input_names=[INPUT],
                      output_names=[OUTPUT], dynamic_axes={INPUT: {0: "n"}, OUTPUT: {0: "n"}}, do_constant_folding=True)
    return buffer.getvalue()


def write_files(folder, network, scaling, size, classes, **about):
    """Writes model.onnx and model.json into `folder`, whose name becomes the model's id. `classes`: entries of the manifest, in the order of the
    logits; `about`: its name, architecture and training record."""
    folder.mkdir(parents=True, exist_ok=True)
    data = onnx_bytes(network, size, folder.name)
    (folder / "model.onnx").write_bytes(data)
    contents = dict(
        schemaVersion=1, id=folder.name, name=about["name"], architecture=about["architecture"], file="model.onnx", sha256=hashlib.sha256(data).hexdigest(), classes=classes,
        input=dict(tensorName=INPUT, width=size, height=size, layout="NCHW", colour="RGB", resize="stretch", interpolation="bilinear", antialias=True,
                   scale=1 / 255, mean=list(scaling.mean), std=list(scaling.std)),
        output=dict(name=OUTPUT, kind="logits", activation="softmax"),
        explain=dict(layer="auto"),
        training=about["training"])
    (folder / "model.json").write_text(json.dumps(contents, indent=2) + "\n")


def write_model(folder, network, scaling, summary):
    """The network of a training of the study. `summary`: what summary.json holds."""
    settings, metrics = summary["settings"], summary["metrics"]
    images, interval = summary["images"], metrics["intervals"]["accuracy"]
    write_files(
        folder, network, scaling, settings["size"], class_entries(),
        name=f"ALL smear fields, {settings['architecture']}, {settings['optimiser']}, {settings['split']} split", architecture=settings["architecture"],
        training=dict(recipe="models/training/study.py", settings=settings, epochs=summary["epochs"], bestEpoch=summary["bestEpoch"],
                      images={part: dict(zip(CLASSES, counts)) for part, counts in images.items()}, testAccuracy=metrics["accuracy"],
                      testAccuracyInterval=[interval["low"], interval["high"]],
                      intendedUse="Research use only. Not a diagnostic device."))
