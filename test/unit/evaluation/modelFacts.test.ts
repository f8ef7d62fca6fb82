import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelFacts } from '../../../src/evaluation/modelFacts';
import { defaultModel } from '../../../src/models/defaultModel';
import { resolveModel } from '../../../src/models/resolve';

const root = path.resolve(import.meta.dirname, '../../..');
const fixture = (name: string): string => path.join(root, 'test/fixtures/onnx', name);
const size = (name: string): number => fs.statSync(fixture(name)).size;

describe('the facts of a model', () => {
  // One network, test/fixtures/onnx/recipe/nets_storage.py: two convolutions (3 × 3, 3 → 6 → 8), dense layers 8 → 8 → 4.
  it.each(['identity', 'constant', 'float-data', 'listed', 'external'])('count its parameters where they lie as: %s', async (storage) => {
    const { parameters } = await modelFacts(await resolveModel(fixture(`weights-${storage}.onnx`)));
    expect(parameters).toBe(6 * 27 + 6 + 8 * 54 + 8 + 8 * 8 + 8 + 4 * 8 + 4);
  });

  it('count float16 like float32', async () => {
    const { parameters } = await modelFacts(await resolveModel(fixture('half.onnx')));
    expect(parameters).toBe(6 * 27 + 6 + 8 * 54 + 8 + 8 * 8 + 8 + 4 * 8 + 4);
  });

  it('add up the bytes of the file and of its weights beside it', async () => {
    expect((await modelFacts(await resolveModel(fixture('weights-external.onnx')))).bytes).toBe(size('weights-external.onnx') + size('weights-external.onnx.data'));
    expect((await modelFacts(await resolveModel(fixture('weights-listed.onnx')))).bytes).toBe(size('weights-listed.onnx'));
  });

  it('fit the default model: MobileNetV2 with its batch normalisation folded, and four classes', async () => {
    const { bytes, parameters } = await modelFacts(await resolveModel(defaultModel(root)));
    expect(bytes).toBeLessThanOrEqual(10e6);
    // 2,223,872 without the top, of which 34,112 are the scales and shifts of batch normalisation; half of those stay as biases.
    expect(parameters).toBe(2_223_872 - 34_112 + 34_112 / 2 + 4 * 1280 + 4);
  });
});
