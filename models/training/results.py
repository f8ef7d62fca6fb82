"""models/RESULTS.md from the summaries of study.py's runs: ours beside the study's, both splits, and what was not run.

    python3 models/training/results.py RUN [RUN ...]     takes over RUN/summary.json of each as results/RUN.json, then writes the page
    python3 models/training/results.py                   writes the page from what lies in results/

Every figure of ours comes from a summary, whose figures are those of `smearlens metrics`; every figure of the study's from published.py;
every bound from possible.py. No PyTorch is needed.
"""

import argparse
import json
import sys
from math import sqrt
from pathlib import Path

import possible
from published import OPTIMISERS, OTHER_PAIRS, SUPPORTS, TABLE_5, TABLE_6, TABLES_3_4

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parent / "all-mobilenetv2" / "figures.json"
NAMES = {"adadelta": "Adadelta", "sgd": "SGD", "rmsprop": "RMSprop", "adam": "Adam"}
STARTS = ("ImageNet", "frozen", "scratch")
TOLD = {"ImageNet": "all weights from ImageNet", "frozen": "ImageNet, backbone frozen", "scratch": "from scratch"}
MEASURES = ("precision", "sensitivity", "specificity", "f1")


def start_of(run):
    settings = run["settings"]
    return "scratch" if settings["weights"] == "random" else "frozen" if settings["frozenBackbone"] else "ImageNet"


def key_of(run):
    settings = run["settings"]
    return settings["architecture"], start_of(run), settings["optimiser"], settings["split"]


def order_of(run):
    architecture, start, optimiser, split = key_of(run)
    return architecture, STARTS.index(start), -OPTIMISERS.index(optimiser), split != "random", run["settings"]["fold"] or 0, run["settings"]["seed"], run["settings"]["rate"]


def percent(value, digits=1):
    return f"{100 * value:.{digits}f}"


def with_interval(run):
    """Accuracy in per cent with its 95 % interval."""
    interval = run["metrics"]["intervals"]["accuracy"]
    return f"{percent(run['metrics']['accuracy'])} [{percent(interval['low'])}, {percent(interval['high'])}]"


def difference(first, second):
    """(difference, low, high) of two accuracies over different images: Newcombe 1998, method 10, from their Wilson intervals."""
    (a, la, ua), (b, lb, ub) = ((run["metrics"]["accuracy"], run["metrics"]["intervals"]["accuracy"]["low"], run["metrics"]["intervals"]["accuracy"]["high"])
                                for run in (first, second))
    return a - b, a - b - sqrt((a - la) ** 2 + (ub - b) ** 2), a - b + sqrt((ua - a) ** 2 + (b - lb) ** 2)


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *("| " + " | ".join(row) + " |" for row in rows)])


def split_name(run):
    return "random" if run["settings"]["split"] == "random" else f"block {run['settings']['fold']} of 5"


def title(run):
    architecture, start, optimiser, _ = key_of(run)
    return f"{architecture}, {TOLD[start]}, {NAMES[optimiser]}" + (f" at {run['settings']['rate']:g}" if run["settings"]["rate"] != 1e-4 else "")


def impossible(accuracy, spec):
    """True where a printed specificity is neither macro, weighted nor micro mean of any confusion matrix of that printed accuracy."""
    return not any(possible.possible(possible.specificity, SUPPORTS, possible.printed(accuracy), possible.printed(spec), average)
                   for average in ("macro", "weighted", "micro"))


def printed_table():
    rows = []
    for network, figures in TABLE_5.items():
        mark = " **†**" if impossible(figures[4], figures[2]) else ""
        auc = figures[5] + (" ‡" if figures[4] == "100" else "")
        rows.append([network, *figures[:2], figures[2] + mark, *figures[3:5], auc])
    return rows


def our_table(runs):
    rows = []
    for run in runs:
        macro, area = run["metrics"]["macro"], run["metrics"]["intervals"]["macro.auc"]
        ends = "no interval: the same in every resample" if area["low"] is None else f"{area['low']:.4f}, {area['high']:.4f}"
        rows.append([title(run), split_name(run), *(percent(macro[m]) for m in MEASURES), with_interval(run),
                     f"{macro['auc']:.4f} [{ends}]"])
    return rows


