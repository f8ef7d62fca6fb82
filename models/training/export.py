"""The trained network as a plain ONNX file.

The graph is written node by node, so that it holds nothing but Conv, Relu, Add, GlobalAveragePool, Concat, Flatten and Gemm, with
names a reader can follow, and TensorFlow's asymmetric 'same' padding as the Conv nodes' own `pads`.

Input `image` float32 [n, 3, size, size]. Outputs: `logits` float32 [n, classes], no softmax; `features` float32 [n, 160], from
which domain.py tells whether an image is like the training images. The last activation, which explanations are drawn from, is the
tensor `activation` [n, 1280, size/32, size/32].
"""

import base64
import hashlib
import json

import onnx
from onnx import TensorProto, helper, numpy_helper

from data import CLASSES
from domain import GROUPS, QUANTILE
from network import MIDDLE

OPSET = 17
INPUT, OUTPUT, ACTIVATION, FEATURES = "image", "logits", "activation", "features"


class Graph:
    """Collects nodes and weights."""

    def __init__(self):
        self.nodes, self.weights = [], []

    def weight(self, name, parameter):
        array = parameter.detach().contiguous().numpy().astype("float32")
        self.weights.append(numpy_helper.from_array(array.copy(order="C"), name))
        return name

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=f"/{output}", **attributes))
        return output

    def conv(self, module, x, name):
        kernel, stride = module.kernel_size[0], module.stride[0]
        pads = [0, 0, 1, 1] if stride == 2 else [kernel // 2] * 4  # top, left, bottom, right
        inputs = [x, self.weight(f"{name}.weight", module.weight), self.weight(f"{name}.bias", module.bias)]
        return self.node("Conv", inputs, name, kernel_shape=[kernel, kernel], strides=[stride, stride],
                         pads=pads, dilations=[1, 1], group=module.groups)

    def conv_relu(self, module, x, name, output=None):
        return self.node("Relu", [self.conv(module, x, name)], output or f"{name}.relu")


def trunk(g, network, x):
    """Adds all but the head of a network.Network: the last activation, and the pooled outputs of `MIDDLE`'s blocks."""
    x = g.conv_relu(network.stem, x, "stem")
    middle = []
    for i, block in enumerate(network.blocks):
        y = x if block.expand is None else g.conv_relu(block.expand, x, f"block{i}.expand")
        y = g.conv_relu(block.depthwise, y, f"block{i}.depthwise")
        y = g.conv(block.project, y, f"block{i}.project")
        x = g.node("Add", [x, y], f"block{i}.add") if block.residual else y
        if i in MIDDLE:
            middle.append(g.node("GlobalAveragePool", [x], f"block{i}.pooled"))
    return g.conv_relu(network.last, x, "last", ACTIVATION), middle


def to_onnx(network, size, name):
    """The ONNX model of a network.Network."""
    g = Graph()
    x, middle = trunk(g, network, INPUT)
    g.node("Flatten", [g.node("Concat", middle, "middle", axis=1)], FEATURES, axis=1)
    x = g.node("GlobalAveragePool", [x], "pooled")
    x = g.node("Flatten", [x], "flat", axis=1)
    g.node("Gemm", [x, g.weight("head.weight", network.head.weight), g.weight("head.bias", network.head.bias)], OUTPUT, transB=1)
    classes = network.head.out_features
    graph = helper.make_graph(
        g.nodes, name,
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, size, size])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", classes]),
         helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["n", sum(GROUPS)])],
        g.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="smearlens-training")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model


DESCRIPTIONS = {
    "Benign": ("Benign (hematogones)", "benign", "Hematogones: benign B-cell precursors that can be mistaken for lymphoblasts. "
               "Not 'normal' or 'healthy'."),
    "Early": ("Early Pre-B", "malignant", "ALL fields labelled early pre-B. A subtype, no degree of severity."),
    "Pre": ("Pre-B", "malignant", "ALL fields labelled pre-B. A subtype, no degree of severity."),
    "Pro": ("Pro-B", "malignant", "ALL fields labelled pro-B. A subtype, no degree of severity."),
}
ARCHITECTURE = "MobileNetV2 1.0, batch normalisation folded in, ReLU"


def array_json(array):
    """A float32 array as JSON: shape and little-endian bytes in base64, row by row."""
    return dict(dtype="float32", shape=list(array.shape), base64=base64.b64encode(array.astype("<f4").tobytes()).decode())


def class_entries():
    """The classes as model.json lists them, in the order of the logits."""
    return [dict(id=c, name=DESCRIPTIONS[c][0], description=DESCRIPTIONS[c][2], superclass=DESCRIPTIONS[c][1]) for c in CLASSES]


def manifest(identifier, size, sha256, domain, figures):
    """The contents of model.json."""
    fifths, random = figures["fifths"], figures["random"]
    unseen = figures["domain"]["fifths"]
    return dict(
        schemaVersion=1, id=identifier, name="ALL smear fields, MobileNetV2", architecture=ARCHITECTURE, file="model.onnx",
        sha256=sha256, classes=class_entries(),
        input=dict(tensorName=INPUT, width=size, height=size, layout="NCHW", colour="RGB", resize="stretch",
                   interpolation="bilinear", antialias=True, scale=1 / 255, mean=[0.5, 0.5, 0.5], std=[0.5, 0.5, 0.5]),
        output=dict(name=OUTPUT, kind="logits", activation="softmax"),
        explain=dict(layer="auto"),
        calibration=dict(temperature=figures["calibration"]["temperature"],
                         fittedOn="logits of the five contiguous fifths, each held out from the model that judged it"),
        domain=dict(features=FEATURES, method="grouped-l2-mahalanobis", groups=GROUPS, mean=array_json(domain["mean"]),
                    whitening=array_json(domain["whitening"]), threshold=float(domain["threshold"]),
                    fittedOn=f"{figures['images']['n']} training images; threshold: quantile {QUANTILE} of scores whose statistics "
                             "leave out the run of neighbouring files an image belongs to",
                    falseAlarmRate=unseen["falseAlarms"] / unseen["unseen"]),
        training=dict(
            data="Acute Lymphoblastic Leukemia image dataset, Aria et al. 2021, doi 10.1002/int.22753",
            images=figures["images"], initialWeights="Keras MobileNetV2 1.0 224 ImageNet, Apache-2.0",
            recipe="models/training", card="MODEL_CARD.md",
            randomSplitAccuracy=random["accuracy"], contiguousFifthsAccuracy=fifths["mean"], worstFifthAccuracy=fifths["worst"],
            worstClassRecall={fifths["pooled"]["worstClass"]: fifths["pooled"]["worstRecall"]},
            intendedUse="Research use only. Not a diagnostic device."),
    )


def write_model(folder, network, domain, figures):
    """Writes model.onnx and model.json into `folder`, whose name becomes the model's id."""
    size = figures["recipe"]["size"]
    data = to_onnx(network, size, folder.name).SerializeToString()
    (folder / "model.onnx").write_bytes(data)
    contents = manifest(folder.name, size, hashlib.sha256(data).hexdigest(), domain, figures)
    (folder / "model.json").write_text(json.dumps(contents, indent=2) + "\n")
