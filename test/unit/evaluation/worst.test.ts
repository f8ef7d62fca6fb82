import { describe, expect, it } from 'vitest';
import type { Prediction, PredictionSet } from '../../../src/evaluation/types';
import { worstOf } from '../../../src/evaluation/worst';

function row(path: string, label: number, probabilities: number[], predicted = probabilities.indexOf(Math.max(...probabilities))): Prediction {
  return { path, sha256: '', label, predicted, probabilities };
}

const set = (rows: readonly Prediction[]): PredictionSet => ({ classes: [], rows, groupSource: 'none' });
const ROWS = [row('right', 0, [0.9, 0.1]), row('unsure', 0, [0.4, 0.6]), row('sure b', 1, [0.99, 0.01]), row('sure a', 0, [0.01, 0.99]), row('nothing', 1, [NaN, NaN], -1)];

describe('the worst images of an evaluation', () => {
  const one = (rows: readonly Prediction[], limit?: number): string[] => worstOf(new Map([['m', set(rows)]]), limit).map(({ path }) => path);

  it('are the wrong ones, sure-but-wrong first, then by path', () => {
    expect(one(ROWS)).toEqual(['sure a', 'sure b', 'unsure']);
    expect(one([...ROWS].reverse())).toEqual(one(ROWS));
  });

  it('are as many as asked for', () => {
    expect(one(ROWS, 1)).toEqual(['sure a']);
    expect(one(Array.from({ length: 300 }, (_, i) => row(String(i), 0, [0.3, 0.7])))).toHaveLength(200);
    expect(one([ROWS[0]])).toEqual([]);
  });

  it('are those of any model, with the surest of them', () => {
    const others = set([row('right', 0, [0.2, 0.8]), row('unsure', 0, [0.3, 0.7]), row('sure a', 0, [0.01, 0.99])]);
    expect(worstOf(new Map([['m', set(ROWS)], ['other', others]]))).toEqual([
      { path: 'sure a', model: 'm', predicted: 1 },
      { path: 'sure b', model: 'm', predicted: 0 },
      { path: 'right', model: 'other', predicted: 1 },
      { path: 'unsure', model: 'other', predicted: 1 },
    ]);
  });
});
