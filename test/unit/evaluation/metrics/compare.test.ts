import { describe, expect, it } from 'vitest';
import { compareModels } from '../../../../src/evaluation/metrics/compare';
import { holm } from '../../../../src/evaluation/metrics/mcnemar';
import type { PredictionSet } from '../../../../src/evaluation/types';
import { setOf } from './sets';

/** 60 images of two classes in 20 groups; those of the indices `wrong` are wrong, with scores that differ from image to image. */
function model(wrong: (i: number) => boolean, groups = true): PredictionSet {
  const labels = Array.from({ length: 60 }, (_, i) => i % 2);
  const scores = labels.map((label, i) => {
    const own = (wrong(i) ? 0.2 : 0.7) + ((i * 37) % 60) / 500;
    return label === 0 ? [own, 1 - own] : [1 - own, own];
  });
  return setOf(labels, scores, groups ? labels.map((_, i) => `g${Math.floor(i / 3)}`) : undefined);
}

const best = { id: 'best', set: model((i) => i < 3) };
const near = { id: 'near', set: model((i) => i > 53) };
const far = { id: 'far', set: model((i) => i % 4 === 0 || i === 5) };

describe('compareModels', () => {
  const { comparisons, notDistinguishable } = compareModels([near, far, best]);

  it('tests every pair, in the order given', () => {
    expect(comparisons.map(({ a, b }) => [a, b])).toEqual([['near', 'far'], ['near', 'best'], ['far', 'best']]);
    expect(comparisons[1].mcnemar).toMatchObject({ onlyA: 3, onlyB: 6, p: 0.5078125 });
    expect(comparisons[1].accuracyDifference).toMatchObject({ value: expect.closeTo(54 / 60 - 57 / 60, 12) as number, interval: { method: 'cluster-bootstrap' } });
    expect(comparisons[0].delong['A']?.difference).toBeGreaterThan(0);
    expect(comparisons[0].note).toContain('assume independent images');
  });

  it('names the models that are not distinguishable from the best, p adjusted', () => {
    expect(notDistinguishable).toEqual(['near', 'best']);
    expect(comparisons.map((c) => c.mcnemar.holm !== undefined)).toEqual([false, true, true]);
    expect(comparisons[2].mcnemar.holm).toBe(2 * comparisons[2].mcnemar.p);
    expect(compareModels([best]).notDistinguishable).toEqual(['best']);
  });

  it('gives differences of all figures, turned round with the models', () => {
    const [turned] = compareModels([far, near]).comparisons;
    for (const [name, { value, interval }] of Object.entries(comparisons[0].differences ?? {})) {
      const other = turned.differences?.[name];
      expect(other?.value, name).toBeCloseTo(-(value ?? NaN), 12);
      expect(other?.interval.low, name).toBeCloseTo(-(interval.high ?? NaN), 12);
    }
    expect(Object.keys(comparisons[0].differences ?? {})).toEqual(expect.arrayContaining(['accuracy', 'kappa', 'macro.auc', 'calibration.brier']));
  });

  it('resamples images where there are no groups, and says so', () => {
    const [{ accuracyDifference }] = compareModels([near, far].map(({ id }) => ({ id, set: model((i) => (id === 'near' ? i > 53 : i % 4 === 0), false) }))).comparisons;
    expect(accuracyDifference.interval).toMatchObject({ method: 'bootstrap', note: 'assumes independent images; too narrow if images share a smear' });
  });

  it('has nothing to test between a model and itself', () => {
    const [same] = compareModels([near, { ...near, id: 'twin' }]).comparisons;
    expect([same.mcnemar.p, same.delong, same.accuracyDifference]).toEqual([1, { A: null, B: null }, { value: 0, interval: { low: null, high: null, method: 'cluster-bootstrap', note: 'not estimable: the same in every resample' } }]);
  });

  it('names what differs between sets', () => {
    const { rows, ...rest } = best.set;
    const without = { id: 'other', set: { ...rest, rows: rows.slice(1) } };
    expect(() => compareModels([best, without])).toThrow('other has no prediction of a000');
    expect(() => compareModels([without, best])).toThrow('other has no prediction of a000');
    expect(() => compareModels([best, { id: 'other', set: { ...rest, rows: rows.slice(0, -1) } }])).toThrow('other has no prediction of a059');
    expect(() => compareModels([best, { id: 'other', set: { ...rest, rows: rows.map((row) => ({ ...row, label: 1 })) } }])).toThrow('a000 is labelled A and B');
    expect(() => compareModels([best, { id: 'other', set: { ...best.set, classes: [...rest.classes].reverse() } }])).toThrow('classes A, B and B, A');
  });
});

it('adjusts by Holm, in the order given', () => {
  // R: p.adjust(c(0.04, 0.01, 0.03, 0.5), "holm")
  expect(holm([0.04, 0.01, 0.03, 0.5])).toEqual([0.09, 0.04, 0.09, 0.5]);
  expect(holm([])).toEqual([]);
});
