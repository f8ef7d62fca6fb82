import { describe, expect, it } from 'vitest';
import { worstOf } from '../../../src/evaluation/thumbnails';
import type { Prediction } from '../../../src/evaluation/types';

function row(path: string, label: number, probabilities: number[]): Prediction {
  return { path, sha256: '', label, predicted: probabilities.indexOf(Math.max(...probabilities.map((p) => (Number.isNaN(p) ? 0 : p)))), probabilities };
}

const ROWS = [row('right', 0, [0.9, 0.1]), row('unsure', 0, [0.4, 0.6]), row('sure b', 1, [0.99, 0.01]), row('sure a', 0, [0.01, 0.99]), { ...row('nothing', 1, [NaN, NaN]), predicted: 0 }];

describe('the worst images of an evaluation', () => {
  it('are the wrong ones, sure-but-wrong first, then by path; those without a probability last', () => {
    expect(worstOf(ROWS).map(({ path }) => path)).toEqual(['sure a', 'sure b', 'unsure', 'nothing']);
    expect(worstOf([...ROWS].reverse())).toEqual(worstOf(ROWS));
  });

  it('are as many as asked for', () => {
    expect(worstOf(ROWS, 1).map(({ path }) => path)).toEqual(['sure a']);
    const many = Array.from({ length: 300 }, (_, i) => row(String(i), 0, [0.3, 0.7]));
    expect(worstOf(many)).toHaveLength(200);
    expect(worstOf([ROWS[0]])).toEqual([]);
  });
});