def optimiser_table(runs):
    rows = [[f"{network} (printed)", "random", *figures] for network, figures in TABLE_6.items()]
    groups = {}
    for run in runs:
        architecture, start, optimiser, split = key_of(run)
        if start == "ImageNet" and run["settings"]["rate"] == 1e-4:
            groups.setdefault((architecture, split_name(run)), {})[optimiser] = run
    for (architecture, split), some in groups.items():
        rows.append([f"**{architecture} (ours)**", split, *(with_interval(some[o]) if o in some else "not run" for o in OPTIMISERS)])
    return rows


def gaps(runs):
    """Text on the gap between the splits, for every run there is on both."""
    lines, rows = [], []
    randoms = {(key_of(run)[:3], run["settings"]["rate"]): run for run in runs if run["settings"]["split"] == "random"}
    for run in runs:
        other = randoms.get((key_of(run)[:3], run["settings"]["rate"]))
        if run["settings"]["split"] == "random" or other is None:
            continue
        gap, low, high = difference(other, run)
        recall = min((figures["sensitivity"], name) for name, figures in run["metrics"]["perClass"].items())
        rows.append([title(run), with_interval(other), f"{with_interval(run)} ({split_name(run)})", f"{percent(gap)} [{percent(low)}, {percent(high)}]",
                     f"{recall[1]} {percent(recall[0])}"])
        verdict = ("the interval leaves out zero: the random split flatters" if low > 0 else
                   "the interval leaves out zero, the other way round" if high < 0 else "the interval takes in zero: these images do not settle it")
        lines.append(f"- {title(run)}: random minus block is {percent(gap)} points; {verdict}.")
    if not rows:
        return "No network was trained on both splits yet."
    head = ["training", "random split", "block split", "gap, points", "lowest sensitivity, block split"]
    return table(head, rows) + "\n\n" + "\n".join(lines)


def shipped_line(runs):
    """The shipped model's recipe on the blocks of `runs`, whose test images are the same."""
    fifths = json.loads(SHIPPED.read_text())["fifths"]
    told = ", ".join(f"block {fold} of 5: {percent(fifths['accuracies'][fold - 1])} % (lowest sensitivity {percent(min(fifths['recalls'][fold - 1].values()))} %)"
                     for fold in sorted({run["settings"]["fold"] for run in runs if run["settings"]["split"] == "block"}))
    return (f"The shipped model's recipe, with stain and colour augmentation and more epochs and images, on the same test images: {told}. One block is one draw, and which smears it "
            f"holds decides much: over all five that recipe has {percent(fifths['worst'])} to {percent(max(fifths['accuracies']))} %.") if told else ""


def history_table(runs):
    rows = []
    for run in runs:
        last = run["history"][-1]["epoch"]
        for epoch in [e for e in (1, 15, 30) if e <= last] + ([last] if last not in (1, 15, 30) else []):
            h = run["history"][epoch - 1]
            rows.append([title(run), split_name(run), str(epoch), f"{h['loss']:.4f}", f"{h['validationLoss']:.4f}", percent(h["validationAccuracy"], 2),
                         percent(h["accuracy"], 2), f"{h['rate']:g}"])
    return rows


def transfer(runs):
    """The starts beside each other, Adam, and what ImageNet's weights bring on each split."""
    adam = [run for run in runs if run["settings"]["optimiser"] == "adam"]
    rows = [[TOLD[start_of(run)], split_name(run), str(run["epochs"]), with_interval(run), f"{run['metrics']['macro']['auc']:.4f}"] for run in adam]
    first = {(run["settings"]["architecture"], split_name(run)): run for run in adam if start_of(run) == "ImageNet"}
    lines = []
    for run in adam:
        whole = first.get((run["settings"]["architecture"], split_name(run)))
        if start_of(run) != "ImageNet" and whole is not None:
            gain, low, high = difference(whole, run)
            lines.append(f"- {split_name(run)} split: {TOLD['ImageNet']} against {TOLD[start_of(run)]}, {percent(gain)} points [{percent(low)}, {percent(high)}].")
    return table(["start, with Adam", "split", "epochs", "accuracy, %", "macro AUC"], rows) + "\n\n" + "\n".join(lines)


