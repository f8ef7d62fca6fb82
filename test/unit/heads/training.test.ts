import { describe, expect, it } from 'vitest';
import golden from '../../fixtures/heads/softmax.json';
import { uniformNumbers } from '../../../src/evaluation/metrics/random';
import { OPTIMISERS } from '../../../src/heads/optimisers';
import { fitOf, objective, probabilitiesOf, type HeadData } from '../../../src/heads/softmaxHead';
import { plainWeights, trainByEpochs, TRAINING_DEFAULTS, type TrainingOptions } from '../../../src/heads/training';
import type { Epoch } from '../../../src/protocol/training';

const data: HeadData = { ...golden, features: Float32Array.from(golden.features) };
const rows = golden.labels.map((_, i) => i);
const [training, heldOut] = [rows.filter((i) => i % 3 !== 0), rows.filter((i) => i % 3 === 0)];
const options: TrainingOptions = { ...TRAINING_DEFAULTS, optimiser: 'adam', l2: 0.03 };

/** Clusters that overlap, of `counts` rows. */
function clusters(counts: readonly number[], size = 4): HeadData {
  const random = uniformNumbers(7);
  const labels = counts.flatMap((count, label) => Array.from({ length: count }, () => label));
  return { features: Float32Array.from(labels.flatMap((label) => Array.from({ length: size }, (_, f) => random() + (f === label ? 0.25 : 0)))), size, labels, classes: counts.length };
}

