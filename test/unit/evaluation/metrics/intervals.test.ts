/** Intervals: which method where, what is not estimable, and that the bootstrap does what it is for. */
import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../../../src/evaluation/metrics/metrics';
import { uniformNumbers } from '../../../../src/evaluation/metrics/random';
import type { Interval, PredictionSet } from '../../../../src/evaluation/types';
import { mirrored, setOf } from './sets';

const INDEPENDENT = 'assumes independent images; too narrow if images share a smear';
const width = (i: Interval): number => (i.high ?? NaN) - (i.low ?? NaN);

/** 3 classes; images of a group are all right or all wrong if `alike`. */
function grouped(groups: number, size: number, alike: boolean, shuffleOrder = false): PredictionSet {
  const uniform = uniformNumbers(7);
  const images = Array.from({ length: groups * size }, (_, i) => ({ group: Math.floor(i / size), label: i % 3 }));
  const luck = Array.from({ length: groups }, () => uniform());
  const scores = images.map(({ group, label }) => {
    const right = (alike ? luck[group] : uniform()) < 0.75;
    const top = right ? label : (label + 1) % 3;
    const confidence = 0.4 + 0.5 * uniform();
    return [0, 1, 2].map((c) => (c === top ? confidence : (1 - confidence) / 2));
  });
  const set = setOf(images.map((i) => i.label), scores, images.map((i) => `patient ${i.group}`));
  return shuffleOrder ? { ...set, rows: set.rows.map((row) => ({ ...row, group: `${row.group}, renamed` })) } : set;
}

describe('without groups', () => {
  const { rows, ...rest } = grouped(40, 3, false);
  const metrics = metricsOf({ ...rest, rows, groupSource: 'none' });

  it('takes Wilson for proportions, DeLong for areas and a bootstrap for the rest, with a note', () => {
    const { precision, sensitivity, specificity, f1, auc } = metrics.perClass['A'].intervals;
    expect([metrics.intervals['accuracy'], precision, sensitivity, specificity, auc, f1].map((i) => i.method)).toEqual(['wilson', 'wilson', 'wilson', 'wilson', 'delong', 'bootstrap']);
    const others = ['balancedAccuracy', 'kappa', 'mcc', 'macro.precision', 'macro.sensitivity', 'macro.specificity', 'macro.f1', 'macro.auc', 'weighted.f1', 'calibration.brier', 'calibration.logLoss'];
    expect(others.map((name) => metrics.intervals[name].method)).toEqual(others.map(() => 'bootstrap'));
    for (const i of [...Object.values(metrics.intervals), ...Object.values(metrics.perClass['B'].intervals)]) {
      expect(i.note).toBe(INDEPENDENT);
      expect(width(i)).toBeGreaterThan(0);
    }
  });

  it('holds the figure', () => {
    const { low, high } = metrics.intervals['macro.f1'];
    expect([low ?? NaN, metrics.macro.f1, high ?? NaN]).toEqual([low, metrics.macro.f1, high].sort());
  });

  it('gives no DeLong interval at an AUC of exactly 1 or 0', () => {
    for (const [p, auc] of [[0.9, 1], [0.1, 0]]) {
      const { A } = metricsOf(mirrored(6, 0, p)).perClass;
      expect(A.auc).toBe(auc);
      expect(A.intervals['auc']).toEqual({ low: null, high: null, method: 'delong', note: 'not estimable: no DeLong interval at an AUC of exactly 0 or 1' });
    }
  });

  it('claims no certainty where every resample is alike, and names what is missing', () => {
    const { intervals, perClass } = metricsOf(setOf([0, 0, 0], [[0.7, 0.3, 0], [0.8, 0.2, 0], [0.6, 0.4, 0]]));
    expect(intervals['mcc']).toMatchObject({ low: null, note: 'not estimable: the same in every resample' });
    expect(intervals['kappa']).toMatchObject({ low: null, note: 'not estimable: the figure is not defined' });
    expect(perClass['B'].intervals['sensitivity']).toMatchObject({ low: null, note: 'not estimable: no images of the class' });
    expect(perClass['B'].intervals['auc']).toMatchObject({ low: null, method: 'delong', note: 'not estimable: there is no AUC' });
    expect(intervals['accuracy']).toMatchObject({ high: 1, method: 'wilson' });
  });

  it('leaves them out on request', () => {
    const { intervals, perClass } = metricsOf(mirrored(5, 2, 0.8), { intervals: false });
    expect([intervals, perClass['A'].intervals]).toEqual([{}, {}]);
  });
});

