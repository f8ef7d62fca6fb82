"""Figures of one training: confusion matrix, recall, calibration, and counter-tests with a cue taken away."""

import numpy as np
import torch
from scipy.optimize import minimize_scalar

from augment import GREY
from data import CLASSES

CORNER = (30, 46)  # rows and columns of the lower right corner with the scale bar, at 224 pixels


def confusion(labels, logits):
    """Counts [classes, classes]; rows are the truth."""
    matrix = np.zeros((len(CLASSES),) * 2, int)
    np.add.at(matrix, (labels, logits.argmax(1)), 1)
    return matrix


def summary(matrix):
    """Accuracy and each class's recall of a confusion matrix, as JSON."""
    recall = np.diag(matrix) / matrix.sum(1)
    return dict(n=int(matrix.sum()), accuracy=float(np.trace(matrix) / matrix.sum()),
                recall={c: float(r) for c, r in zip(CLASSES, recall)},
                worstClass=CLASSES[int(recall.argmin())], worstRecall=float(recall.min()), confusionMatrix=matrix.tolist())


def log_loss(logits, labels, temperature=1.0):
    z = logits.astype(np.float64) / temperature
    z -= z.max(1, keepdims=True)
    return float(np.mean(np.log(np.exp(z).sum(1)) - z[np.arange(len(labels)), labels]))


def calibration_error(logits, labels, temperature=1.0, bins=15):
    """Expected calibration error of the top label, equal-width right-closed bins."""
    z = logits.astype(np.float64) / temperature
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    confidence, right = p.max(1), p.argmax(1) == labels
    where = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return float(sum(abs(confidence[where == b].sum() - right[where == b].sum()) for b in range(bins)) / len(labels))


def fit_temperature(logits, labels):
    """The temperature that minimises the log loss of held-out logits."""
    return float(minimize_scalar(lambda t: log_loss(logits, labels, t), bounds=(0.05, 10), method="bounded").x)


# Counter-tests: a batch [n, 3, h, w] in 0..1 with one cue taken away.

def grey(x):
    return (x * GREY[None, :, None, None]).sum(1, keepdim=True).expand(-1, 3, -1, -1).contiguous()


def corner_painted(x):
    """The corner in the image's median colour."""
    y = x.clone()
    y[:, :, -CORNER[0]:, -CORNER[1]:] = x.flatten(2).median(2).values[:, :, None, None]
    return y


def colour_levelled(x):
    """Every image given the same mean and deviation of each channel (grey world): stain as a global cue is gone."""
    mean, dev = x.mean((2, 3), keepdim=True), x.std((2, 3), keepdim=True)
    return ((x - mean) / dev * 0.15 + 0.75).clamp(0, 1)


def corner_only(x):
    """Nothing but the corner; the rest in the image's median colour. Near chance is the wish."""
    y = x.flatten(2).median(2).values[:, :, None, None].expand_as(x).clone()
    y[:, :, -CORNER[0]:, -CORNER[1]:] = x[:, :, -CORNER[0]:, -CORNER[1]:]
    return y


def turned(x):
    return torch.rot90(x, 1, (2, 3))


COUNTER_TESTS = {"corner painted in the median colour": corner_painted, "grey": grey,
                 "colour mean and deviation levelled": colour_levelled, "turned by 90 degrees": turned,
                 "only the corner": corner_only}
