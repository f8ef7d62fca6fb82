"""The networks are those that are published: parameters, and what Keras counts besides them.

    python3 -m unittest discover -s models/training -p 'test_*.py'
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
try:
    import torch
    from torch import nn
except ImportError:
    torch = None


@unittest.skipUnless(torch, "PyTorch is not here (Debian: python3-torch python3-torchvision)")
class Architectures(unittest.TestCase):
    def test_have_the_published_parameters_with_1000_classes(self):
        from architectures import NAMES, SPECS, build
        for name in NAMES:
            with self.subTest(name):
                network = build(name)
                self.assertEqual(sum(p.numel() for p in network.parameters()), SPECS[name].parameters)
                # Keras counts the moving mean and variance, too; its ResNets have biases before each normalisation, and its
                # EfficientNetB0 normalises the image by a mean and a variance a channel and a count.
                keras = SPECS[name].parameters + sum(b.numel() for key, b in network.named_buffers() if "running" in key)
                if name.startswith("ResNet"):
                    keras += sum(m.out_channels for m in network.modules() if isinstance(m, nn.Conv2d))
                if name == "EfficientNetB0":
                    keras += 3 + 3 + 1
                self.assertEqual(keras, SPECS[name].keras)

    def test_agree_with_the_figures_that_the_study_prints_but_for_nasnetmobile(self):
        from architectures import NAMES, SPECS
        far = [name for name in NAMES if abs(SPECS[name].keras / 1e6 - SPECS[name].printed) > 0.051 * SPECS[name].printed]
        self.assertEqual(len(NAMES), 10)
        self.assertEqual(far, ["NASNetMobile"])  # printed as 23 million; published as 5.3

    def test_answer_with_four_logits_at_any_width(self):
        from architectures import NAMES, SPECS, build
        for name in NAMES:
            with self.subTest(name), torch.no_grad():
                size = SPECS[name].size
                self.assertEqual(build(name, 4, 1 / 16).eval()(torch.zeros(1, 3, size, size)).shape, (1, 4))

    def test_say_so_of_a_name_that_is_none(self):
        from architectures import build
        with self.assertRaisesRegex(ValueError, "there is no network 'VGG17'"):
            build("VGG17")


if __name__ == "__main__":
    unittest.main()