describe('with groups', () => {
  it('resamples them for every figure', () => {
    const { intervals, perClass } = metricsOf(grouped(20, 6, true));
    for (const i of [...Object.values(intervals), ...Object.values(perClass['C'].intervals)]) {
      expect(i).toEqual({ low: expect.any(Number) as number, high: expect.any(Number) as number, method: 'cluster-bootstrap' });
      expect(width(i)).toBeGreaterThan(0);
    }
  });

  it('is wider where the images of a patient are alike, by about the root of the design effect', () => {
    const [size, alike] = [16, grouped(40, 16, true)];
    const clustered = width(metricsOf(alike).intervals['accuracy']);
    const naive = width(metricsOf({ ...alike, groupSource: 'none' }).intervals['accuracy']);
    expect(clustered / naive / Math.sqrt(size)).toBeGreaterThan(0.85);
    expect(clustered / naive / Math.sqrt(size)).toBeLessThan(1.2);
  });

  it('comes to the bootstrap of images where each is a group of its own', () => {
    const { rows, ...rest } = grouped(60, 1, false);
    const own = metricsOf({ ...rest, rows });
    const images = metricsOf({ ...rest, rows, groupSource: 'none' });
    expect({ ...own.intervals['macro.f1'], method: '', note: '' }).toEqual({ ...images.intervals['macro.f1'], method: '', note: '' });
    expect(Math.abs(width(own.intervals['accuracy']) - width(images.intervals['accuracy']))).toBeLessThan(0.03);
    expect(Math.abs(width(own.perClass['A'].intervals['auc']) - width(images.perClass['A'].intervals['auc']))).toBeLessThan(0.03);
  });

  it('is the same each time for a seed, and another for another', () => {
    const set = grouped(12, 5, true);
    const of = (seed?: number): Interval => metricsOf(set, { seed }).intervals['macro.auc'];
    expect(of()).toEqual(of(1));
    expect(of(2)).not.toEqual(of(1));
    expect(metricsOf(grouped(12, 5, true, true)).intervals['macro.auc']).toEqual(of(1));
  });

  it('is not estimable below 5 groups', () => {
    const metrics = metricsOf(grouped(4, 6, false));
    for (const i of [...Object.values(metrics.intervals), ...Object.values(metrics.perClass['A'].intervals)]) {
      expect(i).toEqual({ low: null, high: null, method: 'cluster-bootstrap', note: 'not estimable: fewer than 5 groups' });
    }
    expect(metricsOf(grouped(5, 6, false)).intervals['accuracy'].low).not.toBeNull();
  });

  it('is not estimable for a class that fewer than 5 of the groups have', () => {
    const labels = Array.from({ length: 30 }, (_, i) => (i < 8 ? 0 : 1));
    const set = setOf(labels, labels.map((l, i) => ((i % 5 === 0) === (l === 0) ? [0.28 + i / 1000, 0.72 - i / 1000] : [0.75 + i / 1000, 0.25 - i / 1000])), labels.map((_, i) => `s${Math.floor(i / 2)}`));
    const { intervals, perClass } = metricsOf(set);
    expect(perClass['A'].intervals['sensitivity'].note).toBe('not estimable: fewer than 5 groups with images of the class');
    expect(perClass['B'].intervals['specificity'].note).toBe('not estimable: fewer than 5 groups with images of other classes');
    expect([intervals['macro.sensitivity'].low, intervals['balancedAccuracy'].low, perClass['B'].intervals['auc'].low]).toEqual([null, null, null]);
    expect([intervals['accuracy'].low, perClass['B'].intervals['sensitivity'].low].map(Number.isFinite)).toEqual([true, true]);
  });

  it('says where groups are guessed or missing', () => {
    const { rows, ...rest } = grouped(8, 3, false);
    const partly = rows.map((row, i) => (i < 2 ? { ...row, group: undefined } : row));
    expect(metricsOf({ ...rest, rows, groupSource: 'file-run' }).intervals['accuracy'].note).toBe('groups are guessed from file names');
    expect(metricsOf({ ...rest, rows: partly }).intervals['accuracy'].note).toBe('images without a group (2) count as groups of their own');
  });
});

describe('uniformNumbers', () => {
  it('is xoshiro128++ over splitmix32, uniform', () => {
    const uniform = uniformNumbers(3);
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 160_000; i++) counts[Math.floor(uniform() * 16)]++;
    const chiSquared = counts.reduce((sum, c) => sum + (c - 10_000) ** 2 / 10_000, 0);
    // The 99.9 % quantile with 15 degrees of freedom.
    expect(chiSquared).toBeLessThan(37.7);
    expect(uniformNumbers(3)()).not.toBe(uniformNumbers(4)());
  });
});
