"""The study's training on a tiny network and drawn images. Skips where PyTorch is absent."""

import json
import math
import signal
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path
from types import SimpleNamespace

try:
    import numpy as np
    import onnx
    import torch
    from torch import nn
except ImportError as error:
    raise unittest.SkipTest(f"not run: {error}")

from data import labels_of
from export import to_onnx
from network import Network, add_normalisation, fold_normalisation
from optimisers import NAMES, optimiser
from study import split
from study_augment import StudyAugment
from study_export import write_model
from study_fit import Machine, Recipe, fit, load, logits_of, loss_and_accuracy, save
from study_networks import IMAGENET, SYMMETRIC, UNIT, begin, freeze_backbone, load_but_head

SETTINGS = dict(images="drawn", rate=1e-2)
RECIPE = Recipe(epochs=5, batch=8, rate=1e-2, plateau=1, patience=5, seed=3)


def tiny():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 6, 3, 2), nn.BatchNorm2d(6), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(6, 4))


def drawn():
    """40 images whose class is their brightness, and labels."""
    rng = np.random.RandomState(0)
    labels = np.arange(40) % 4
    return np.clip(rng.normal(40 + 50 * labels[:, None, None, None], 20, (40, 16, 16, 3)), 0, 255).astype(np.uint8), labels


def train_tiny(checkpoint, name="adam", recipe=RECIPE, log=lambda line: None, hook=None):
    """(network, history, best epoch) of a training on the drawn images; `hook(step)` is called after each step of the optimiser."""
    torch.set_num_threads(1)
    images, labels = drawn()
    network = tiny()

    def make(parameters):
        made = optimiser(name, parameters, recipe.rate)
        if hook:
            step, taken = made.step, iter(range(1, 1 << 30))
            made.step = lambda *given: (step(*given), hook(next(taken)))
        return made

    history, best = fit(network, UNIT, make, recipe, images, labels, np.arange(28), np.arange(28, 40), Machine(), checkpoint, SETTINGS, log)
    return network, history, best


def without_time(history):
    return [{key: value for key, value in epoch.items() if key != "seconds"} for epoch in history]


class Resume(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name, "checkpoint.pt")

    def assert_same(self, one, other):
        for name, value in one[0].state_dict().items():
            self.assertTrue(torch.equal(value, other[0].state_dict()[name]), name)
        self.assertEqual((without_time(one[1]), one[2]), (without_time(other[1]), other[2]))

    def test_killed_in_the_middle_of_an_epoch_it_ends_with_the_same_bits(self):
        whole = train_tiny(Path(self.folder.name, "whole.pt"))
        # 28 images in batches of 8 are 4 steps an epoch: step 10 lies in the third.
        code = (f"import os, signal, sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from pathlib import Path; from test_study import train_tiny; "
                f"train_tiny(Path({str(self.path)!r}), hook=lambda step: step == 10 and os.kill(os.getpid(), signal.SIGKILL))")
        self.assertEqual(subprocess.run([sys.executable, "-c", code]).returncode, -signal.SIGKILL)
        self.assertEqual(len(load(self.path, SETTINGS)["history"]), 2)
        self.assert_same(whole, train_tiny(self.path))

    def test_so_it_does_after_an_interrupt_with_every_optimiser(self):
        def interrupt(step):
            if step == 10:
                raise KeyboardInterrupt

        for name in NAMES:
            whole = train_tiny(Path(self.folder.name, f"{name}-whole.pt"), name)
            path = Path(self.folder.name, f"{name}.pt")
            with self.assertRaises(KeyboardInterrupt):
                train_tiny(path, name, hook=interrupt)
            self.assert_same(whole, train_tiny(path, name))

    def test_more_epochs_go_on_from_an_end(self):
        whole = train_tiny(Path(self.folder.name, "whole.pt"))
        train_tiny(self.path, recipe=Recipe(2, 8, 1e-2, 1, patience=5, seed=3))
        self.assert_same(whole, train_tiny(self.path))

    def test_other_settings_are_refused_and_told(self):
        train_tiny(self.path)
        with self.assertRaisesRegex(ValueError, r"rate 0.01 there, 0.5 now"):
            load(self.path, dict(SETTINGS, rate=0.5))

    def test_a_kill_while_saving_leaves_the_checkpoint_before(self):
        save(self.path, dict(settings=SETTINGS, n=1))
        self.path.with_suffix(".part").write_bytes(b"half of a file")
        self.assertEqual(load(self.path, SETTINGS)["n"], 1)


