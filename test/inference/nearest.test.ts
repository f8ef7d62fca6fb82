/** Nearest neighbours, by ONNX Runtime, against plain loops. */
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../scripts/samples/random.mjs';
import { nearestRows } from '../../src/heads/nearest';

const random = randomNumbers(3);

/** `count` rows of unit length. */
function rows(count: number, size: number): Float32Array {
  const values = Float32Array.from({ length: count * size }, () => random.bell());
  for (let at = 0; at < values.length; at += size) {
    const row = values.subarray(at, at + size);
    const length = Math.hypot(...row);
    row.forEach((value, i) => (row[i] = value / length));
  }
  return values;
}

/** By plain loops: of row `i` the others by their cosine, the largest first. */
function byHand(values: Float32Array, size: number, i: number, parts = values, ofEach = 1): number[] {
  const n = values.length / size;
  const own = values.subarray(i * size, (i + 1) * size);
  const dot = (at: number): number => own.reduce((sum, value, k) => sum + value * parts[at * size + k], 0);
  const cosines = Array.from({ length: n }, (_, j) => Math.max(...Array.from({ length: ofEach }, (__, part) => dot(j * ofEach + part))));
  return cosines.map((_, j) => j).filter((j) => j !== i).sort((a, b) => cosines[b] - cosines[a]);
}

describe('nearest rows', () => {
  // More than one block of rows, the last one not full.
  const [n, size] = [1500, 24];
  const values = rows(n, size);

  it('are those with the largest cosine, the nearest first', async () => {
    const nearest = await nearestRows({ values, size }, 5);
    expect(nearest).toHaveLength(5 * n);
    for (const i of [0, 700, 1023, 1024, 1499]) expect([...nearest.subarray(5 * i, 5 * i + 5)]).toEqual(byHand(values, size, i).slice(0, 5));
  });

  it('are those with the nearest part, where rows have parts', async () => {
    const parts = rows(3 * n, size);
    const nearest = await nearestRows({ values, size, parts: { values: parts, ofEach: 3 } }, 4);
    for (const i of [0, 255, 256, 1499]) expect([...nearest.subarray(4 * i, 4 * i + 4)]).toEqual(byHand(values, size, i, parts, 3).slice(0, 4));
  });

  it('are as many as there are', async () => {
    expect([...(await nearestRows({ values: values.subarray(0, 2 * size), size }, 9))]).toEqual([1, 0]);
    expect(await nearestRows({ values: values.subarray(0, size), size }, 9)).toHaveLength(0);
    expect(await nearestRows({ values: values.subarray(0, 0), size }, 9)).toHaveLength(0);
  });

  it('are looked for with progress, until it is cancelled', async () => {
    const cancel = new AbortController();
    const shares: number[] = [];
    const search = nearestRows({ values, size }, 5, { signal: cancel.signal, progress: (share) => void (shares.push(share), cancel.abort()) });
    await expect(search).rejects.toMatchObject({ code: 'cancelled' });
    expect(shares).toEqual([1 / 3]);
  });
});