def bound_lines():
    """Each printed pair of specificity and accuracy that cannot be, with what could; then what of table 5 was found possible."""
    lines = []
    pairs = [(network, figures[2], figures[4]) for network, figures in TABLE_5.items()] + OTHER_PAIRS
    for name, spec, accuracy in pairs:
        if not impossible(accuracy, spec):
            continue
        ranges = {average: possible.range_at(possible.specificity, SUPPORTS, possible.printed(accuracy), average) for average in ("macro", "weighted")}
        told = ", ".join(f"{average} mean {percent(low, 2)} to {percent(high, 2)} %" for average, (low, high) in ((a, map(float, r)) for a, r in ranges.items()))
        errors = possible.errors_of(SUPPORTS, possible.printed(accuracy))
        lines.append(f"- **{name}: specificity {spec} % at accuracy {accuracy} %** cannot be. That accuracy leaves {errors[0]} to {errors[-1]} errors of {sum(SUPPORTS)}; "
                     f"with them any confusion matrix gives: {told}. (A single class may lie lower.)")
    fine = {"specificities": [n for n, f in TABLE_5.items() if not impossible(f[4], f[2])],
            "sensitivities": [n for n, f in TABLE_5.items() if possible.possible(possible.sensitivity, SUPPORTS, possible.printed(f[4]), possible.printed(f[1]))]}
    lines.append("- Of table 5, " + " and ".join(f"{len(names)} of {len(TABLE_5)} {what}" for what, names in fine.items())
                 + " can stand beside their accuracy (macro means). Precision and F1 were not examined.")
    return "\n".join(lines)


def auc_lines():
    bound, attained = map(float, possible.least_macro_auc(SUPPORTS))
    lines = []
    for network, figures in TABLE_5.items():
        if figures[4] != "100":
            continue
        errors = possible.errors_of(SUPPORTS, possible.printed("100"))[-1]
        unsure = float(possible.least_unsure(SUPPORTS, errors, possible.printed_share(figures[5])[1]))
        lines.append(f"{network} {percent(unsure)} %")
    return (f"‡ An AUC of 0.95 to 0.97 beside an accuracy of 100 % is **not impossible**: with every image called rightly the macro one-vs-rest AUC can fall to "
            f"{attained:.2f} with these supports, and no lower than {bound:.2f}. But it says something odd of the scores: at least this share of the test images "
            f"(mean over the classes) got a probability of one half or less for the class that it is of: {', '.join(lines)}. A network that is right "
            "nearly every time and as unsure as that is unusual; an AUC computed in another way, or from other images, would explain it as well. Which it was cannot be told from "
            "the printed figures.")


def not_run(runs):
    done = {key_of(run) for run in runs}
    lines = []
    for start, optimiser, split in [("ImageNet", o, s) for s in ("random", "block") for o in reversed(OPTIMISERS)] + \
            [(start, "adam", s) for start in ("frozen", "scratch") for s in ("random", "block")]:
        if ("MobileNetV2", start, optimiser, split) not in done:
            lines.append(f"- MobileNetV2, {TOLD[start]}, {NAMES[optimiser]}, {split} split")
    rest = [network for network in TABLE_5 if network not in {key[0] for key in done}]
    if rest:
        seconds = sorted(epoch["seconds"] for run in runs if run["settings"]["device"] == "cpu" and start_of(run) == "ImageNet" for epoch in run["history"])
        why = f" There was no GPU, and an epoch of MobileNetV2, smaller than any of them, took {seconds[0]:.0f} to {seconds[-1]:.0f} s on a busy CPU core." if seconds else ""
        lines.append(f"- {'All ten' if len(rest) == len(TABLE_5) else len(rest)} of the study's networks: {', '.join(rest)}.{why} `study.py` trains them where there is one.")
    caps = sorted({run["epochs"] for run in runs})
    if caps and caps[-1] < 30:
        lines.append(f"- The study's 30 epochs: ours had {' to '.join(str(c) for c in dict.fromkeys((caps[0], caps[-1])))}. Longer training may change any figure here; the same command with a greater "
                     "`--epochs` goes on from its checkpoint.")
    lines.append("- More than one seed, the other four blocks, and the study's own test images, of which a part is not in our set.")
    return "\n".join(lines)


