"""What a training of the study leaves: history, predictions, the product's own figures of them, pictures, model and summary."""

import csv
import json
import shutil
import subprocess

import numpy as np

import svg
from data import CLASSES
from study_export import write_model

RESEARCH_USE = "Research use only. Not for diagnosis."
# What of metrics.json goes into summary.json: all but the curves and the bins of the calibration.
SUMMARISED = ("n", "accuracy", "balancedAccuracy", "kappa", "mcc", "macro", "weighted", "perClass", "confusionMatrix", "intervals")


def write_report(out, cli, network, scaling, settings, history, best, parts, paths, labels, logits):
    """Writes all into the folder `out`. `parts`: {training, validation, test: indices}; `paths` and `logits` [n, classes] belong to the
    test part; `labels` to all images."""
    write_history(out, history)
    write_predictions(out / "predictions.csv", paths, labels[parts["test"]], logits)
    metrics = measure(cli, out)
    write_pictures(out, history, metrics)
    summary = dict(researchUse=RESEARCH_USE, settings=settings, epochs=len(history), bestEpoch=best,
                   images={part: [int((labels[rows] == c).sum()) for c in range(len(CLASSES))] for part, rows in parts.items()},
                   classes=CLASSES, history=history, seconds=round(sum(epoch["seconds"] for epoch in history), 1),
                   metrics={key: metrics[key] for key in SUMMARISED})
    (out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    write_model(out, network, scaling, summary)
    print(f"test: accuracy {metrics['accuracy']:.4f}, macro AUC {metrics['macro']['auc']:.4f}; wrote {out}. {RESEARCH_USE}", flush=True)


def write_history(out, history):
    (out / "history.json").write_text(json.dumps(history, indent=1) + "\n")
    with open(out / "history.csv", "w", newline="") as file:
        table = csv.DictWriter(file, list(history[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(history)


def probabilities(logits):
    """Softmax in float64, rows of [n, classes]."""
    z = logits.astype(np.float64)
    z = np.exp(z - z.max(1, keepdims=True))
    return z / z.sum(1, keepdims=True)


def write_predictions(path, paths, labels, logits):
    """The table that `smearlens metrics` reads."""
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["path", "label", "predicted", *(f"p:{c}" for c in CLASSES)])
        for name, label, p in zip(paths, labels, probabilities(logits)):
            table.writerow([name, CLASSES[label], CLASSES[int(p.argmax())], *(repr(float(v)) for v in p)])


def measure(cli, out):
    """metrics.json by the product, which computes every figure that is reported."""
    if shutil.which("node") is None or not cli.is_file():
        raise ValueError(f"{cli}: the command line that computes the figures is not there, or Node is not. Run `npm run build`, and this command "
                         "again: the training itself is kept.")
    done = subprocess.run(["node", str(cli), "metrics", str(out / "predictions.csv"), "--out", str(out / "metrics.json")],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise ValueError(f"{out / 'predictions.csv'}: no figures came of it: {done.stderr.strip()}")
    return json.loads((out / "metrics.json").read_text())


def write_pictures(out, history, metrics):
    epochs = [epoch["epoch"] for epoch in history]
    both = (epochs[0], max(epochs[-1], epochs[0] + 1))

    def column(key):
        return [epoch[key] for epoch in history]

    highest = max(column("loss") + column("validationLoss"))
    (out / "curves.svg").write_text(svg.page(
        [svg.panel("Accuracy", "epoch", "accuracy", [("training", epochs, column("accuracy")), ("validation", epochs, column("validationAccuracy"))], both, (0, 1)),
         svg.panel("Loss", "epoch", "cross-entropy (nats)", [("training", epochs, column("loss")), ("validation", epochs, column("validationLoss"))],
                   both, (0, highest), key="top")], RESEARCH_USE))
    width, height = svg.confusion_size(CLASSES)
    (out / "confusion.svg").write_text(svg.page([svg.confusion(metrics["confusionMatrix"], CLASSES)], RESEARCH_USE, width, height))
    (out / "roc.svg").write_text(svg.page(
        [svg.panel("ROC, one class against the rest", "1 - specificity", "sensitivity",
                   [(f"{c}, AUC {metrics['perClass'][c]['auc']:.4f}", metrics["roc"][c]["fpr"], metrics["roc"][c]["tpr"]) for c in CLASSES],
                   (0, 1), (0, 1), diagonal=True)], RESEARCH_USE))
