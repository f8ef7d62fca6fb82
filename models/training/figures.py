"""The figures of all runs in one JSON, from which model.json and the card are written."""

import json
from dataclasses import asdict

import numpy as np

from data import CLASSES
from fit import Config, finishing
from measure import calibration_error, confusion, fit_temperature, log_loss, summary


def collect(work, labels):
    """Reads what train.py left in `work` for the runs random, fifth1 to fifth5 and final."""
    names = ["random"] + [f"fifth{k}" for k in range(1, 6)]
    runs = {name: json.loads((work / f"{name}.json").read_text()) for name in [*names, "final"]}
    held = {name: np.load(work / f"{name}.npz") for name in names}
    fifths = names[1:]

    logits = np.concatenate([held[n]["logits"] for n in fifths])
    truth = np.concatenate([held[n]["labels"] for n in fifths])
    temperature = fit_temperature(logits, truth)
    accuracies = [runs[n]["test"]["accuracy"] for n in fifths]

    def calibration(y, t):
        return {key: dict(logLoss=log_loss(y, t, temp), ece=calibration_error(y, t, temp))
                for key, temp in (("asTrained", 1.0), ("withTemperature", temperature))}

    def domain(some):
        n = sum(runs[r]["test"]["n"] for r in some)
        out = dict(unseen=n, falseAlarms=sum(runs[r]["falseAlarms"] for r in some))
        if all("foreign" in runs[r] for r in some):
            out["foreignFlagged"] = [[runs[r]["foreign"]["flagged"], runs[r]["foreign"]["n"]] for r in some]
        return out

    tests = {title: dict(random=runs["random"]["counterTests"][title],
                         fifths=[runs[n]["counterTests"][title] for n in fifths]) for title in runs["random"]["counterTests"]}
    return dict(
        images=dict(n=len(labels), **{c: int((labels == k).sum()) for k, c in enumerate(CLASSES)}),
        recipe=asdict(Config()),
        finishing=asdict(finishing(Config())),
        random=runs["random"]["test"],
        fifths=dict(mean=float(np.mean(accuracies)), worst=float(min(accuracies)), accuracies=accuracies,
                    recalls=[runs[n]["test"]["recall"] for n in fifths],
                    matrices=[runs[n]["test"]["confusionMatrix"] for n in fifths],
                    pooled=summary(confusion(truth, logits))),
        calibration=dict(temperature=temperature, fifths=calibration(logits, truth),
                         random=calibration(held["random"]["logits"], held["random"]["labels"])),
        domain=dict(random=domain(["random"]), fifths=domain(fifths), final=runs["final"].get("foreign"),
                    threshold=runs["final"]["domainThreshold"]),
        counterTests=tests,
        final=dict(training=runs["final"]["training"], validation=runs["final"]["validation"], seed=runs["final"]["seed"],
                   epochs=len(runs["final"]["history"]), history=runs["final"]["history"]),
        epochs={n: len(runs[n]["history"]) for n in runs},
        minutes={n: runs[n]["minutes"] for n in runs},
    )
