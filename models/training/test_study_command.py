"""study.py as a command, on drawn images and a real network. Skips where PyTorch, Node or the built command line is absent."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as tree
from pathlib import Path

try:
    import numpy as np
    import onnx
    import torch  # noqa: F401
except ImportError as error:
    raise unittest.SkipTest(f"not run: {error}")

HERE = Path(__file__).resolve().parent
CLI = HERE.parents[1] / "dist" / "cli.js"
if shutil.which("node") is None or not CLI.is_file():
    raise unittest.SkipTest(f"not run: needs Node and {CLI} (npm run build)")


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        images = np.random.RandomState(0).randint(0, 255, (80, 32, 32, 3)).astype(np.uint8)
        np.save(cls.folder / "images.npy", images)
        (cls.folder / "images.json").write_text(json.dumps([f"{c}/{i:02}.jpg" for c in ("Benign", "Early", "Pre", "Pro") for i in range(20)]))

    def command(self, out, *more):
        return [sys.executable, str(HERE / "study.py"), "--tensors", str(self.folder / "images.npy"), "--size", "32", "--from-scratch", "--threads", "1",
                "--device", "cpu", "--out", str(self.folder / out), *more]

    def run_it(self, out, *more):
        return subprocess.run(self.command(out, *more), capture_output=True, text=True)

    def test_interrupted_it_ends_cleanly_goes_on_and_writes_all(self):
        with subprocess.Popen(self.command("run", "--epochs", "10000", "--patience", "10000"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                if line.startswith("epoch 2"):
                    process.send_signal(signal.SIGINT)
                    break
            _, told = process.communicate()
        self.assertEqual((process.returncode, "Stopped" in told, "Traceback" in told), (130, True, False), told)
        done = self.run_it("run", "--epochs", "4", "--patience", "10000")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("goes on after epoch", done.stdout)
        out = self.folder / "run"
        summary = json.loads((out / "summary.json").read_text())
        metrics = json.loads((out / "metrics.json").read_text())
        self.assertEqual(summary["metrics"]["confusionMatrix"], metrics["confusionMatrix"])
        self.assertEqual([sum(row) for row in metrics["confusionMatrix"]], summary["images"]["test"])
        self.assertEqual(len((out / "history.csv").read_text().splitlines()), 1 + summary["epochs"])
        self.assertIn("Research use only", summary["researchUse"])
        for name in ("curves", "confusion", "roc"):
            self.assertTrue(tree.parse(out / f"{name}.svg").getroot().tag.endswith("svg"))
        onnx.checker.check_model(onnx.load(out / "model.onnx"))
        predicted = subprocess.run(["node", str(CLI), "inspect", str(out / "model.onnx")], capture_output=True, text=True)
        self.assertIn("logits: 4 classes", predicted.stdout)

        other = self.run_it("run", "--epochs", "4", "--rate", "0.5")
        self.assertEqual(other.returncode, 2)
        self.assertIn("rate 0.0001 there, 0.5 now", other.stderr)
        self.assertNotIn("Traceback", other.stderr)

    def test_a_file_of_weights_that_is_not_there_is_told(self):
        command = [word for word in self.command("bad") if word != "--from-scratch"]
        done = subprocess.run([*command, "--weights", "nowhere.npz"], capture_output=True, text=True)
        self.assertEqual((done.returncode, "nowhere.npz is no file" in done.stderr), (2, True), done.stderr)


if __name__ == "__main__":
    unittest.main()
