"""The study's ten networks as PyTorch modules: float32 [n, 3, size, size] -> logits [n, classes].

torchvision's where it has them, so that its weights fit; Xception and NASNetMobile are written from their papers, and EfficientNetV2B0
is a configuration of torchvision's EfficientNet. Strided layers pad alike on both sides, as PyTorch networks do; Keras pads more at
the lower right, so that Keras' weights would see the image shifted by half a step.
"""

from dataclasses import dataclass

from . import nasnet, xception
from .scaled import densenet, efficientnet_b0, efficientnet_v2_b0, resnet, vgg


@dataclass(frozen=True)
class Spec:
    """What is published of a network with 1000 classes."""
    id: str              # of files and manifests
    size: int            # pixels, width and height in the study
    parameters: int      # trainable ones of this implementation
    keras: int           # all that Keras counts
    printed: float       # millions, in the study's table 2
    paper: str
    make: object         # (classes, width) -> module


SPECS = {
    "VGG16": Spec("vgg16", 224, 138_357_544, 138_357_544, 138, "Simonyan and Zisserman 2014, arXiv:1409.1556", vgg(16)),
    "VGG19": Spec("vgg19", 224, 143_667_240, 143_667_240, 143.7, "Simonyan and Zisserman 2014, arXiv:1409.1556", vgg(19)),
    "ResNet50": Spec("resnet50", 224, 25_557_032, 25_636_712, 25, "He et al. 2015, arXiv:1512.03385", resnet(50)),
    "ResNet152": Spec("resnet152", 224, 60_192_808, 60_419_944, 60, "He et al. 2015, arXiv:1512.03385", resnet(152)),
    "DenseNet121": Spec("densenet121", 224, 7_978_856, 8_062_504, 8, "Huang et al. 2016, arXiv:1608.06993", densenet(121)),
    "DenseNet169": Spec("densenet169", 224, 14_149_480, 14_307_880, 14, "Huang et al. 2016, arXiv:1608.06993", densenet(169)),
    "EfficientNetB0": Spec("efficientnet-b0", 224, 5_288_548, 5_330_571, 5.3, "Tan and Le 2019, arXiv:1905.11946", efficientnet_b0),
    "EfficientNetV2B0": Spec("efficientnet-v2-b0", 224, 7_139_704, 7_200_312, 7.1, "Tan and Le 2021, arXiv:2104.00298", efficientnet_v2_b0),
    "Xception": Spec("xception", 299, 22_855_952, 22_910_480, 22.9, "Chollet 2016, arXiv:1610.02357", xception.Xception),
    "NASNetMobile": Spec("nasnet-mobile", 224, 5_289_978, 5_326_716, 23, "Zoph et al. 2017, arXiv:1707.07012 (NASNet-A, 4 @ 1056)", nasnet.NASNetMobile),
}
NAMES = tuple(SPECS)


def build(name, classes=1000, width=1.0):
    """The network `name` of NAMES with random weights; `width` times its channels (fixtures: 1/16). ValueError for another name."""
    if name not in SPECS:
        raise ValueError(f"there is no network '{name}'; there are {', '.join(NAMES)}.")
    return SPECS[name].make(classes, width)
