/** Ensembles, temperature, thresholds and abstention. */
import { describe, expect, it } from 'vitest';
import { abstaining, coverageCurve, withThresholds } from '../../../../src/evaluation/metrics/decisions';
import { ensembleOf } from '../../../../src/evaluation/metrics/ensemble';
import { metricsOf } from '../../../../src/evaluation/metrics/metrics';
import { uniformNumbers } from '../../../../src/evaluation/metrics/random';
import { fitTemperature, withTemperature } from '../../../../src/evaluation/metrics/temperature';
import type { PredictionSet } from '../../../../src/evaluation/types';
import { mirrored, setOf } from './sets';

const logLoss = (set: PredictionSet): number => metricsOf(set, { intervals: false }).calibration.logLoss ?? NaN;

it('an ensemble is the mean of probabilities', () => {
  const ensemble = ensembleOf([setOf([0, 1], [[0.9, 0.1], [0.75, 0.25]]), setOf([0, 1], [[0.2, 0.8], [0, 1]])]);
  expect(ensemble.rows.map((row) => row.probabilities)).toEqual([[expect.closeTo(0.55, 12), expect.closeTo(0.45, 12)], [0.375, 0.625]]);
  expect(ensemble.rows.map((row) => row.predicted)).toEqual([0, 1]);
  expect(() => ensembleOf([])).toThrow('no models');
  expect(() => ensembleOf([ensemble, setOf([0], [[1, 0]])])).toThrow('model 2 has no prediction of a001');
});

describe('temperature', () => {
  it('of two kinds of images has a closed form: T = ln(p/(1−p)) / ln(right/wrong)', () => {
    for (const [right, wrong, p] of [[9, 3, 0.99], [9, 3, 0.6], [3, 2, 0.9]]) {
      expect(fitTemperature(mirrored(right, wrong, p))).toBeCloseTo(Math.log(p / (1 - p)) / Math.log(right / wrong), 8);
    }
  });

  it('recovers the factor by which the logits of a calibrated model are multiplied', () => {
    const uniform = uniformNumbers(11);
    const probabilities = Array.from({ length: 4000 }, () => {
      const powers = [0, 1, 2].map(() => Math.exp(3 * uniform()));
      const sum = powers.reduce((a, b) => a + b, 0);
      return powers.map((p) => p / sum);
    });
    const labels = probabilities.map((ps) => {
      const at = uniform();
      return at < ps[0] ? 0 : at < ps[0] + ps[1] ? 1 : 2;
    });
    const calibrated = setOf(labels, probabilities);
    const sharp = withTemperature(calibrated, 1 / 2.5);
    expect(fitTemperature(sharp) / 2.5 / fitTemperature(calibrated)).toBeCloseTo(1, 6);
    expect(fitTemperature(sharp)).toBeGreaterThan(2.2);
    expect(fitTemperature(sharp)).toBeLessThan(2.8);
  });

  it('is at the minimum of the log loss', () => {
    const set = setOf([0, 1, 2, 0, 1], [[0.7, 0.2, 0.1], [0.6, 0.3, 0.1], [0.05, 0.05, 0.9], [0.5, 0.25, 0.25], [0.1, 0.85, 0.05]]);
    const at = (t: number): number => logLoss(withTemperature(set, t));
    const t = fitTemperature(set);
    expect(at(t)).toBeLessThan(Math.min(at(t * 1.001), at(t / 1.001)));
  });

  it('stays in its range, keeps zeros and NaN, and changes nothing at 1', () => {
    expect(fitTemperature(mirrored(0, 4, 0.9))).toBeCloseTo(100, 6);
    const right = fitTemperature(mirrored(4, 0, 0.9));
    expect([right >= 0.01, logLoss(withTemperature(mirrored(4, 0, 0.9), right))]).toEqual([true, expect.closeTo(0, 12)]);
    const set = setOf([0, 0, 1], [[1, 0, 0], [null, 0.5, 0.5], [0.25, 0.5, 0.25]]);
    const [certain, unknown, unsure] = withTemperature(set, 2).rows.map((row) => row.probabilities);
    expect([certain, unknown]).toEqual([[1, 0, 0], [NaN, 0.5, 0.5]]);
    expect(unsure[1]).toBeCloseTo(Math.SQRT2 / (Math.SQRT2 + 2), 12);
    expect(withTemperature(set, 1).rows[2].probabilities).toEqual([0.25, 0.5, 0.25]);
    expect(() => withTemperature(set, 0)).toThrow('no temperature');
    expect(() => fitTemperature(setOf([0], [[null, null]]))).toThrow('no predictions to fit');
  });
});

describe('thresholds', () => {
  const set = setOf([0, 0, 1], [[0.45, 0.3, 0.25], [0.2, 0.5, 0.3], [0.3, 0.4, 0.3]]);
  const predicted = (thresholds: number[]): number[] => withThresholds(set, thresholds).rows.map((row) => row.predicted);

  it('predict the largest multiple of the threshold', () => {
    expect(predicted([0.5, 0.5, 0.5])).toEqual([0, 1, 1]);
    expect(predicted([0.2, 0.5, 0.5])).toEqual([0, 0, 0]);
    expect(predicted([0.9, 0.9, 0.25])).toEqual([2, 2, 2]);
  });

  it('are above 0, one a class', () => {
    for (const bad of [[0.5, 0.5], [0, 0.5, 0.5], [NaN, 0.5, 0.5], [2, 0.5, 0.5]]) expect(() => predicted(bad)).toThrow('no thresholds for 3 classes');
  });
});

describe('abstention', () => {
  const set = setOf([0, 0, 1, 1, 1], [[0.9, 0.1], [0.4, 0.6], [0.4, 0.6], [0.2, 0.8], [null, null]]);

  it('leaves images below the threshold without a class', () => {
    expect(abstaining(set, 0.7).rows.map((row) => row.predicted)).toEqual([0, -1, -1, 1, -1]);
    expect(abstaining(set, 0.6).rows.map((row) => row.predicted)).toEqual([0, 1, 1, 1, -1]);
  });

  it('trades coverage for accuracy, image without scores never covered', () => {
    expect(coverageCurve(set)).toEqual([
      { threshold: 0.6, coverage: 4 / 5, accuracy: 3 / 4 },
      { threshold: 0.8, coverage: 2 / 5, accuracy: 1 },
      { threshold: 0.9, coverage: 1 / 5, accuracy: 1 },
    ]);
    expect(coverageCurve(setOf([0], [[null, null]]))).toEqual([]);
  });
});
