"""The trained network as a plain ONNX file.

The graph is written node by node, so that it holds nothing but Conv, Relu, Add, GlobalAveragePool, Flatten and Gemm, with
names a reader can follow, and TensorFlow's asymmetric 'same' padding as the Conv nodes' own `pads`.

Input `image` float32 [n, 3, size, size]; output `logits` float32 [n, classes], no softmax. The last activation is the tensor
`activation` [n, 1280, size/32, size/32], its mean over the positions `features` [n, 1280].
"""

import onnx
from onnx import TensorProto, helper, numpy_helper

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


def to_onnx(network, size, name):
    """The ONNX model of a network.Network."""
    g = Graph()
    x = g.conv_relu(network.stem, INPUT, "stem")
    for i, block in enumerate(network.blocks):
        y = x if block.expand is None else g.conv_relu(block.expand, x, f"block{i}.expand")
        y = g.conv_relu(block.depthwise, y, f"block{i}.depthwise")
        y = g.conv(block.project, y, f"block{i}.project")
        x = g.node("Add", [x, y], f"block{i}.add") if block.residual else y
    x = g.conv_relu(network.last, x, "last", ACTIVATION)
    x = g.node("GlobalAveragePool", [x], "pooled")
    x = g.node("Flatten", [x], FEATURES, axis=1)
    g.node("Gemm", [x, g.weight("head.weight", network.head.weight), g.weight("head.bias", network.head.bias)], OUTPUT, transB=1)
    classes = network.head.out_features
    graph = helper.make_graph(
        g.nodes, name,
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, size, size])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", classes])],
        g.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="smearlens-training")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model
