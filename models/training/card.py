"""MODEL_CARD.md, its tables written from figures.json."""

import json
import sys
from pathlib import Path

from data import CLASSES

FIFTHS = ["first", "second", "third", "fourth", "fifth"]


def percent(value):
    return f"{100 * value:.1f} %"


def matrix_table(matrix):
    lines = ["| truth \\ called | " + " | ".join(CLASSES) + " | recall |", "|---" * (len(CLASSES) + 2) + "|"]
    for name, row in zip(CLASSES, matrix):
        lines.append(f"| {name} | " + " | ".join(map(str, row)) + f" | {percent(row[CLASSES.index(name)] / sum(row))} |")
    return "\n".join(lines)


def fifths_table(fifths):
    lines = ["| held-out fifth | accuracy | " + " | ".join(f"recall {c}" for c in CLASSES) + " |", "|---" * (len(CLASSES) + 2) + "|"]
    for name, accuracy, recall in zip(FIFTHS, fifths["accuracies"], fifths["recalls"]):
        lines.append(f"| {name} | {percent(accuracy)} | " + " | ".join(percent(recall[c]) for c in CLASSES) + " |")
    return "\n".join(lines)


def counter_table(figures):
    lines = ["| what is done to the test image | random split | fifths, mean | fifths, worst |", "|---|---|---|---|",
             f"| nothing | {percent(figures['random']['accuracy'])} | {percent(figures['fifths']['mean'])} | "
             f"{percent(figures['fifths']['worst'])} |"]
    for title, test in figures["counterTests"].items():
        mean = sum(test["fifths"]) / len(test["fifths"])
        lines.append(f"| {title} | {percent(test['random'])} | {percent(mean)} | {percent(min(test['fifths']))} |")
    return "\n".join(lines)


def flagged(pairs):
    return ", ".join(f"{a} of {n}" for a, n in pairs)


