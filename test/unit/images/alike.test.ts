import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { alikePairs, likenessThreshold, MAX_PAIRS } from '../../../src/images/alike';
import { decodeFile } from '../../../src/images/decode';
import { FINGERPRINT_VALUES, fingerprintOf, likeness, type Fingerprint } from '../../../src/images/fingerprint';
import { randomNumbers } from '../../../scripts/samples/random.mjs';

/** Real smears, beside the project: their licence does not let them in. */
const REAL = path.resolve(import.meta.dirname, '../../../../shared/data/all-smears');

const random = randomNumbers(7);

/** Of pictures with nothing in common but `common`, which is added to each. */
function fingerprints(count: number, common?: Fingerprint): Fingerprint[] {
  return Array.from({ length: count }, () => Int8Array.from({ length: FINGERPRINT_VALUES }, (_, i) => (i === 0 ? 0 : 25 * random.bell() + (common?.[i] ?? 0))));
}

/** As a copy has it that was changed a little. */
function disturbed(fingerprint: Fingerprint, amount: number): Fingerprint {
  return fingerprint.map((value, i) => (i === 0 ? 0 : value + amount * random.bell()));
}

describe('pictures that are alike', () => {
  it('are those that comparing every pair in earnest finds', async () => {
    const set = fingerprints(120);
    set.push(...set.slice(0, 30).map((f, i) => disturbed(f, 2 + i / 3)));
    const expected = set.flatMap((a, i) => set.slice(i + 1).flatMap((b, k) => (likeness(a, b) >= 0.6 ? [{ a: i, b: i + 1 + k, likeness: likeness(a, b) }] : [])));
    expect(expected.length).toBeGreaterThanOrEqual(30);
    expect(await alikePairs(set, { threshold: 0.6 })).toEqual(expected);
  });

  it('are not looked for within a part', async () => {
    const [one, other] = fingerprints(2);
    const set = [one, one, other, one];
    expect(await alikePairs(set, { threshold: 0.9, parts: [0, 0, 0, 1] })).toEqual([
      { a: 0, b: 3, likeness: 1 },
      { a: 1, b: 3, likeness: 1 },
    ]);
    expect(await alikePairs(set, { threshold: 0.9, parts: [0, 0, 1, 0] })).toEqual([]);
  });

  it('are listed up to a limit', async () => {
    const [one] = fingerprints(1);
    const set = Array.from({ length: 460 }, () => one);
    expect(await alikePairs(set, { threshold: 0.9 })).toHaveLength(MAX_PAIRS);
  });

  it('are searched for with progress, until it is cancelled', async () => {
    const set = fingerprints(6000);
    const cancel = new AbortController();
    const shares: number[] = [];
    const search = alikePairs(set, {
      threshold: 0.6,
      signal: cancel.signal,
      progress: (share) => {
        shares.push(share);
        cancel.abort();
      },
    });
    await expect(search).rejects.toMatchObject({ code: 'cancelled' });
    expect(shares).toHaveLength(1);
    expect(shares[0]).toBeGreaterThan(0);
    expect(shares[0]).toBeLessThan(1);
  });
});

describe('the likeness that counts', () => {
  const common = fingerprints(1)[0];

  it('is 0.6 where unrelated pictures differ, and stricter for a few', () => {
    expect(likenessThreshold(fingerprints(200))).toBe(0.6);
    expect(likenessThreshold(fingerprints(19))).toBe(0.9);
    expect(likenessThreshold([])).toBe(0.9);
  });

  it('is higher where unrelated pictures are alike, and still finds a copy', async () => {
    const set = fingerprints(200, common.map((value) => 1.2 * value));
    const threshold = likenessThreshold(set) ?? 0;
    expect(threshold).toBeGreaterThan(0.8);
    expect(threshold).toBeLessThan(0.985);
    const pairs = await alikePairs([...set, disturbed(set[5], 1)], { threshold });
    expect(pairs.map(({ a, b }) => [a, b])).toEqual([[5, 200]]);
  });

  it('does not exist where all pictures are alike', () => {
    const set = Array.from({ length: 60 }, (_, i) => disturbed(common, i % 2 === 0 ? 1 : 4));
    expect(likenessThreshold(set)).toBeUndefined();
  });

  it('is not moved by a set that is half copies', () => {
    const set = fingerprints(100);
    expect(likenessThreshold([...set, ...set])).toBe(0.6);
  });
});

describe.skipIf(!fs.existsSync(REAL))('on real smears (skipped without ../shared/data)', () => {
  it('finds the same field in two files and no neighbour of it', async () => {
    const numbers = [...range(440, 480), ...range(280, 322), ...range(495, 505)];
    const files = numbers.map((n) => path.join(REAL, `Benign/WBC-Benign-${String(n).padStart(3, '0')}.jpg`)).filter((file) => fs.existsSync(file));
    const set: Fingerprint[] = [];
    for (const file of files) set.push(await fingerprintOf(await decodeFile(file)));
    const pairs = await alikePairs(set, { threshold: likenessThreshold(set) ?? 1 });
    expect(pairs.map(({ a, b }) => `${path.basename(files[a], '.jpg')} ${path.basename(files[b], '.jpg')}`)).toEqual([
      'WBC-Benign-475 WBC-Benign-476',
      'WBC-Benign-291 WBC-Benign-294',
      'WBC-Benign-316 WBC-Benign-318',
      'WBC-Benign-500 WBC-Benign-501',
    ]);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
