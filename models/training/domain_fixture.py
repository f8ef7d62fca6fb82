"""Expected domain scores of made-up feature vectors, for the tests of other implementations of domain.py.

    python3 models/training/domain_fixture.py models/all-mobilenetv2/model.json test/fixtures/domain.json
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np

from domain import GROUPS, score


def array(stored):
    """The float32 array of a manifest's {dtype, shape, base64}."""
    return np.frombuffer(base64.b64decode(stored["base64"]), "<f4").reshape(stored["shape"])


def main(manifest_path, out_path):
    domain = json.loads(Path(manifest_path).read_text())["domain"]
    mean, whitening = array(domain["mean"]), array(domain["whitening"])
    rng = np.random.RandomState(0)
    # Noise; the training mean itself; the mean with a little noise; the same scaled, which must not change the score.
    near = mean + 0.01 * rng.randn(len(mean))
    features = np.stack([rng.randn(sum(GROUPS)), rng.rand(sum(GROUPS)), mean, near, 3.5 * near]).astype(np.float32)
    scores = score(features, mean, whitening)
    Path(out_path).parent.mkdir(parents=True, exist_ok=True)
    Path(out_path).write_text(json.dumps(dict(
        source="models/training/domain_fixture.py", manifest=Path(manifest_path).parent.name, threshold=domain["threshold"],
        features=[[float(f"{v:.9g}") for v in row] for row in features], scores=[float(s) for s in scores],
        inDomain=[bool(s <= domain["threshold"]) for s in scores])) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