def write_card(folder, figures):
    images, random, fifths, domain = figures["images"], figures["random"], figures["fifths"], figures["domain"]
    pooled, calibration = fifths["pooled"], figures["calibration"]
    recipe, finishing = figures["recipe"], figures["finishing"]
    lowest = min(min(recall.values()) for recall in fifths["recalls"])
    raw, tempered = calibration["fifths"]["asTrained"], calibration["fifths"]["withTemperature"]
    false_fifths, false_random = domain["fifths"], domain["random"]
    text = f"""# Model card: {folder.name}

MobileNetV2 for four classes of peripheral blood smear fields, the default model of SmearLens. **Research use only. It is not a
diagnostic device and must not be used to diagnose, to treat or to decide on tests.** This page is written by
`models/training/card.py` from `figures.json`, which the training recipe leaves beside the model.

## What the classes mean

| class | here it means |
|---|---|
| Benign | fields with hematogones, benign B-cell precursors. **Benign means hematogones, not normal or healthy**: the set has no healthy controls and no other benign condition |
| Early | ALL, labelled early pre-B |
| Pre | ALL, labelled pre-B |
| Pro | ALL, labelled pro-B |

**Early, Pre and Pro are no severity scale.** They are immunophenotypic subtypes, and **the subtype is settled by flow cytometry, per
patient**, not by the look of one field. A field's label is its patient's: the model learnt which smears go with which label.

## Where it comes from

- Images: Acute Lymphoblastic Leukemia (ALL) image dataset, M. Aria et al. 2021, doi 10.1002/int.22753; {images['n']} of its fields,
  224×224 JPEG ({', '.join(f'{c} {images[c]}' for c in CLASSES)}), from 89 patients in the whole set (25 benign, 64 ALL), one centre. The images are not part of this project.
- First weights: Keras MobileNetV2 1.0 (224, ImageNet, no top), Apache-2.0.
- Decoding and resizing: the product's own code. Input {recipe['size']}×{recipe['size']} RGB, value / 127.5 − 1.
- Recipe: `models/training`, one command. Batch normalisation folded into the convolutions and frozen, ReLU in place of ReLU6, stem and
  the first {recipe['frozen'] - 1} blocks kept as they came. Adam (decoupled weight decay {recipe['decay']}), batch {recipe['batch']}, weights averaged over steps. First stage:
  rate {recipe['rate']}, times {recipe['reduce']} after {recipe['plateau']} epochs without a lower validation loss and falling along half a cosine; early stopping
  after {recipe['patience']} such epochs, at most {recipe['epochs']}; label smoothing {recipe['smoothing']}, mixup. The best epoch is chosen on a tenth of the training images; for the
  fifths and the shipped model that tenth is two runs of neighbouring files a class. Then {finishing['epochs']} epochs at rate {finishing['rate']} with about half
  the augmentation and neither smoothing nor mixup, the last of which is kept.
- Augmentation of the study, each drawn at random up to its limit: rotation {recipe['rotation']:.0f}° (plus quarter turns and both flips), shear {recipe['shear']:.1f} (for {percent(recipe['shear_chance'])} of
  images), zoom {recipe['zoom'][0]} to {recipe['zoom'][1]}, shift to {percent(recipe['shift'])} (for {percent(recipe['shift_chance'])}). Ours, against shortcuts: stain gain and offset in optical density, colour statistics
  taken over from another image, grey, saturation, blur, and the corner with the scale bar swapped with another image's or covered from the same image.
- Shipped model: the same recipe on all images, {figures['final']['training']} for training and {figures['final']['validation']} to choose the epoch ({figures['final']['epochs']} epochs run in all). No figure below is its own:
  they are those of models trained in the same way without the images that judge them.

## How well it does

### Random 80/20 split, stratified (the study's protocol)

Accuracy **{percent(random['accuracy'])}** of {random['n']} images. Neighbouring files come from the same smear and lie on both sides of such a split, so this says how well
the model knows smears it has seen, not how it does on a new patient. About 33 near-duplicate pairs remain in the set and lie across it too.

{matrix_table(random['confusionMatrix'])}

### Contiguous fifths in file order

Each fifth of every class's files, in order, held out once. Mean **{percent(fifths['mean'])}**, worst fifth **{percent(fifths['worst'])}**; worst class over all fifths
**{pooled['worstClass']}, recall {percent(pooled['worstRecall'])}**; lowest recall of a class in a single fifth {percent(lowest)}.

{fifths_table(fifths)}

All five together ({pooled['n']} images, each judged by the model that had not seen its fifth):

{matrix_table(pooled['confusionMatrix'])}

File names carry no patient ids. A run of neighbouring files stands in for unseen patients only approximately: a smear may be cut by the
border of a fifth, and one patient may have smears in several. The first and the last fifth hold smears unlike any in the rest of their
class; that is what a new patient can be. Expect less than these figures on another microscope, stain or centre.

The first and last fifth and the random split also served to choose between a handful of recipes (`models/training/README.md` lists
them with what they gave), so their figures are a little flattered. No image was looked at beyond those given for training.

## Calibration

Temperature {calibration['temperature']:.3f}, fitted on the logits of the five held-out fifths (so the second line is a little flattered).

| held-out fifths | log loss | ECE (15 bins) |
|---|---|---|
| logits as they come | {raw['logLoss']:.4f} | {raw['ece']:.4f} |
| divided by the temperature | {tempered['logLoss']:.4f} | {tempered['ece']:.4f} |

## Which images it declines

The manifest's `domain` holds the mean and the whitening matrix of 160 pooled features of the training images and a threshold; above it
the verdict is 'Unlike this model's training images: no class offered'. Definition: `models/training/domain.py`. Statistics and threshold
are fitted on training images alone. Which two layers to pool was settled with a look at the foreign set below, so that its figure is a little flattered.

| | flagged |
|---|---|
| unseen ALL images, contiguous fifths (wish: at most 5 %) | {false_fifths['falseAlarms']} of {false_fifths['unseen']} ({percent(false_fifths['falseAlarms'] / false_fifths['unseen'])}) |
| unseen ALL images, random split | {false_random['falseAlarms']} of {false_random['unseen']} ({percent(false_random['falseAlarms'] / false_random['unseen'])}) |
"""
    if domain["final"]:
        text += f"""| BCCD, smear fields of another set, no ALL set (wish: at least 95 %), shipped model | {domain['final']['flagged']} of {domain['final']['n']} |
| the same, models of the fifths | {flagged(false_fifths['foreignFlagged'])} |
"""
    text += f"""
An image inside the domain is not thereby judged rightly, and a smear of another disease under the same microscope and stain may
pass as inside.

## Shortcuts in this set

What a model can get right here without looking at a cell (random 80/20 split): **stain colour**, 15 global colour statistics alone reach
96.3 %; **the scale bar**, the 36×24 pixel corner with the burned-in bar alone reaches 87.7 %. The largest class is 30.4 %. Counter-tests, on
held-out images (the model is not trained again):

{counter_table(figures)}

'Colour levelled' gives every image the same mean and deviation in each channel. Accuracy that stays when a cue is removed shows that the cue
is not needed; it does not show what is used instead. Cell density, smear thickness and focus also go with the smear, and so with the label.

## Not for

- diagnosis, triage, monitoring, or any decision about a patient;
- images unlike the training set: other microscopes, magnifications, stains, centres, whole slides, single-cell crops, bone marrow;
- telling leukemia from health: there is no healthy class;
- other leukemias, T-ALL, or blast counts.
"""
    (folder / "MODEL_CARD.md").write_text(text)


if __name__ == "__main__":
    write_card(Path(sys.argv[1]), json.loads((Path(sys.argv[1]) / "figures.json").read_text()))