describe('training by epochs', () => {
  it.each(OPTIMISERS)("%s comes to scikit-learn's solution", async (optimiser) => {
    const [exact] = golden.cases.filter(({ l2 }) => l2 === 1);
    // All rows in one step: the way down the objective whose minimum the reference holds.
    const { history } = await trainByEpochs(data, rows, rows, { ...options, optimiser, rate: { adam: 0.01, sgd: 0.5, rmsprop: 0.0003, adadelta: 1 }[optimiser], batch: rows.length, epochs: 3000, patience: 3000, l2: 1 });
    const loss = rows.reduce((sum, row) => sum - Math.log(exact.probabilities[row * data.classes + data.labels[row]]), 0) / rows.length;
    expect(Math.abs((history.at(-1)?.training.loss ?? NaN) - loss)).toBeLessThan(1e-3);
    // It began somewhere else.
    expect(history[0].training.loss).toBeGreaterThan(loss + 0.01);
  });

  it('keeps the epoch of the lowest held-out loss, and ends when it fell no further', async () => {
    const seen: Epoch[] = [];
    const trained = await trainByEpochs(data, training, heldOut, { ...options, rate: 0.05, l2: 0, patience: 5, epochs: 500, onEpoch: (epoch) => seen.push(epoch) });
    expect(trained.ending).toBe('patience');
    expect(trained.history).toEqual(seen);
    const losses = seen.map((epoch) => epoch.heldOut.loss);
    expect(losses[trained.best - 1]).toBe(Math.min(...losses));
    expect(seen.length).toBe(trained.best + 5);
    // What is kept gives the loss that was told.
    const p = probabilitiesOf(trained.head, data, heldOut);
    const loss = heldOut.reduce((sum, row, k) => sum - Math.log(p[k * data.classes + data.labels[row]]), 0) / heldOut.length;
    expect(loss).toBeCloseTo(losses[trained.best - 1], 6);
    const right = heldOut.filter((row, k) => Math.max(...p.subarray(k * data.classes, (k + 1) * data.classes)) === p[k * data.classes + data.labels[row]]).length;
    expect(seen[trained.best - 1].heldOut.accuracy).toBeCloseTo(right / heldOut.length, 12);
  });

  it('gives the same head for the same seed, and another for another', async () => {
    const run = (seed: number): Promise<Float64Array> => trainByEpochs(data, training, heldOut, { ...options, seed, epochs: 3 }).then(({ head }) => head.weights);
    expect(await run(5)).toEqual(await run(5));
    expect(await run(5)).not.toEqual(await run(6));
  });

  it('standardises by the rows that it is trained on alone', async () => {
    const shifted = { ...data, features: data.features.map((v, i) => (heldOut.includes(Math.floor(i / data.size)) ? v + 100 : v)) };
    const [one, other] = await Promise.all([data, shifted].map((d) => trainByEpochs(d, training, heldOut, { ...options, epochs: 1 })));
    expect(one.head.mean).toEqual(other.head.mean);
    expect(one.head.deviation).toEqual(other.head.deviation);
  });

  it('ends with the best so far when it is stopped, and is cancelled before the first epoch', async () => {
    const abort = new AbortController();
    const trained = await trainByEpochs(data, training, heldOut, { ...options, epochs: 100_000, patience: 100_000, signal: abort.signal, onEpoch: ({ epoch }) => epoch === 4 && abort.abort() });
    expect(trained).toMatchObject({ ending: 'stopped', history: { length: 4 } });
    expect(trained.best).toBeLessThanOrEqual(4);
    await expect(trainByEpochs(data, training, heldOut, { ...options, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('says what to do where the loss is no number', async () => {
    const wild = { ...data, features: data.features.map((v, i) => (i === heldOut[0] * data.size ? NaN : v)) };
    await expect(trainByEpochs(wild, training, heldOut, { ...options, epochs: 2 })).rejects.toMatchObject({ code: 'numeric', hint: expect.stringContaining('--learning-rate') as string });
  });

  it('lets a rare class weigh as much as a common one where that is asked for', async () => {
    const uneven = clusters([60, 6]);
    const all = uneven.labels as number[];
    const every = all.map((_, i) => i);
    const sensitivity = async (balanced: boolean): Promise<number> => {
      const { head } = await trainByEpochs(uneven, every, every, { ...options, balanced, epochs: 60, patience: 60 });
      const p = probabilitiesOf(head, uneven, every);
      return every.filter((i) => all[i] === 1 && p[2 * i + 1] > 0.5).length / 6;
    };
    expect(await sensitivity(true)).toBeGreaterThan(await sensitivity(false));
  });

  it('has the gradient of its weighted objective', () => {
    const random = uniformNumbers(4);
    const x = Float32Array.from({ length: 5 * 3 }, () => random());
    const labels = Int32Array.from([0, 1, 1, 0, 1]);
    const weights = Float64Array.from({ length: 2 * 4 }, () => random());
    const gradient = new Float64Array(weights.length);
    const importance = [2.5, 0.4];
    const at = (w: Float64Array): number => objective(x, labels, 3, 2, 0.1, w, new Float64Array(w.length), importance);
    objective(x, labels, 3, 2, 0.1, weights, gradient, importance);
    weights.forEach((_, k) => expect(gradient[k]).toBeCloseTo((at(weights.map((w, i) => (i === k ? w + 1e-5 : w))) - at(weights.map((w, i) => (i === k ? w - 1e-5 : w)))) / 2e-5, 7));
  });

  it('folds the standardisation into weights that say the same of plain features', async () => {
    const { head } = await trainByEpochs(data, training, heldOut, { ...options, epochs: 20 });
    const { weights, biases } = plainWeights(head);
    const p = probabilitiesOf(head, data, rows);
    for (const row of rows) {
      const logits = Array.from(biases, (b, c) => Array.from({ length: data.size }, (_, f) => weights[c * data.size + f] * data.features[row * data.size + f]).reduce((a, v) => a + v, b));
      const sum = logits.reduce((a, v) => a + Math.exp(v), 0);
      logits.forEach((v, c) => expect(Math.exp(v) / sum).toBeCloseTo(p[row * data.classes + c], 5));
    }
  });

  it('counts an image as right where its class is the likeliest, of equal ones the first', () => {
    const zero = new Float64Array(2 * 3);
    expect(fitOf(new Float32Array(4), Int32Array.from([0, 1]), 2, 2, zero)).toEqual({ loss: Math.log(2), accuracy: 0.5 });
  });
});
