"""Whether an image is like the training images: one distance on pooled features.

Features f [160] of an image: the outputs of blocks 9 (64 channels) and 12 (96 channels), each averaged over its positions.
Each group is divided by its own Euclidean length, which leaves the proportions of the channels:

    u = concat(f[0:64] / |f[0:64]|, f[64:160] / |f[64:160]|)
    z = (u - mean) @ whitening                  whitening [160, 160], so that training images have covariance 1
    score = sum(z * z) / 160                    squared Mahalanobis distance a dimension; about 1 on training images
    inDomain = score <= threshold

`mean` and `whitening` come from all training images (Ledoit and Wolf's shrunk covariance). The threshold comes from training
images scored by statistics that leave their neighbours out (ten runs of neighbouring files a class, each left out once): the
quantile `QUANTILE` of those scores. No file size, name, or image from outside the set enters.

The last layer does not serve: fine-tuning bends it to tell the four classes apart, and it puts other smears among them. The
middle layers still see scale, texture and colour.
"""

import numpy as np
from sklearn.covariance import ledoit_wolf

from data import CLASSES, contiguous_folds

GROUPS = [64, 96]
QUANTILE = 0.995


def normalise(features):
    """[n, 160] to u [n, 160], in float64."""
    parts = np.split(np.asarray(features, np.float64), np.cumsum(GROUPS)[:-1], axis=1)
    return np.concatenate([p / np.linalg.norm(p, axis=1, keepdims=True) for p in parts], axis=1)


def statistics(features):
    """(mean [160], whitening [160, 160]) of the features [n, 160] of training images, rounded to float32."""
    u = normalise(features)
    mean = u.mean(0)
    covariance, _ = ledoit_wolf(u - mean, assume_centered=True)
    # covariance = L @ L.T, so (u - mean) @ inv(L).T has covariance 1.
    whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T
    return mean.astype(np.float32), whitening.astype(np.float32)


def score(features, mean, whitening):
    """The distance [n] of features [n, 160]."""
    z = (normalise(features) - mean.astype(np.float64)) @ whitening.astype(np.float64)
    return (z * z).mean(1)


def fit_domain(features, labels, runs=10):
    """dict(mean, whitening, threshold) from the training images' features [n, 160] in file order, and their labels."""
    run = contiguous_folds(labels, runs)
    left_out = np.empty(len(labels))
    for k in range(runs):
        left_out[run == k] = score(features[run == k], *statistics(features[run != k]))
    mean, whitening = statistics(features)
    return dict(mean=mean, whitening=whitening, threshold=float(np.quantile(left_out, QUANTILE)))


def in_domain(features, domain):
    return score(features, domain["mean"], domain["whitening"]) <= domain["threshold"]
