/** Logits, gradients and maps against PyTorch autograd, by the committed references of test/fixtures/onnx. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ALL_OUTPUTS, explainModel } from '../../src/explain/explained';
import { layerOf, prepare } from '../../src/explain/prepare';
import { createSession, runSession } from '../../src/inference/session';
import { resolveModel } from '../../src/models/resolve';
import { skeletonBytes } from '../../src/onnx/model';
import { floats as decode } from './floats';
import { relativeError } from './relativeError';

const folder = path.join(__dirname, '../fixtures/onnx');
const OUTPUTS = ['logits', 'activation', 'gradients', 'gradCam', 'gradCamPlusPlusPaper', 'gradCamPlusPlusNormalised'] as const;

/** As test/fixtures/onnx/make.py writes it; arrays are base64 of little-endian float32. */
interface Reference {
  name: string;
  file: string;
  layer: string;
  layerAuto: boolean;
  layerLayout: 'NCHW' | 'NHWC';
  /** Of the largest value. */
  tolerance: number;
  classes: number;
  shapes: { activation: number[] };
  samples: (Record<'input' | Exclude<(typeof OUTPUTS)[number], 'logits'>, string> & { logits: number[] })[];
}

const references = (JSON.parse(fs.readFileSync(path.join(folder, 'index.json'), 'utf8')) as { name: string; kind: 'reference' | 'error' }[])
  .filter(({ kind }) => kind === 'reference')
  .map(({ name }) => JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Reference);

describe('against PyTorch autograd', () => {
  it.each(references.map((r) => [r.name, r] as const))('%s', async (_, reference) => {
    const p = await prepare(await resolveModel(path.join(folder, reference.file)));
    const layer = layerOf(p, reference.layerAuto ? 'auto' : reference.layer);
    expect(layer.tensor).toBe(reference.layer);
    const { model, explained } = explainModel(p.model, p.facts, p.logits.tensor, layer, ALL_OUTPUTS);
    const session = await createSession(skeletonBytes(model), { provider: 'cpu', file: p.model.file, externalDataFolder: p.model.folder });
    try {
      for (const sample of reference.samples) {
        const rows = Array.from({ length: reference.classes }, (_unused, i) => BigInt(i));
        const feeds = { ...p.feeds(floats(sample.input)), ...(explained.classRows ? { [explained.classRows]: new Tensor('int64', rows, [rows.length]) } : {}) };
        const results = await runSession(session, feeds, p.model.file);
        for (const key of OUTPUTS) {
          const expected = reference.layerLayout === 'NHWC' ? channelsFirst(key, floats(sample[key]), reference) : floats(sample[key]);
          expect(relativeError(results[explained[key]].data as Float32Array, expected), key).toBeLessThan(reference.tolerance);
        }
      }
    } finally {
      await session.release();
    }
  });
});

/** The reference keeps the layer's own layout; the explained model gives channels first. */
function channelsFirst(key: (typeof OUTPUTS)[number], values: Float32Array, { shapes }: Reference): Float32Array {
  if (key !== 'activation' && key !== 'gradients') return values;
  const [height, width, channels] = shapes.activation;
  const pixels = height * width;
  return values.map((_, i) => {
    const [plane, rest] = [Math.floor(i / (channels * pixels)), i % (channels * pixels)];
    return values[plane * channels * pixels + (rest % pixels) * channels + Math.floor(rest / pixels)];
  });
}

function floats(values: string | number[]): Float32Array {
  return typeof values === 'string' ? decode(values) : Float32Array.from(values);
}
