import { describe, expect, it } from 'vitest';
import { drawnPrecisionRecall, drawnRoc } from '../../../../src/evaluation/report/curves';

const STEP = 0.001;

/** A staircase, as a ROC curve is one: steps to the right and up that differ in size. */
function staircase(steps: number): { fpr: number[]; tpr: number[]; thresholds: number[] } {
  const [fpr, tpr, thresholds] = [[0], [0], [Infinity]];
  for (let i = 0; i < steps; i++) {
    const up = (i * 7) % 3 !== 0;
    fpr.push(fpr[i] + (up ? 0 : 1));
    tpr.push(tpr[i] + (up ? 1 : 0));
    // Of 5 digits, as the drawn ones have.
    thresholds.push(steps - i);
  }
  const [x, y] = [fpr[steps], tpr[steps]];
  return { fpr: fpr.map((v) => v / x), tpr: tpr.map((v) => v / y), thresholds };
}

describe('the curves of the drawing', () => {
  it('keep the curve within a thousandth, with its ends, in far fewer points', () => {
    const curve = staircase(60_000);
    const drawn = drawnRoc(curve);
    expect(drawn.fpr.length).toBeLessThan(2100);
    expect([drawn.fpr[0], drawn.tpr[0], drawn.thresholds[0]]).toEqual([0, 0, Infinity]);
    expect([drawn.fpr.at(-1), drawn.tpr.at(-1)]).toEqual([1, 1]);
    let kept = 0;
    for (let i = 0; i < curve.fpr.length; i++) {
      if (curve.thresholds[i] <= (drawn.thresholds[kept + 1] ?? -1)) kept++;
      expect(Math.max(curve.fpr[i] - drawn.fpr[kept], curve.tpr[i] - drawn.tpr[kept])).toBeLessThan(STEP + 2e-5);
    }
  });

  it('keep every point of a small set, to 5 digits', () => {
    const curve = staircase(40);
    const drawn = drawnRoc(curve);
    expect(drawn.fpr.length).toBe(curve.fpr.length);
    for (const [i, tpr] of curve.tpr.entries()) {
      expect(Math.abs(drawn.tpr[i] - tpr)).toBeLessThan(1e-5);
      expect(drawn.thresholds[i]).toBeLessThanOrEqual(curve.thresholds[i]);
    }
  });

  it('keep a precision-recall curve whose last point has no threshold', () => {
    const curve = { precision: [0.5, 0.6, 0.6, 1], recall: [1, 1, 0.9996, 0], thresholds: [0.1, 0.2, 0.3] };
    expect(drawnPrecisionRecall(curve)).toEqual({ precision: [0.5, 0.6, 1], recall: [1, 1, 0], thresholds: [0.1, 0.2] });
  });
});
