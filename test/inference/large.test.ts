/**
 * Full-size torchvision networks against PyTorch autograd. Their files are too large to commit:
 * `python3 test/fixtures/onnx/make_large.py FOLDER` writes them, SMEARLENS_LARGE_MODELS names the folder.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { ALL_OUTPUTS, explainModel, type ExplainedOutput } from '../../src/explain/explained';
import { layerOf, prepare, type Prepared } from '../../src/explain/prepare';
import { readNpy } from '../../src/images/npy';
import { createSession, runSession } from '../../src/inference/session';
import { resolveModel } from '../../src/models/resolve';
import { skeletonBytes } from '../../src/onnx/model';
import { relativeError } from './relativeError';

const folder = process.env.SMEARLENS_LARGE_MODELS;
const OUTPUTS = ['logits', 'activation', 'gradients', 'gradCam', 'gradCamPlusPlusPaper', 'gradCamPlusPlusNormalised'] as const;

/** As make_large.py writes it. */
interface Reference {
  readonly layer: string;
  readonly selected: readonly number[];
  readonly tolerance: number;
  /** Layers near the image, of some networks, and what PyTorch's own float32 is off by there. */
  readonly early: readonly { readonly layer: string; readonly float32Error: { readonly gradCam: number; readonly gradients: number } }[];
}

const at = (name: string, suffix: string): string => path.join(folder ?? '', `${name}.${suffix}`);
const load = (name: string, key: string): Float32Array => readNpy(fs.readFileSync(at(name, `${key}.npy`)), at(name, key)).data as Float32Array;
const references = (folder ? fs.readdirSync(folder) : [])
  .filter((f) => f.endsWith('.json'))
  .map((f) => [f.slice(0, -5), JSON.parse(fs.readFileSync(path.join(folder ?? '', f), 'utf8')) as Reference] as const);

describe.skipIf(!folder)('full-size networks (skipped: SMEARLENS_LARGE_MODELS is not set)', () => {
  it.each(references)('%s', async (name, reference) => {
    const p = await prepare(await resolveModel(at(name, 'onnx')));
    expect(layerOf(p, 'auto').tensor).toBe(reference.layer);
    const results = await explained(p, 'auto', load(name, 'input'), reference.selected, ALL_OUTPUTS);
    for (const key of OUTPUTS) compare(`${name} ${key}`, results(key), load(name, key), reference.tolerance);
  });

  it.each(references.flatMap(([name, r]) => r.early.map((early, i) => [name, early.layer, i, early.float32Error, r] as const)))('%s at %s', async (name, layer, i, floor, reference) => {
    const p = await prepare(await resolveModel(at(name, 'onnx')));
    const results = await explained(p, layer, load(name, 'input'), reference.selected, ['logits', 'activation', 'gradients', 'gradCam']);
    const expected = (key: string): Float32Array => load(name, `early${i}.${key}`);
    compare(`${name} ${layer} activation`, results('activation'), expected('activation'), reference.tolerance);
    compare(`${name} ${layer} gradCam`, results('gradCam'), expected('gradCam'), reference.tolerance);
    compare(`${name} ${layer} gradients`, results('gradients'), expected('gradients'), Math.max(reference.tolerance, 4 * floor.gradients), normError);
  });
});

/** For many values of which single ones may move to a neighbour. */
function normError(actual: Float32Array, expected: Float32Array): number {
  const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
  return norm(actual.map((v, i) => v - expected[i])) / norm(expected);
}

async function explained(p: Prepared, layer: string, input: Float32Array, selected: readonly number[], outputs: readonly ExplainedOutput[]): Promise<(key: ExplainedOutput) => Float32Array> {
  const { model, explained: names } = explainModel(p.model, p.facts, p.logits.tensor, layerOf(p, layer), outputs);
  const session = await createSession(skeletonBytes(model), { provider: 'cpu', file: p.model.file, externalDataFolder: p.model.folder });
  const rows = names.classRows ? { [names.classRows]: new Tensor('int64', selected.map(BigInt), [selected.length]) } : {};
  const results = await runSession(session, { ...p.feeds(input), ...rows }, p.model.file);
  await session.release();
  return (key) => results[names[key]].data as Float32Array;
}

function compare(what: string, actual: Float32Array, expected: Float32Array, tolerance: number, measure: typeof normError = relativeError): void {
  const error = measure(actual, expected);
  console.log(`${what}: ${error.toExponential(1)} (less than ${tolerance.toExponential(1)})`);
  expect(error, what).toBeLessThan(tolerance);
}
