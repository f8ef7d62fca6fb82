/**
 * Full-size torchvision networks against PyTorch autograd. Their files are too large to commit:
 * `python3 test/fixtures/onnx/make_large.py FOLDER` writes them, SMEARLENS_LARGE_MODELS names the folder.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ALL_OUTPUTS, explainModel } from '../../src/explain/explained';
import { layerOf, prepare } from '../../src/explain/prepare';
import { readNpy } from '../../src/images/npy';
import { createSession, runSession } from '../../src/inference/session';
import { resolveModel } from '../../src/models/resolve';
import { skeletonBytes } from '../../src/onnx/model';
import { relativeError } from './relativeError';

const folder = process.env.SMEARLENS_LARGE_MODELS;
const names = folder ? fs.readdirSync(folder).filter((f) => f.endsWith('.json')).map((f) => f.slice(0, -5)) : [];
const OUTPUTS = ['logits', 'activation', 'gradients', 'gradCam', 'gradCamPlusPlusPaper', 'gradCamPlusPlusNormalised'] as const;

describe.skipIf(!folder)('full-size networks (skipped: SMEARLENS_LARGE_MODELS is not set)', () => {
  it.each(names)('%s', async (name) => {
    const at = (suffix: string): string => path.join(folder ?? '', `${name}.${suffix}`);
    const reference = JSON.parse(fs.readFileSync(at('json'), 'utf8')) as { layer: string; selected: number[]; tolerance: number };
    const load = (key: string): Float32Array => readNpy(fs.readFileSync(at(`${key}.npy`)), at(key)).data as Float32Array;
    const p = await prepare(await resolveModel(at('onnx')));
    const layer = layerOf(p, 'auto');
    expect(layer.tensor).toBe(reference.layer);
    const { model, explained } = explainModel(p.model, p.facts, p.logits.tensor, layer, ALL_OUTPUTS);
    const session = await createSession(skeletonBytes(model), { provider: 'cpu', file: p.model.file, externalDataFolder: p.model.folder });
    const rows = explained.classRows ? { [explained.classRows]: new Tensor('int64', reference.selected.map(BigInt), [reference.selected.length]) } : {};
    const results = await runSession(session, { ...p.feeds(load('input')), ...rows }, p.model.file);
    await session.release();
    for (const key of OUTPUTS) {
      const error = relativeError(results[explained[key]].data as Float32Array, load(key));
      console.log(`${name} ${key}: ${error.toExponential(1)}`);
      expect(error, key).toBeLessThan(reference.tolerance);
    }
  });
});