class Training(unittest.TestCase):
    def test_it_learns_keeps_the_best_epoch_and_reduces_the_rate(self):
        with tempfile.TemporaryDirectory() as folder:
            recipe = Recipe(40, 8, 3e-2, 2, patience=6, seed=1)
            network, history, best = train_tiny(Path(folder, "c.pt"), recipe=recipe)
        images, labels = drawn()
        rows = np.arange(28, 40)
        loss, accuracy = loss_and_accuracy(logits_of(network, UNIT, images, rows, Machine()), labels[rows])
        self.assertGreaterEqual(accuracy, 0.6)
        self.assertEqual(best, 1 + int(np.argmin([epoch["validationLoss"] for epoch in history])))
        self.assertAlmostEqual(loss, history[best - 1]["validationLoss"], places=5)
        # The rule, told again from the history: two epochs without a lower loss reduce the rate, six end it.
        rate, least, waited, since = 3e-2, math.inf, 0, 0
        for i, epoch in enumerate(history):
            self.assertAlmostEqual(epoch["rate"], rate)
            self.assertLess(since, 6)
            if epoch["validationLoss"] < least:
                least, waited, since = epoch["validationLoss"], 0, 0
            else:
                waited, since = waited + 1, since + 1
                if waited == 2:
                    rate, waited = rate * recipe.reduce, 0
        self.assertTrue(since == 6 or len(history) == 40)

    def test_a_frozen_backbone_stays_as_it_was(self):
        images, labels = drawn()
        network = tiny()
        freeze_backbone(network)
        before = {name: value.clone() for name, value in network.state_dict().items()}
        with tempfile.TemporaryDirectory() as folder:
            fit(network, UNIT, lambda p: optimiser("adam", p, 1e-2), Recipe(2, 8), images, labels, np.arange(28), np.arange(28, 40), Machine(),
                Path(folder, "c.pt"), SETTINGS, lambda line: None)
        changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
        self.assertEqual(changed, {"6.weight", "6.bias"})


class Optimisers(unittest.TestCase):
    """Each rule written out with Keras' constants, over 20 steps on a quadratic."""

    def course(self, name, rate, step, momentum=0.0):
        x = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        made, mine, state = optimiser(name, [x], rate, momentum), np.array([1.0, -2.0]), {}
        for t in range(1, 21):
            made.zero_grad()
            (x * x * torch.tensor([1.0, 3.0])).sum().backward()
            made.step()
            mine = mine - step(2 * mine * [1, 3], t, state)
        np.testing.assert_allclose(x.detach().numpy(), mine, rtol=1e-6)

    def test_sgd(self):
        self.course("sgd", 1e-2, lambda g, t, s: 1e-2 * g)

    def test_adam(self):
        def step(g, t, s):
            s["m"], s["v"] = 0.9 * s.get("m", 0) + 0.1 * g, 0.999 * s.get("v", 0) + 0.001 * g * g
            return 1e-2 * (s["m"] / (1 - 0.9 ** t)) / (np.sqrt(s["v"] / (1 - 0.999 ** t)) + 1e-7)
        self.course("adam", 1e-2, step)

    def test_rmsprop(self):
        def step(g, t, s):
            s["v"] = 0.9 * s.get("v", 0) + 0.1 * g * g
            return 1e-2 * g / (np.sqrt(s["v"]) + 1e-7)
        self.course("rmsprop", 1e-2, step)

    def test_adadelta(self):
        def step(g, t, s):
            s["v"] = 0.95 * s.get("v", 0) + 0.05 * g * g
            move = np.sqrt(s.get("d", 0) + 1e-7) / np.sqrt(s["v"] + 1e-7) * g
            s["d"] = 0.95 * s.get("d", 0) + 0.05 * move * move
            return 1e-2 * move
        self.course("adadelta", 1e-2, step)

    def test_a_momentum_that_would_be_ignored_is_refused(self):
        with self.assertRaisesRegex(ValueError, "no momentum"):
            optimiser("adam", [torch.zeros(1, requires_grad=True)], 1e-2, 0.9)


class Augmentation(unittest.TestCase):
    def test_every_draw_lies_within_the_study_and_repeats(self):
        # An image of coordinates shows the map that was drawn.
        line = (torch.arange(64) + 0.5) / 32 - 1
        x = torch.stack([line[None, :].expand(64, 64), line[:, None].expand(64, 64), torch.zeros(64, 64)]).expand(400, 3, 64, 64)
        y = StudyAugment(5)(x)
        self.assertTrue(torch.equal(y, StudyAugment(5)(x)))
        self.assertFalse(torch.equal(y, StudyAugment(6)(x)))
        self.assertLessEqual(float(y.abs().max()), 1)
        mid = y[:, :2, 31:33, 31:33].mean((2, 3))
        self.assertLessEqual(float(mid.abs().max()), 0.8 + 1e-2)
        self.assertGreater(float(mid.abs().max()), 0.7)
        # Where the middle 2 x 2 pixels lie inside, their differences are the linear part: turn by at most 40 degrees, scale 0.6 to 1.4.
        across = (y[:, :2, 31, 32] - y[:, :2, 31, 31]) * 32
        inside = mid.abs().amax(1) < 0.75
        length = across[inside].norm(dim=1)
        self.assertTrue(bool(((length > 0.59) & (length < 1.41)).all()))
        flipped = across[inside][:, 0] < 0
        self.assertTrue(0.3 < float(flipped.float().mean()) < 0.7)
        angle = torch.rad2deg(torch.atan2(across[inside][:, 1].abs(), across[inside][:, 0].abs()))
        self.assertLess(float(angle.max()), 40.5)
        self.assertGreater(float(angle.max()), 35)


