/** The drawn sample smears, made by the script as `npm start` and users run it. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFile } from '../../src/images/decode';

const SCRIPT = path.resolve(import.meta.dirname, '../../scripts/samples/draw.mjs');
const EXPECTED = [
  'README.txt',
  ...['benign-1.jpg', 'benign-2.jpg', 'benign-3.bmp', 'early-1.jpg', 'early-2.jpg', 'early-3.jpg'].map((name) => `drawn-${name}`),
  ...['pre-1.jpg', 'pre-2.jpg', 'pre-3.tif', 'pre-wide.jpg', 'pro-1.jpg', 'pro-2.jpg', 'pro-3.jpg'].map((name) => `drawn-${name}`),
];
const IMAGES = EXPECTED.filter((name) => name !== 'README.txt');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-samples-'));
const [first, second, other] = ['first', 'second', 'other'].map((name) => path.join(folder, name)) as [string, string, string];

beforeAll(() => {
  for (const args of [[first], [second], [other, '1']]) execFileSync(process.execPath, [SCRIPT, ...args]);
}, 120_000);

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('drawn samples', () => {
  it('are all there, and nothing else', () => {
    expect(fs.readdirSync(first).sort()).toEqual([...EXPECTED].sort());
  });

  it('are the same bytes for the same seed', () => {
    for (const name of EXPECTED) expect(bytes(second, name).equals(bytes(first, name)), name).toBe(true);
  });

  it('differ for another seed, and from each other', () => {
    for (const name of IMAGES) expect(bytes(other, name).equals(bytes(first, name)), name).toBe(false);
    expect(new Set(IMAGES.map((name) => bytes(first, name).toString('base64'))).size).toBe(IMAGES.length);
  });

  it.each(IMAGES)('%s is read by SmearLens, pale with something dark and purple on it', async (name) => {
    const { data, width, height } = await decodeFile(path.join(first, name));
    expect([width, height]).toEqual(name === 'drawn-pre-wide.jpg' ? [640, 480] : [224, 224]);
    const shares = colourShares(data);
    expect(shares.pale).toBeGreaterThan(0.4);
    expect(shares.purple).toBeGreaterThan(0.005);
    expect(shares.purple).toBeLessThan(0.25);
  });

  it('say that they are drawings', () => {
    expect(bytes(first, 'README.txt').toString()).toMatch(/DRAWN[\s\S]*no\s+patient\s+material[\s\S]*unlike\s+its\s+training\s+images/);
  });

  it('need a folder', () => {
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toContain('usage:');
  });
});

function bytes(place: string, name: string): Buffer {
  return fs.readFileSync(path.join(place, name));
}

/** Shares of an 8-bit RGB picture's pixels that are background, and that are chromatin. */
function colourShares(data: ArrayLike<number>): { pale: number; purple: number } {
  let [pale, purple] = [0, 0];
  for (let at = 0; at + 2 < data.length; at += 3) {
    const [red, green, blue] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    if (green > 225 && red > 225) pale++;
    else if (green < 130 && blue > green + 60 && red > green) purple++;
  }
  return { pale: (3 * pale) / data.length, purple: (3 * purple) / data.length };
}
