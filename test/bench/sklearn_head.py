"""Accuracy of scikit-learn's LogisticRegression on features that test/bench/trainHead.ts wrote: `python3 sklearn_head.py FOLDER`."""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

folder = Path(sys.argv[1])
rows = json.loads((folder / "rows.json").read_text())
features, labels = np.load(folder / "features.npy"), np.array(rows["labels"])
training, test = np.array(rows["training"]), np.array(rows["test"])
scaler = StandardScaler().fit(features[training])
# Its C weighs the sum of cross-entropies against half the squared weights.
model = LogisticRegression(C=1 / (len(training) * rows["l2"]), max_iter=2000).fit(scaler.transform(features[training]), labels[training])
print(model.score(scaler.transform(features[test]), labels[test]))
