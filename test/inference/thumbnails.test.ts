/** Thumbnails of drawn smears, with maps of real models. */
import * as path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawField } from '../../scripts/samples/field.mjs';
import { MAX_THUMBNAILS, thumbnailsOf, type Thumbnail, type ThumbnailSubject } from '../../src/evaluation/thumbnails';
import { ExplainEngine } from '../../src/explain/engine';
import { overlayPng } from '../../src/explain/overlayPng';
import { decodeFile } from '../../src/images/decode';
import { toTensor } from '../../src/images/tensor';
import { defaultModel } from '../../src/models/defaultModel';
import { resolveModel } from '../../src/models/resolve';
import type { ModelChoice } from '../../src/protocol/inference';
import { temporaryFolder } from './bundle';

const root = path.join(__dirname, '../..');
const model: ModelChoice = { path: defaultModel(root), provider: 'cpu', layer: 'auto' };
const engine = new ExplainEngine({ log: () => undefined });
const temporary = temporaryFolder();
const folder = temporary.path;
const images: ThumbnailSubject[] = [];

beforeAll(async () => {
  for (const [i, shape] of [{ width: 224, height: 224 }, { width: 320, height: 240 }].entries()) {
    const { data, width, height } = drawField({ seed: 700 + i, kind: 'pro', blasts: 6, stain: 'lavender', ...shape });
    const file = path.join(folder, `${i}.png`);
    await sharp(data, { raw: { width, height, channels: 3 } }).png().toFile(file);
    images.push({ path: `Pro/${i}.png`, file, predicted: 3 });
  }
});

afterAll(async () => {
  await engine.dispose();
  temporary.remove();
});

async function all(subjects: readonly ThumbnailSubject[], options: Partial<Parameters<typeof thumbnailsOf>[2]> = {}): Promise<Thumbnail[]> {
  const found: Thumbnail[] = [];
  for await (const thumbnail of thumbnailsOf(engine, subjects, { model, ...options })) found.push(thumbnail);
  return found;
}

/** Mean absolute difference of two pictures of one size, in grey levels. */
async function difference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [one, other] = await Promise.all([a, b].map((picture) => sharp(picture).removeAlpha().raw().toBuffer()));
  expect(one).toHaveLength(other.length);
  return one.reduce((sum, value, i) => sum + Math.abs(value - other[i]), 0) / one.length;
}

describe('thumbnails', () => {
  it('are small pictures of the images, in their order and proportions', async () => {
    const found = await all(images);
    expect(found.map((t) => t.path)).toEqual(['Pro/0.png', 'Pro/1.png']);
    expect(await Promise.all(found.map(async ({ plain }) => sharp(plain).metadata()))).toMatchObject([
      { format: 'webp', width: 112, height: 112 },
      { format: 'webp', width: 112, height: 84 },
    ]);
    for (const [i, { plain }] of found.entries()) {
      const expected = await sharp(images[i].file).resize({ width: 112 }).png().toBuffer();
      expect(await difference(plain, expected)).toBeLessThan(6);
    }
  });

  it("show the map that the product draws for the class asked for, at most 2 MB of a report's base64", async () => {
    const { input } = await resolveModel(model.path);
    const image = await decodeFile(images[0].file);
    const { explanation } = await engine.analyse(await toTensor(image, input), model, true);
    if (!explanation || !('maps' in explanation)) throw new Error('The default model was not explained.');
    const maps = explanation.maps.filter((m) => m.method === 'grad-cam');
    const overlays = await Promise.all(maps.map(async (map) => sharp(await overlayPng(image, map, explanation)).resize({ width: 112 }).png().toBuffer()));
    for (const [predicted, map] of maps.entries()) {
      const [{ plain, cam }] = await all([{ ...images[0], predicted }]);
      expect(cam === undefined).toBe(map.flat);
      if (!cam) continue;
      const differences = await Promise.all(overlays.map((overlay) => difference(cam, overlay)));
      expect(differences[predicted]).toBeLessThan(6);
      expect(differences.indexOf(Math.min(...differences))).toBe(predicted);
      expect((MAX_THUMBNAILS * (cam.length + plain.length) * 4) / 3).toBeLessThan(2e6);
    }
    expect(maps.filter((map) => !map.flat).length).toBeGreaterThanOrEqual(2);
  });

  it('leave out what cannot be read, saying so', async () => {
    const failures: string[] = [];
    const found = await all([{ path: 'Pro/gone.png', file: path.join(folder, 'gone.png'), predicted: 3 }, images[0]], { failed: (name, error) => failures.push(`${name}: ${(error as { code: string }).code}`) });
    expect(found.map((t) => t.path)).toEqual(['Pro/0.png']);
    expect(failures).toEqual(['Pro/gone.png: image-not-found']);
  });

  it('have no map where the model cannot be explained', async () => {
    const found = await all([images[0]], { model: { ...model, path: path.join(root, 'test/fixtures/onnx/bad-no-convolution.onnx') } });
    expect(found).toMatchObject([{ path: 'Pro/0.png' }]);
    expect(found[0].cam).toBeUndefined();
  });

  it('end when they are not wanted any more', async () => {
    const cancel = new AbortController();
    const found: string[] = [];
    for await (const { path: name } of thumbnailsOf(engine, images, { model, signal: cancel.signal })) {
      found.push(name);
      cancel.abort();
    }
    expect(found).toEqual(['Pro/0.png']);
  });
});
