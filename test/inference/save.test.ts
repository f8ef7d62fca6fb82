/** The saved self-explaining model, run by a plain onnxruntime session, against the original and against the engine. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, describe, expect, it } from 'vitest';
import { ExplainEngine } from '../../src/explain/engine';
import { readExplained } from '../../src/explain/explained';
import { layerOf, prepare, type Prepared } from '../../src/explain/prepare';
import { saveExplained } from '../../src/explain/save';
import { resolveModel } from '../../src/models/resolve';
import { readModel } from '../../src/onnx/model';
import type { Explanation } from '../../src/protocol/analysis';
import { temporaryFolder } from './bundle';
import { relativeError } from './relativeError';

const folder = path.join(__dirname, '../fixtures/onnx');
const fixture = (name: string): string => path.join(folder, `${name}.onnx`);
const temporary = temporaryFolder();
const engine = new ExplainEngine({ log: () => undefined });
afterAll(async () => {
  await engine.dispose();
  temporary.remove();
});

/** Of the largest value: the same computation in graphs that the runtime optimises differently. */
const ROUNDING = 1e-5;
const HALF_ROUNDING = 1e-3;

const pixelsOf = ({ resolved }: Prepared): Float32Array => Float32Array.from({ length: 3 * resolved.input.width * resolved.input.height }, (_, i) => Math.sin(i));

async function plainRun(file: string, feeds: InferenceSession.FeedsType): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  try {
    return (await session.run(feeds));
  } finally {
    await session.release();
  }
}

async function save(name: string, layer = 'auto', from = fixture(name)): Promise<{ file: string; p: Prepared; explained: Awaited<ReturnType<typeof saveExplained>> }> {
  const resolved = await resolveModel(from);
  const file = path.join(temporary.path, `${name}-${layer}.onnx`);
  return { file, p: await prepare(resolved), explained: await saveExplained(resolved, layer, file) };
}

async function explain(file: string, p: Prepared, layer = 'auto', rows?: readonly number[]): Promise<Explanation> {
  const { explanation } = await engine.analyse(pixelsOf(p), { path: file, provider: 'cpu', layer }, true, { rows });
  if (!explanation || 'error' in explanation) throw new Error(JSON.stringify(explanation));
  return explanation;
}

const NAMES = ['gap-linear-opset7', 'gap-linear-opset25', 'vgg', 'resnet', 'nhwc-layer', 'fixed-batch', 'softmax-inside', 'twenty-classes', 'half', 'weights-external', 'weights-constant', 'weights-float-data', 'weights-identity', 'weights-listed'];

describe('a saved model', () => {
  it.each(NAMES)('%s gives what the original gives, and the maps of the engine', async (name) => {
    const { file, p, explained } = await save(name);
    // Alone in a folder: it needs no file beside it.
    const alone = path.join(temporary.path, `alone-${name}`);
    fs.mkdirSync(alone);
    fs.copyFileSync(file, path.join(alone, 'model.onnx'));
    const rounding = name === 'half' ? HALF_ROUNDING : ROUNDING;
    const rows = Array.from({ length: p.classes }, (_, i) => i);
    const feeds = p.feeds(pixelsOf(p));
    const results = await plainRun(path.join(alone, 'model.onnx'), { ...feeds, ...(explained.classRows ? { [explained.classRows]: new Tensor('int64', rows.map(BigInt), [rows.length]) } : {}) });
    for (const [output, { data, dims }] of Object.entries(await plainRun(p.model.file, feeds))) {
      expect(results[output].dims).toEqual(dims);
      expect(relativeError(results[output].data as Float32Array, data as Float32Array), output).toBeLessThan(rounding);
    }
    const { maps, height, width } = await explain(p.model.file, p, 'auto', rows);
    const named = { 'grad-cam none': explained.gradCam, 'grad-cam++ paper': explained.gradCamPlusPlusPaper, 'grad-cam++ normalised': explained.gradCamPlusPlusNormalised };
    expect(maps).toHaveLength(3 * p.classes);
    for (const [method, output] of Object.entries(named)) {
      const expected = maps.filter((m) => `${m.method} ${m.variant}` === method).sort((a, b) => a.classIndex - b.classIndex).flatMap((m) => [...m.raw]);
      expect(results[output].dims).toEqual([1, p.classes, height, width]);
      expect(relativeError(results[output].data as Float32Array, expected), method).toBeLessThan(rounding);
    }
  });

  it('keeps an open batch size open: each image of a batch has the maps that it has alone', async () => {
    const { file, p, explained } = await save('conv-tail', 'relu_1');
    const [one, two] = [pixelsOf(p), pixelsOf(p).map((v) => 1 - v * v)];
    const { width, height } = p.resolved.input;
    const input = (images: Float32Array[]): InferenceSession.FeedsType => ({ [p.image.name]: new Tensor('float32', Float32Array.from(images.flatMap((i) => [...i])), [images.length, 3, height, width]) });
    const alone = [await plainRun(file, input([one])), await plainRun(file, input([two]))];
    const together = await plainRun(file, input([two, one, two]));
    for (const output of [explained.logits, explained.gradCam, explained.gradCamPlusPlusPaper, explained.gradCamPlusPlusNormalised, explained.activation]) {
      const expected = [1, 0, 1].flatMap((i) => [...(alone[i][output].data as Float32Array)]);
      expect(relativeError(together[output].data as Float32Array, expected), output).toBeLessThan(ROUNDING);
    }
    expect(together[explained.gradients].dims).toEqual([p.classes, 3, explained.channels, explained.height, explained.width]);
  });

  it('is known for what it is: the engine explains it without differentiating it again', async () => {
    const { file, p, explained } = await save('resnet');
    expect(readExplained(readModel(file))).toEqual(explained);
    const [again, original] = [await explain(file, p), await explain(fixture('resnet'), p)];
    expect(again.layer).toBe(original.layer);
    again.maps.forEach((map, i) => expect(relativeError(map.raw, original.maps[i].raw)).toBeLessThan(ROUNDING));
  });

  it('can be explained at another layer, and says so when saved again', async () => {
    const first = await save('vgg');
    const graph = first.p.graph.model.proto.graph.node.map((n) => n.output[0]);
    const other = graph.find((name) => name !== first.explained.layer && first.p.facts.get(name)?.shape.length === 4 && (first.p.facts.get(name)?.shape[2] ?? 0) > 1) ?? '';
    const second = await save('vgg', other, first.file);
    expect(second.explained.layer).toBe(other);
    expect(readExplained(readModel(second.file))).toEqual(second.explained);
    const [again, original] = [await explain(second.file, first.p, other), await explain(fixture('vgg'), first.p, other)];
    again.maps.forEach((map, i) => expect(relativeError(map.raw, original.maps[i].raw)).toBeLessThan(ROUNDING));
    expect(layerOf(first.p, other).tensor).toBe(other);
  });

  it('is not written over the model that it is made of', async () => {
    const copy = path.join(temporary.path, 'copy.onnx');
    fs.copyFileSync(fixture('vgg'), copy);
    await expect(saveExplained(await resolveModel(copy), 'auto', copy)).rejects.toMatchObject({ code: 'output-unwritable', message: expect.stringContaining('copy.onnx') as unknown });
    expect(fs.readFileSync(copy).equals(fs.readFileSync(fixture('vgg')))).toBe(true);
  });
});