def page(runs):
    runs = sorted(runs, key=order_of)
    first = runs[0]["settings"]
    machine = "; ".join(sorted({f"{run['settings']['device']}, {'bfloat16' if run['settings']['bfloat16'] else 'float32'}" for run in runs}))
    sizes = {split_name(run): [sum(run["images"][part]) for part in ("training", "validation", "test")] for run in runs}
    return f"""# Results beside the study's

**Research use only. Not for diagnosis.** Written by `models/training/results.py` from the summaries in `models/training/results`, one for each
training by `models/training/study.py`; their figures come from `smearlens metrics`. Not edited by hand. The study: Muduli et al., 'Deep learning-based
detection and classification of acute lymphoblastic leukemia with explainable AI techniques'.

**Ours and theirs are not the same experiment.** The study's images are 3,242 (649 for its test); ours are 2,344 of the same set
({'; '.join(f'{name} split: {a} for training, {b} for validation, {c} for the test' for name, (a, b, c) in sizes.items())}). Its ten networks do not include
MobileNetV2, which is small enough for a CPU. Batch {first['batch']}, learning rate 1e-4 (unless said), early stopping after {first['patience']} epochs without a lower
validation loss, rate times {first['reduce']} after {first['plateau']}; augmentation as the study states it; weights of the best epoch. Optimisers with Keras' constants. Batch
normalisation is frozen and folded in where ImageNet weights are the start, and trained from scratch otherwise. Computed on: {machine}.

Intervals are 95 % (accuracy: Wilson; AUC: bootstrap) and take images as independent; neighbours from one smear are not, so the true ones are wider.

## Table 5: test figures

As printed by the study (per cent; AUC as a share), random split:

{table(["network", "precision", "sensitivity", "specificity", "F1", "accuracy", "AUC"], printed_table())}

**†** no confusion matrix with the study's supports can produce it; ‡ possible, but odd; see 'Printed figures that cannot be'.

Ours (macro means):

{table(["training", "split", "precision", "sensitivity", "specificity", "F1", "accuracy", "AUC"], our_table(runs))}

## Table 6: accuracy by optimiser, per cent

{table(["network", "split", *(NAMES[o] for o in OPTIMISERS)], optimiser_table(runs))}

At a rate of 1e-4 SGD without momentum is slow and Adadelta, as Keras has it, hardly moves in so few steps (the histories below show it): their figures
here tell of the rate, not of the rule. The study prints 90 to 95 % for both at the rate it states, and does not say what else it set.

## Random split against block split

Neighbouring files of the set come from the same smear. A random split puts them on both sides, so it asks whether the network knows a smear
again; a block of neighbouring files held out is the nearest thing to a new patient that the published names allow. The gap between the two is what
a random split flatters by.

{gaps(runs)}

{shipped_line(runs)}

## Transfer against training from scratch

{transfer(runs)}

The starts had the same number of epochs at most and the same images; what training from scratch reaches with many more is not known from this.

## Histories (tables 3 and 4)

Validation accuracy as printed by the study, per cent:

{table(["network", "epoch 1", "epoch 15", "epoch 30"], [[network, *figures] for network, figures in TABLES_3_4.items()])}

Ours, at epochs 1, 15 and 30 as far as they were reached, and at the last one:

{table(["training", "split", "epoch", "training loss", "validation loss", "validation accuracy, %", "training accuracy, %", "rate"], history_table(runs))}

## Printed figures that cannot be

By `models/training/possible.py` (proofs in its docstrings, tested against all small confusion matrices). Rounding is allowed for: half a unit of the last
printed digit to either side. Supports: benign {SUPPORTS[0]}, pre-B {SUPPORTS[1]}, pro-B {SUPPORTS[2]}, early pre-B {SUPPORTS[3]}.

{bound_lines()}

{auc_lines()}

## What was not run

{not_run(runs)}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", type=Path, help="folders that study.py wrote; those without summary.json are named and left out")
    parser.add_argument("--results", type=Path, default=HERE / "results", help="where the summaries are kept")
    parser.add_argument("--out", type=Path, default=HERE.parent / "RESULTS.md")
    args = parser.parse_args()
    args.results.mkdir(parents=True, exist_ok=True)
    for folder in args.runs:
        summary = folder / "summary.json"
        if summary.is_file():
            (args.results / f"{folder.resolve().name}.json").write_text(summary.read_text())
        else:
            print(f"results.py: {folder} has no summary.json: not ended, or no folder of study.py. Left out.", file=sys.stderr)
    runs = []
    for path in sorted(args.results.glob("*.json")):
        try:
            run = json.loads(path.read_text())
            order_of(run)
            runs.append(run)
        except (ValueError, KeyError, TypeError) as error:
            parser.error(f"{path}: is no summary of study.py ({error}). Delete it, or take it over again from its run.")
    if not runs:
        parser.error(f"{args.results} holds no summary yet; give folders that study.py wrote")
    args.out.write_text(page(runs))
    print(f"{args.out}: {len(runs)} trainings")


if __name__ == "__main__":
    main()
