import { describe, expect, it } from 'vitest';
import { uniformNumbers } from '../../../src/evaluation/metrics/random';
import { outOfSample } from '../../../src/heads/outOfSample';

/** Two features that tell three classes apart, and a last image with a wrong label. */
const random = uniformNumbers(2);
const truth = Array.from({ length: 60 }, (_, i) => i % 3);
const centres = [[0, 4], [4, 0], [-4, -4]];
const features = Float32Array.from(truth.flatMap((c) => centres[c].map((v) => v + random() * 2 - 1)));
const labels = truth.map((c, i) => (i === 59 ? (c + 1) % 3 : c));
const folds = Int32Array.from(truth, (_, i) => Math.floor(i / 12));

describe('out-of-sample probabilities', () => {
  it('are of heads that never saw the image: a wrong label does not teach its own head', async () => {
    const { probabilities, unjudged } = await outOfSample({ features, size: 2, labels, classes: 3 }, folds, { l2: 0.01 });
    expect(unjudged).toEqual([]);
    expect(probabilities[59 * 3 + labels[59]]).toBeLessThan(0.1);
    expect(probabilities[59 * 3 + truth[59]]).toBeGreaterThan(0.8);
    // Whatever label the held-out images have, their probabilities are the same.
    const others = labels.map((label, i) => (folds[i] === 0 ? (label + 1) % 3 : label));
    const again = await outOfSample({ features, size: 2, labels: others, classes: 3 }, folds, { l2: 0.01 });
    expect(again.probabilities.subarray(0, 36)).toEqual(probabilities.subarray(0, 36));
  });

  it('are not given where no other fold has the class', async () => {
    const one = truth.map((c, i) => (folds[i] === 2 && c === 2 ? 3 : c));
    const { probabilities, unjudged } = await outOfSample({ features, size: 2, labels: one, classes: 4 }, folds, { l2: 0.01 });
    expect(unjudged).toEqual(one.flatMap((c, i) => (c === 3 ? [i] : [])));
    expect(unjudged.length).toBe(4);
    for (const i of unjudged) expect(probabilities[i * 4]).toBeNaN();
  });

  it('need two classes outside each fold', async () => {
    await expect(outOfSample({ features, size: 2, labels: truth.map((_, i) => (folds[i] === 0 ? 1 : 0)), classes: 2 }, folds, { l2: 0.01 })).rejects.toMatchObject({ code: 'input-invalid' });
  });

  it('can be cancelled', async () => {
    await expect(outOfSample({ features, size: 2, labels, classes: 3 }, folds, { l2: 0.01, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
