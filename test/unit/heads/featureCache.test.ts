import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeatureCache } from '../../../src/heads/featureCache';

const shaOf = (i: number): string => i.toString(16).padStart(64, '0');
const rowOf = (i: number): Float32Array => Float32Array.from([i, i / 3, -i]);
let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-features-'))));
afterEach(() => fs.rmSync(folder, { recursive: true }));
const open = (at = folder): Promise<FeatureCache> => FeatureCache.open(at, 3, () => undefined);

describe('the cache of features', () => {
  it('gives back what was kept, of several processes at once', async () => {
    const [one, other] = [await open(), await open()];
    for (let i = 0; i < 10; i++) (i % 2 ? one : other).add(shaOf(i), rowOf(i));
    one.close();
    other.close();
    const again = await open();
    expect(again.count).toBe(10);
    for (let i = 0; i < 10; i++) expect(again.get(shaOf(i))).toEqual(rowOf(i));
    expect(again.get(shaOf(10))).toBeUndefined();
  });

  it('passes over a record that was torn or damaged, and keeps the others', async () => {
    const cache = await open();
    for (let i = 0; i < 4; i++) cache.add(shaOf(i), rowOf(i));
    cache.close();
    const [name] = fs.readdirSync(folder);
    const bytes = fs.readFileSync(path.join(folder, name));
    bytes[40] ^= 1;
    fs.writeFileSync(path.join(folder, name), bytes.subarray(0, bytes.length - 3));
    const again = await open();
    expect([0, 1, 2, 3].map((i) => again.get(shaOf(i)) !== undefined)).toEqual([false, true, true, false]);
    // What is kept anew goes to another file.
    again.add(shaOf(0), rowOf(0));
    again.add(shaOf(3), rowOf(3));
    again.close();
    expect((await open()).count).toBe(4);
  });

  it('leaves no file where nothing was new', async () => {
    (await open()).close();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('says once where it cannot write, and goes on', async () => {
    const file = path.join(folder, 'a file');
    fs.writeFileSync(file, '');
    const told: string[] = [];
    const cache = await FeatureCache.open(path.join(file, 'below'), 3, (why) => told.push(why));
    cache.add(shaOf(1), rowOf(1));
    cache.add(shaOf(2), rowOf(2));
    expect(cache.get(shaOf(1))).toEqual(rowOf(1));
    expect(told).toHaveLength(1);
    cache.close();
  });
});