class Splits(unittest.TestCase):
    labels = labels_of([f"{c}/{i:03}.jpg" for c in ("Benign", "Early", "Pre", "Pro") for i in range(50)])

    def test_three_parts_without_overlap_each_class_alike(self):
        for kind in ("random", "block"):
            parts = split(kind, self.labels, 4, 2)
            self.assertEqual(sorted(np.concatenate(parts)), list(range(200)))
            for part, count in zip(parts, (32, 8, 10)):
                self.assertEqual(np.bincount(self.labels[part]).tolist(), [count] * 4)

    def test_a_block_is_a_run_of_neighbours(self):
        for fold in range(1, 6):
            test = split("block", self.labels, 0, fold)[2]
            self.assertEqual(test.tolist(), [50 * c + 10 * (fold - 1) + i for c in range(4) for i in range(10)])


class Networks(unittest.TestCase):
    def test_folding_the_normalisation_changes_nothing(self):
        torch.manual_seed(1)
        network = add_normalisation(Network(4))
        network.train()
        x = torch.rand(4, 3, 64, 64) * 2 - 1
        for _ in range(3):
            network(x)
        network.eval()
        with torch.no_grad():
            before = network(x)
            fold_normalisation(network)
            after = network(x)
        self.assertGreater(float(before.std()), 1e-6)
        torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)
        self.assertEqual(set(network.state_dict()), set(Network(4).state_dict()))
        onnx.checker.check_model(to_onnx(network, 64, "folded"))

    def test_weights_of_another_network_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "other.pth")
            torch.save(nn.Sequential(nn.Conv2d(3, 6, 3), nn.Linear(6, 9)).state_dict(), path)
            with self.assertRaisesRegex(ValueError, "size mismatch"):
                load_but_head(tiny(), path)
            torch.save(dict(tiny().state_dict(), other=torch.zeros(1)), path)
            with self.assertRaisesRegex(ValueError, r"0 tensors are missing .*1 are not of it \(\['other'\]\)"):
                load_but_head(tiny(), path)
            path.write_bytes(b"no weights")
            with self.assertRaisesRegex(ValueError, "cannot be loaded"):
                load_but_head(tiny(), path)
            with self.assertRaisesRegex(ValueError, "npz"):
                begin("MobileNetV2", 4, path)

    def test_a_head_for_other_classes_is_replaced(self):
        with tempfile.TemporaryDirectory() as folder:
            state = {name: value + 1 for name, value in tiny().state_dict().items()}
            state["6.weight"], state["6.bias"] = torch.zeros(1000, 6), torch.zeros(1000)
            torch.save(state, Path(folder, "given.pth"))
            network = tiny()
            load_but_head(network, Path(folder, "given.pth"))
        self.assertTrue(torch.equal(network[0].weight, state["0.weight"]))
        self.assertEqual(network[6].weight.shape, (4, 6))

    def test_other_networks_come_from_the_package_and_are_scaled_as_their_weights_want(self):
        package = SimpleNamespace(NAMES=("Tiny",), build=lambda name, classes: tiny())
        with unittest.mock.patch.dict(sys.modules, architectures=package), tempfile.TemporaryDirectory() as folder:
            torch.save(tiny().state_dict(), Path(folder, "tiny.pth"))
            self.assertEqual(begin("Tiny", 4, None)[1], UNIT)
            self.assertEqual(begin("Tiny", 4, Path(folder, "tiny.pth"))[1], IMAGENET)
            with self.assertRaisesRegex(ValueError, "there are MobileNetV2, Tiny"):
                begin("Tinier", 4, None)

    def test_any_network_is_exported_with_its_manifest(self):
        figures = dict(settings=dict(architecture="Tiny", optimiser="adam", split="random", size=16), images=dict(training=[1, 2, 3, 4]), epochs=2, bestEpoch=1,
                       metrics=dict(accuracy=0.5, intervals=dict(accuracy=dict(low=0.4, high=0.6))))
        with tempfile.TemporaryDirectory() as folder:
            for network in (tiny(), Network(4)):
                write_model(Path(folder), network, SYMMETRIC, figures)
                graph = onnx.load(Path(folder, "model.onnx")).graph
                self.assertEqual(([v.name for v in graph.input], graph.output[0].name), (["image"], "logits"))
                self.assertEqual(json.loads(Path(folder, "model.json").read_text())["input"]["mean"], [0.5] * 3)


if __name__ == "__main__":
    unittest.main()
