"""Writes models/imagenet-mobilenetv2: the ImageNet MobileNetV2 without its head, whose features tell images apart that it never saw.

    python3 backbone.py --weights mobilenet_v2_1.0_224_imagenet_notop_f32.npz --out ../imagenet-mobilenetv2

Nothing is trained here: the published weights, batch normalisation folded into the convolutions in float64. They are stored in
float16 and cast to float32 in the graph, which a runtime folds when it loads the file: half the bytes, float32 arithmetic. The image
is normalised as ONNX files without a manifest are fed (ImageNet mean and standard deviation), and the graph's first two nodes turn
that into the x / 127.5 - 1 that the weights want; so the file needs no manifest, which would name classes that it does not have.

Input `image` float32 [n, 3, 224, 224]; output `features` float32 [n, 1280]: the last activation averaged over its positions. The
metadata entry `smearlens.features` says that the output holds features, not scores.

With --fixture the features of drawn inputs by an independent float32 network (convolutions, batch normalisation and ReLU6 as Keras has
them, nothing folded) are written for test/inference/features.test.ts.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch.nn import functional as F

from export import FEATURES, INPUT, OPSET, Graph, trunk
from network import BN_EPSILON, STAGES, Network, load_imagenet
from network import FEATURES as COUNT

SIZE = 224
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


class HalfGraph(Graph):
    """Weights in float16, cast in the graph; ReLU6 as the weights were trained with."""

    def weight(self, name, parameter):
        array = parameter.detach().contiguous().numpy()
        if array.size < 4096:  # biases and the like: exact, and hardly any bytes
            return super().weight(name, parameter)
        self.weights.append(numpy_helper.from_array(array.astype("float16"), f"{name}.half"))
        return self.node("Cast", [f"{name}.half"], name, to=TensorProto.FLOAT)

    def conv_relu(self, module, x, name, output=None):
        return self.node("Clip", [self.conv(module, x, name), "zero", "six"], output or f"{name}.relu6")


def to_onnx(network):
    g = HalfGraph()
    constant = lambda name, value: g.weights.append(numpy_helper.from_array(np.asarray(value, dtype="float32"), name))
    constant("zero", 0)
    constant("six", 6)
    constant("gain", (2 * STD).reshape(1, 3, 1, 1))
    constant("offset", (2 * MEAN - 1).reshape(1, 3, 1, 1))
    x = g.node("Add", [g.node("Mul", [INPUT, "gain"], "scaled"), "offset"], "centred")
    x, _ = trunk(g, network, x)
    g.nodes = [node for node in g.nodes if not node.output[0].endswith(".pooled")]  # they serve the default model's domain
    x = g.node("GlobalAveragePool", [x], "pooled")
    g.node("Flatten", [x], FEATURES, axis=1)
    graph = helper.make_graph(
        g.nodes, "imagenet-mobilenetv2",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, SIZE, SIZE])],
        [helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["n", COUNT])], g.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="smearlens-training")
    model.ir_version = 8
    helper.set_model_props(model, {"smearlens.features": FEATURES})
    onnx.checker.check_model(model, full_check=True)
    return model


def reference(arrays, x):
    """Features [n, 1280] of x / 127.5 - 1 [n, 3, h, w], layer by layer as Keras computes them."""
    a = {name: torch.from_numpy(value) for name, value in arrays.items()}

    def conv(x, kernel, stride=1, depthwise=False):
        weight = a[kernel].permute(2, 3, 0, 1) if depthwise else a[kernel].permute(3, 2, 0, 1)
        side = weight.shape[-1]
        x = F.pad(x, (0, 1, 0, 1)) if stride == 2 else F.pad(x, [side // 2] * 4)
        return F.conv2d(x, weight, stride=stride, groups=x.shape[1] if depthwise else 1)

    def bn(x, name):
        return F.batch_norm(x, a[f"{name}/moving_mean"], a[f"{name}/moving_variance"], a[f"{name}/gamma"], a[f"{name}/beta"], eps=BN_EPSILON)

    x = F.relu6(bn(conv(x, "Conv1/kernel", 2), "bn_Conv1"))
    i = 0
    for expansion, channels, count, first in STAGES:
        for k in range(count):
            prefix = "expanded_conv" if i == 0 else f"block_{i}"
            y = x if expansion == 1 else F.relu6(bn(conv(x, f"{prefix}_expand/kernel"), f"{prefix}_expand_BN"))
            y = F.relu6(bn(conv(y, f"{prefix}_depthwise/depthwise_kernel", first if k == 0 else 1, depthwise=True), f"{prefix}_depthwise_BN"))
            y = bn(conv(y, f"{prefix}_project/kernel"), f"{prefix}_project_BN")
            x = x + y if k > 0 else y
            i += 1
    return F.relu6(bn(conv(x, "Conv_1/kernel"), "Conv_1_bn")).mean((2, 3))


def drawn(k):
    """The k-th drawn image, uint8 [224, 224, 3]: waves of other directions and lengths in each channel."""
    y, x, c = np.meshgrid(np.arange(SIZE), np.arange(SIZE), np.arange(3), indexing="ij")
    return np.floor(127.5 + 120 * np.sin((x * (1 + k + c) + y * (3 - c)) * (0.03 + 0.02 * k))).astype("uint8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fixture", type=Path)
    options = parser.parse_args()
    network = load_imagenet(Network(1), options.weights).eval()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "model.onnx").write_bytes(to_onnx(network).SerializeToString())
    if options.fixture:
        images = np.stack([drawn(k) for k in range(3)])
        x = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.no_grad():
            features = reference(dict(np.load(options.weights)), x).numpy()
        options.fixture.write_text(json.dumps(dict(features=[[round(float(v), 5) for v in row] for row in features])) + "\n")


if __name__ == "__main__":
    main()
