"""The page of results: what it marks, what it says of the runs there are, and that the committed one is up to date."""

import json
import unittest
from copy import deepcopy

import results
from published import TABLE_5


def run_of(split="random", right=460, n=468, optimiser="adam", weights="abc", fold=None, epochs=2):
    """A summary with an accuracy of right / n and a made-up rest."""
    share = right / n
    interval = {"low": share - 0.02, "high": min(1, share + 0.01)}
    figures = {measure: share for measure in ("precision", "sensitivity", "specificity", "f1", "auc")}
    return dict(settings=dict(architecture="MobileNetV2", optimiser=optimiser, split=split, fold=fold, weights=weights, frozenBackbone=False, seed=0, rate=1e-4,
                              batch=32, patience=6, reduce=0.2, plateau=3, device="cpu", bfloat16=True),
                epochs=epochs, bestEpoch=1, images=dict(training=[1, 2, 3, 4], validation=[1, 1, 1, 1], test=[2, 2, 2, 2]),
                history=[dict(epoch=e + 1, loss=1.0, accuracy=0.5, validationLoss=0.9, validationAccuracy=0.6, rate=1e-4, seconds=61.0) for e in range(epochs)],
                metrics=dict(accuracy=share, macro=figures, perClass={c: figures for c in ("Benign", "Early", "Pre", "Pro")},
                             intervals={"accuracy": interval, "macro.auc": interval}))


class Difference(unittest.TestCase):
    def test_newcombes_example(self):
        # Newcombe 1998, table II: 56/70 - 48/80, method 10: 0.0524 to 0.3339. Wilson intervals of the two shares as given by their formula.
        def wilson(right, n, z=1.959964):
            p, half = right / n, z * ((right / n * (1 - right / n) + z * z / (4 * n)) / n) ** 0.5
            return {"low": (p + z * z / (2 * n) - half) / (1 + z * z / n), "high": (p + z * z / (2 * n) + half) / (1 + z * z / n)}

        runs = [dict(metrics=dict(accuracy=right / n, intervals=dict(accuracy=wilson(right, n)))) for right, n in ((56, 70), (48, 80))]
        for value, expected in zip(results.difference(*runs), (0.2, 0.0524, 0.3339)):
            self.assertAlmostEqual(value, expected, places=4)


class Page(unittest.TestCase):
    def test_only_what_cannot_be_is_marked(self):
        marked = [row[0] for row in results.printed_table() if "†" in row[3]]
        self.assertEqual(marked, ["EfficientNetB0"])
        self.assertIn("VGG16 with Adadelta: specificity 90 % at accuracy 91 %", results.bound_lines())
        self.assertEqual([row[0] for row in results.printed_table() if "‡" in row[6]], [n for n, f in TABLE_5.items() if f[4] == "100"])

    def test_gap_is_told_with_its_interval_and_no_further_than_it_goes(self):
        clear = results.gaps([run_of("random", 466), run_of("block", 430, fold=5)])
        self.assertIn("random minus block is 7.7 points; the interval leaves out zero: the random split flatters", clear)
        self.assertIn("these images do not settle it", results.gaps([run_of("random", 460), run_of("block", 458, fold=5)]))
        self.assertIn("the other way round", results.gaps([run_of("random", 430), run_of("block", 466, fold=5)]))
        self.assertEqual(results.gaps([run_of("random")]), "No network was trained on both splits yet.")

    def test_what_was_not_run_is_what_is_missing(self):
        told = results.not_run([run_of("random"), run_of("block", optimiser="sgd", fold=5), run_of("random", weights="random")])
        self.assertNotIn("all weights from ImageNet, Adam, random split", told)
        self.assertNotIn("from scratch, Adam, random split", told)
        self.assertNotIn("ImageNet, SGD, block split", told)
        for missing in ("all weights from ImageNet, Adam, block split", "all weights from ImageNet, SGD, random split", "from scratch, Adam, block split",
                        "All ten of the study's networks", "ours had 2."):
            self.assertIn(missing, told)

    def test_an_interval_that_could_not_be_estimated_is_told(self):
        run = deepcopy(run_of())
        run["metrics"]["intervals"]["macro.auc"] = {"low": None, "high": None}
        self.assertIn("no interval", results.our_table([run])[0][-1])

    def test_the_committed_page_is_that_of_the_committed_summaries(self):
        runs = [json.loads(path.read_text()) for path in sorted((results.HERE / "results").glob("*.json"))]
        self.assertEqual((results.HERE.parent / "RESULTS.md").read_text(), results.page(runs), "run `python3 models/training/results.py`")


if __name__ == "__main__":
    unittest.main()
