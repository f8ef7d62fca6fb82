/** Curves as a drawing needs them: a curve of 100,000 images has 100,000 points, of which a few hundred pixels show some. */
import type { Metrics, PrecisionRecallCurve, RocCurve } from '../types';
import { shortened } from './shortened';

/** Distance in either direction, of an axis of length 1, below which a point is left out: a third of a pixel of the drawing. */
const STEP = 0.001;

/** The same figures with thinned curves. */
export function withDrawnCurves(metrics: Metrics): Metrics {
  return { ...metrics, roc: mapped(metrics.roc, drawnRoc), precisionRecall: mapped(metrics.precisionRecall, drawnPrecisionRecall) };
}

/** @returns a curve that lies within 0.001 of the given one, with its first and last point */
export function drawnRoc({ fpr, tpr, thresholds }: RocCurve): RocCurve {
  const kept = drawnPoints(fpr, tpr);
  return { fpr: rounded(fpr, kept), tpr: rounded(tpr, kept), thresholds: picked(thresholds, kept) };
}

/** As {@link drawnRoc}; its last point (1, 0) has no threshold. */
export function drawnPrecisionRecall({ precision, recall, thresholds }: PrecisionRecallCurve): PrecisionRecallCurve {
  const kept = drawnPoints(recall, precision);
  return { precision: rounded(precision, kept), recall: rounded(recall, kept), thresholds: picked(thresholds, kept.filter((i) => i < thresholds.length)) };
}

/** Indices of the points to keep: the ends, and each point that is a step away from the one kept before. */
function drawnPoints(x: readonly number[], y: readonly number[]): number[] {
  const kept: number[] = [];
  for (let i = 0; i < x.length; i++) {
    const last = kept.at(-1);
    if (last === undefined || i === x.length - 1 || Math.abs(x[i] - x[last]) >= STEP || Math.abs(y[i] - y[last]) >= STEP) kept.push(i);
  }
  return kept;
}

/** Thresholds are rounded as the page's probabilities are, so that a point still calls the same images. */
function picked(thresholds: readonly number[], indices: readonly number[]): number[] {
  return indices.map((i) => shortened(thresholds[i]) ?? Infinity);
}

function rounded(shares: readonly number[], indices: readonly number[]): number[] {
  return indices.map((i) => Number(shares[i].toPrecision(5)));
}

function mapped<C>(curves: Readonly<Record<string, C | null>>, draw: (curve: C) => C): Record<string, C | null> {
  return Object.fromEntries(Object.entries(curves).map(([name, curve]) => [name, curve && draw(curve)]));
}
