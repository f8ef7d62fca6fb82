/** Real smear images and a real network of another make: they decode, and what is said of them are numbers. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExplainEngine } from '../../src/explain/engine';
import { decodeFile } from '../../src/images/decode';
import { toTensor } from '../../src/images/tensor';
import { resolveModel } from '../../src/models/resolve';
import type { Analysis, Explanation } from '../../src/protocol/analysis';
import { temporaryFolder } from './bundle';

const data = path.join(__dirname, '../../../shared/data');

/** Every n-th image of a folder and the folders below it. */
function images(folder: string, step: number): string[] {
  const files = fs.readdirSync(path.join(data, folder), { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.jpg')).sort();
  return files.filter((_, i) => i % step === 0).map((f) => path.join(data, folder, f));
}

describe.skipIf(!fs.existsSync(data))('real images (skipped: ../shared/data is absent)', () => {
  it.each([
    ['all-smears', 4, [224, 224]],
    ['bccd', 1, [640, 480]],
  ] as const)('of %s decode', async (folder, step, size) => {
    const files = images(folder, step);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const image = await decodeFile(file);
      expect([image.width, image.height, image.data.length], file).toEqual([...size, 3 * size[0] * size[1]]);
      // Stained cells on a bright ground: neither blank nor noise.
      const mean = image.data.reduce((a, b) => a + b, 0) / image.data.length;
      expect(mean, file).toBeGreaterThan(60);
      expect(mean, file).toBeLessThan(245);
    }
  });

  describe('SqueezeNet in half precision: BGR from 0 to 255, 1000 classes, a convolution as its head, softmax inside', () => {
    let temporary: ReturnType<typeof temporaryFolder>;
    let model: string;
    const engine = new ExplainEngine({ log: () => undefined });
    beforeAll(() => {
      temporary = temporaryFolder();
      model = path.join(temporary.path, 'model.json');
      fs.copyFileSync(path.join(data, 'models/SqueezeNet_fp16.onnx'), path.join(temporary.path, 'model.onnx'));
      const classes = Array.from({ length: 1000 }, (_, i) => ({ id: `n${i}`, name: `class ${i}` }));
      const input = { width: 224, height: 224, colour: 'BGR', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
      fs.writeFileSync(model, JSON.stringify({ schemaVersion: 1, id: 'squeezenet', name: 'SqueezeNet', file: 'model.onnx', classes, input }));
    });
    afterAll(async () => {
      await engine.dispose();
      temporary.remove();
    });

    async function analyse(file: string): Promise<Omit<Analysis, 'image'>> {
      const { input } = await resolveModel(model);
      return engine.analyse(await toTensor(await decodeFile(file), input), { path: model, provider: 'cpu', layer: 'auto' }, true);
    }

    it('gives finite scores and maps of its best classes', async () => {
      for (const file of [...images('all-smears', 400), ...images('bccd', 100)]) {
        const { logits, probabilities, predicted, explanation } = await analyse(file);
        expect(logits).toHaveLength(1000);
        expect(logits.every(Number.isFinite)).toBe(true);
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        const { layer, maps } = explanation as Explanation;
        expect(layer).toBe('fire9/concat_1');
        expect(maps).toHaveLength(15);
        expect(maps[0].classIndex).toBe(predicted);
        expect(maps.every((m) => m.raw.every((v) => Number.isFinite(v) && v >= 0))).toBe(true);
        expect(maps[0].flat, file).toBe(false);
      }
    });
  });
});
