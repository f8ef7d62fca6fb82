/** The model that comes with SmearLens: its files, its input, and what it says of real images. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ExplainEngine } from '../../src/explain/engine';
import { decodeFile } from '../../src/images/decode';
import { resizeRgb, toTensor } from '../../src/images/tensor';
import { defaultModel } from '../../src/models/defaultModel';
import { resolveModel } from '../../src/models/resolve';
import type { Analysis, Explanation } from '../../src/protocol/analysis';

const root = path.join(__dirname, '../..');
const data = path.join(root, '../shared/data');
const model = defaultModel(root);
const engine = new ExplainEngine({ log: () => undefined });
afterAll(() => engine.dispose());

async function analyse(file: string, explain = false): Promise<Omit<Analysis, 'image'>> {
  const { input } = await resolveModel(model);
  return engine.analyse(await toTensor(await decodeFile(file), input), { path: model, provider: 'cpu', layer: 'auto' }, explain);
}

/** Every n-th image of a folder and the folders below it. */
function images(folder: string, step: number): string[] {
  const files = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.jpg')).sort();
  return files.filter((_, i) => i % step === 0).map((f) => path.join(folder, f));
}

describe('the default model', () => {
  it('is at most 10 MB and says what its classes are', async () => {
    const { onnxPath, classes, domain } = await resolveModel(model);
    expect(fs.statSync(onnxPath).size).toBeLessThanOrEqual(10e6);
    expect(classes?.map((c) => [c.id, c.superclass])).toEqual([['Benign', 'benign'], ['Early', 'malignant'], ['Pre', 'malignant'], ['Pro', 'malignant']]);
    expect(domain).toBeDefined();
  });

  it('has a card that says what must be said', () => {
    const card = fs.readFileSync(path.join(path.dirname(model), 'MODEL_CARD.md'), 'utf8').replace(/\s+/g, ' ');
    for (const words of [/hematogones/, /not .?normal/i, /no (severity )?scale/i, /flow cytometry/, /research use/i, /10\.1002\/int\.22753/, /scale bar/i, /contiguous/i]) expect(card).toMatch(words);
  });

  it('gets exactly the input it was trained on', async () => {
    // Written by test/fixtures/default-input.mjs; the sharp pipeline there is the one that the training recipe names.
    const expected = JSON.parse(fs.readFileSync(path.join(root, 'test/fixtures/default-input.json'), 'utf8')) as { image: string; rgb: string; values: number[][] };
    const { input } = await resolveModel(model);
    const image = await decodeFile(path.join(root, 'test/fixtures', expected.image));
    expect(Buffer.from(await resizeRgb(image, input)).toString('base64')).toBe(expected.rgb);
    const tensor = await toTensor(image, input);
    for (const [index, value] of expected.values) expect(tensor[index]).toBe(value);
  });

  it('explains its last activation', async () => {
    const { explanation, probabilities } = await analyse(path.join(root, 'test/fixtures/images/photo.jpg'), true);
    const { layer, height, width, channels, maps, uniformGradient } = explanation as Explanation;
    expect({ layer, height, width, channels, uniformGradient, maps: maps.length }).toEqual({ layer: 'activation', height: 7, width: 7, channels: 1280, uniformGradient: true, maps: 12 });
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });
});

describe.skipIf(!fs.existsSync(data))('the default model on real images (skipped: ../shared/data is absent)', () => {
  it('knows the images it was trained on', async () => {
    const files = images(path.join(data, 'all-smears'), 12);
    const analyses = await Promise.all(files.map((f) => analyse(f)));
    const right = analyses.filter((a, i) => a.model.classes[a.predicted].id === path.basename(path.dirname(files[i])));
    expect(right.length / files.length).toBeGreaterThan(0.98);
    expect(analyses.filter((a) => a.domain?.inDomain).length / files.length).toBeGreaterThan(0.97);
  });

  it('calls images of another kind unlike its own', async () => {
    const analyses = await Promise.all(images(path.join(data, 'bccd'), 4).map((f) => analyse(f)));
    expect(analyses.filter((a) => a.domain?.inDomain === false).length / analyses.length).toBeGreaterThanOrEqual(0.95);
  });

  it('looks where there is something: its Grad-CAM maps are not flat', async () => {
    for (const file of images(path.join(data, 'all-smears'), 300)) {
      const { explanation, predicted } = await analyse(file, true);
      const map = (explanation as Explanation).maps.find((m) => m.method === 'grad-cam' && m.classIndex === predicted);
      expect(map?.flat, file).toBe(false);
    }
  });
});
