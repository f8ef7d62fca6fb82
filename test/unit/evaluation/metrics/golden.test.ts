/** Metrics against scikit-learn, SciPy and plain definitions in NumPy: test/fixtures/metrics/make.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { delongInterval, pairedDelong } from '../../../../src/evaluation/metrics/delong';
import { metricsJson } from '../../../../src/evaluation/metrics/json';
import { mcnemar } from '../../../../src/evaluation/metrics/mcnemar';
import { metricsOf } from '../../../../src/evaluation/metrics/metrics';
import { twoSidedP } from '../../../../src/evaluation/metrics/normal';
import { aucOf, packRanking, rankingOf, type Ranking } from '../../../../src/evaluation/metrics/ranking';
import { wilson } from '../../../../src/evaluation/metrics/wilson';
import type { Metrics } from '../../../../src/evaluation/types';
import { setOf } from './sets';

const read = <T>(name: string): T => JSON.parse(readFileSync(join(__dirname, '../../../fixtures/metrics', name), 'utf8')) as T;

interface Case {
  readonly name: string;
  readonly labels: readonly number[];
  readonly probabilities: readonly (readonly (number | null)[])[];
  readonly expected: Readonly<Record<string, unknown>>;
}

/** What metrics.json says, in the form of golden.json. */
function told(m: Metrics, withCurves: boolean): object {
  const each = m.classes.map((id) => m.perClass[id]);
  const { accuracy, balancedAccuracy, kappa, mcc, macro, weighted, confusionMatrix } = m;
  const { brier, logLoss, ece } = m.calibration;
  return {
    ...{ accuracy, balancedAccuracy, kappa, mcc, macro, weighted, confusionMatrix, brier, logLoss, ece },
    perClass: each.map(({ intervals: _, ...figures }) => figures),
    unidentified: m.unidentified ?? m.classes.map(() => 0),
    ...(withCurves ? { roc: m.classes.map((id) => m.roc[id]), precisionRecall: m.classes.map((id) => m.precisionRecall[id]) } : {}),
  };
}

/** Numbers within 1e-12 of each other, all else the same. */
function expectClose(ours: unknown, theirs: unknown, at: string): void {
  if (typeof theirs === 'number' && typeof ours === 'number') expect(Math.abs(ours - theirs), `${at}: ${ours} and ${theirs}`).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(theirs)));
  else if (theirs !== null && typeof theirs === 'object' && ours !== null && typeof ours === 'object') {
    expect(Object.keys(ours).sort(), at).toEqual(Object.keys(theirs).sort());
    for (const [key, value] of Object.entries(theirs)) expectClose((ours as Record<string, unknown>)[key], value, `${at}.${key}`);
  } else expect(ours, at).toBe(theirs);
}

describe("metricsOf gives scikit-learn's figures", () => {
  it.each(read<Case[]>('golden.json'))('$name', ({ labels, probabilities, expected }) => {
    const figures = told(metricsOf(setOf(labels, probabilities), { intervals: false }), 'roc' in expected);
    expectClose(JSON.parse(metricsJson(figures)), expected, 'metrics');
  });
});

interface Tests {
  readonly wilson: readonly { successes: number; n: number; interval: [number, number] }[];
  readonly mcnemar: readonly { onlyA: number; onlyB: number; p: number }[];
  readonly normal: readonly { z: number; p: number }[];
  readonly delong: readonly { labels: number[]; a: number[]; b: number[]; interval: [number, number]; paired: { difference: number; z: number; p: number } }[];
}

describe('intervals and tests give the numbers of SciPy and of the plain definitions', () => {
  const tests = read<Tests>('tests.json');
  /** Relative: a p of 1e-20 is to have its digits, too. */
  const near = (ours: number | undefined, theirs: number, tolerance = 1e-11): void => expect(Math.abs((ours ?? NaN) - theirs)).toBeLessThanOrEqual(tolerance * Math.abs(theirs));

  it.each(tests.wilson)('Wilson $successes of $n', ({ successes, n, interval: [low, high] }) => {
    const ours = wilson(successes, n);
    near(ours?.low, low);
    near(ours?.high, high);
  });

  it.each(tests.mcnemar)('McNemar $onlyA to $onlyB', ({ onlyA, onlyB, p }) => near(mcnemar(onlyA, onlyB), p));

  it.each(tests.normal)('P(|Z| ≥ $z)', ({ z, p }) => near(twoSidedP(z), p));

  it.each(tests.delong)('DeLong $interval', ({ labels, a, b, interval: [low, high], paired }) => {
    const [one, other] = [a, b].map((scores) => rankingOf(setOf(labels.map((l) => 1 - l), scores.map((s) => [s])), 0) as Ranking);
    const ours = delongInterval(one, aucOf(packRanking(one, new Int32Array(labels.length)), Uint32Array.of(1)));
    near(ours?.low, low);
    near(ours?.high, high);
    const pair = pairedDelong(one, other);
    near(pair?.difference, paired.difference, 1e-10);
    near(pair?.z, paired.z, 1e-10);
    near(pair?.p, paired.p, 1e-10);
  });
});
