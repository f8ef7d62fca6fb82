import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNpy } from '../../../src/images/npy';
import type { RgbImage } from '../../../src/images/types';

const FOLDER = join(__dirname, '..', '..', 'fixtures', 'images');

export function fixturePath(file: string): string {
  return join(FOLDER, file);
}

export function fixture(file: string): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(file)));
}

export function fixtureJson<T>(file: string): T {
  return JSON.parse(readFileSync(fixturePath(file), 'utf8')) as T;
}

/** The pixels that an independent decoder found, [height, width, 3]. */
export function expectedPixels(array: string): RgbImage {
  const { shape, data } = readNpy(fixture(`${array}.npy`), array);
  if (!(data instanceof Uint8Array)) throw new Error(`${array}.npy does not hold uint8`);
  return { width: shape[1], height: shape[0], data };
}

/** File name -> array name, as make.py wrote them. */
export const EXPECTED: readonly (readonly [file: string, array: string])[] = Object.entries(fixtureJson<Record<string, string>>('expected.json'));

/** Deterministic bytes (xorshift32). */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 255;
  });
}

export function noiseImage(width: number, height: number, seed = 1): RgbImage {
  return { width, height, data: noise(width * height * 3, seed) };
}
