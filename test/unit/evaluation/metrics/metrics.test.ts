/** What scikit-learn has no say in: superclasses, images without a class, class names, bad input. */
import { describe, expect, it } from 'vitest';
import { abstaining } from '../../../../src/evaluation/metrics/decisions';
import { metricsJson } from '../../../../src/evaluation/metrics/json';
import { metricsOf } from '../../../../src/evaluation/metrics/metrics';
import { metricsText } from '../../../../src/evaluation/metrics/text';
import type { PredictionSet } from '../../../../src/evaluation/types';
import { mirrored, setOf } from './sets';

function withSuperclasses(set: PredictionSet, ...superclasses: (string | undefined)[]): PredictionSet {
  return { ...set, classes: set.classes.map((c, i) => ({ ...c, superclass: superclasses[i] })) };
}

describe('two classes by superclass', () => {
  const labels = [0, 0, 1, 2, 3, 1];
  const scores = [
    [0.9, 0.05, 0.05, 0],
    [0.4, 0.2, 0.2, 0.2],
    [0.45, 0.35, 0.1, 0.1],
    [0.6, 0.1, 0.2, 0.1],
    [0.1, 0.2, 0.3, 0.4],
    [0.5, 0.25, 0.25, 0],
  ];

  it('sums the probabilities, and calls malignant from one half on', () => {
    const { twoClass } = metricsOf(withSuperclasses(setOf(labels, scores), 'benign', 'malignant', 'malignant', 'malignant'));
    // Malignant by sum: 0.1 (no), 0.6 (yes, wrongly), 0.55, 0.4 (missed), 0.9, 0.5.
    expect(twoClass).toMatchObject({ positive: 'malignant', negative: 'benign', sensitivity: 3 / 4, specificity: 1 / 2, accuracy: 4 / 6, support: { positive: 4, negative: 2 } });
    // Of the 8 pairs, 0.1 is below all four and 0.6 below 0.9 only.
    expect(twoClass?.auc).toBe(5 / 8);
    expect(Object.keys(twoClass?.intervals ?? {})).toEqual(['sensitivity', 'specificity', 'accuracy', 'auc']);
    expect(twoClass?.intervals['sensitivity']).toMatchObject({ method: 'wilson', low: expect.closeTo(0.3006, 4) as number });
  });

  it('takes malignant as positive wherever it stands, else the later one', () => {
    const positive = (...names: (string | undefined)[]): string | undefined => metricsOf(withSuperclasses(setOf(labels, scores), ...names), { intervals: false }).twoClass?.positive;
    expect(positive('malignant', 'benign', 'benign', 'benign')).toBe('malignant');
    expect(positive('lymphoid', 'myeloid', 'lymphoid', 'myeloid')).toBe('myeloid');
    expect([positive('a', 'b', 'c', 'a'), positive('a', 'a', 'a', 'a'), positive('a', undefined, 'b', 'b'), positive()]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

it('counts images without a predicted class as wrong, in a column of their own', () => {
  const set = mirrored(3, 1, 0.8);
  const unsure = { ...set, rows: set.rows.map((row, i) => (i === 0 ? { ...row, probabilities: [0.55, 0.45] } : row)) };
  const m = metricsOf(abstaining(unsure, 0.6));
  expect([m.n, m.accuracy, m.unidentified, m.confusionMatrix]).toEqual([8, 5 / 8, [1, 0], [[2, 1], [1, 3]]]);
  expect(m.perClass['A'].sensitivity).toBe(2 / 4);
  expect(metricsText(m)).toContain('(none)');
  expect(metricsOf(unsure).unidentified).toBeUndefined();
});

it('keeps class names that are numbers or names of object properties', () => {
  const ids = ['1', '0', '__proto__', 'constructor'];
  const set = setOf([0, 1, 2, 3], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]);
  const json = JSON.parse(metricsJson(metricsOf({ ...set, classes: ids.map((id) => ({ id, name: id })) }, { intervals: false }))) as { classes: string[]; perClass: Record<string, { support: number }> };
  expect(json.classes).toEqual(ids);
  expect(Object.keys(json.perClass).sort()).toEqual([...ids].sort());
  expect(Object.getOwnPropertyDescriptor(json.perClass, '__proto__')?.value).toMatchObject({ support: 1, sensitivity: 1 });
});

it('tells people how intervals came about, and why there is none', () => {
  const text = metricsText(metricsOf(mirrored(6, 0, 0.9)));
  expect(text).toContain('Intervals: wilson; assumes independent images; too narrow if images share a smear.');
  expect(text).toContain('Figures without an interval: not estimable: the same in every resample; not estimable: no DeLong interval at an AUC of exactly 0 or 1.');
  expect(metricsText(metricsOf(setOf([0, 0], [[0.9, 0.1], [0.2, 0.8]])))).toContain('No images of B: counted as 0 in the macro averages.');
});

it('writes NaN and Infinity as null, one line', () => {
  expect(metricsJson({ a: NaN, b: [Infinity, 1] })).toBe('{"a":null,"b":[null,1]}\n');
  const json = metricsJson(metricsOf(mirrored(2, 1, 0.7)));
  expect(json).toBe(metricsJson(metricsOf(mirrored(2, 1, 0.7))));
  expect((JSON.parse(json) as { roc: { A: { thresholds: (number | null)[] } } }).roc.A.thresholds[0]).toBeNull();
});

it('refuses no images, and rows that do not fit the classes', () => {
  const set = mirrored(2, 1, 0.7);
  expect(() => metricsOf({ ...set, rows: [] })).toThrow('There are no predictions');
  expect(() => metricsOf({ ...set, rows: set.rows.map((row) => ({ ...row, probabilities: [1] })) })).toThrow('a000: 1 probabilities for 2 classes');
});
