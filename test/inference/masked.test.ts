/** Sessions that run one image under many masks: when they batch, and what they refuse. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ExplainEngine } from '../../src/explain/engine';
import { openMasked, runMasked, type MaskedSession } from '../../src/explain/masked';
import type { MaskPlace } from '../../src/explain/maskedGraph';
import { layerOf, prepare } from '../../src/explain/prepare';
import { probeInput } from '../../src/inference/agreement';
import { resolveModel } from '../../src/models/resolve';
import { Graph } from '../../src/onnx/graph';
import { readModel } from '../../src/onnx/model';
import { saveModel } from '../../src/onnx/save';
import { ElementType } from '../../src/onnx/tensors';
import { GraphWriter } from '../../src/onnx/writer';
import type { InquiryAnswer } from '../../src/protocol/inquiry';
import { temporaryFolder } from './bundle';
import { about, fixture } from './commandLine';
import { floats } from './floats';
import { relativeError } from './relativeError';

const temporary = temporaryFolder();
const engine = new ExplainEngine({ log: () => undefined });
afterAll(async () => {
  await engine.dispose();
  temporary.remove();
});

async function masked(file: string, place: MaskPlace, layer = 'auto'): Promise<MaskedSession> {
  const p = await prepare(await resolveModel(file));
  return openMasked(p, layerOf(p, layer), 'cpu', place);
}

const input = (name: string): Float32Array => floats(about<{ samples: { input: string }[] }>(name).samples[0].input);

describe.each(['image', 'layer'] as const)('masks on the %s', (place) => {
  it.each([
    ['gap-relu', 'auto', true],
    ['fixed-batch', 'auto', true],
    ['fixed-reshape', 'auto', true],
    ['early-branch', 'clip_1', true],
    ['folded-batch', 'auto', false],
    ['bad-if', 'relu_1', false],
    ['bad-loop', 'relu_1', false],
  ])('%s at %s: many in one run: %s', async (name, layer, many) => {
    const open = await masked(fixture(name), place, layer);
    expect(open.largestBatch > 1).toBe(many);
    const pixels = probeInput(3 * 12 * 16 * (name === 'early-branch' ? 315 / 192 : 1));
    const size = open.layer.height * open.layer.width;
    const masks = probeInput(5 * size).map(Math.abs);
    const { logits } = await runMasked(open, pixels, masks, [0.1, 0.2, 0.3]);
    const single = await Promise.all([0, 1, 2, 3, 4].map((i) => runMasked(open, pixels, masks.slice(i * size, (i + 1) * size), [0.1, 0.2, 0.3])));
    expect(relativeError(logits, single.flatMap((s) => Array.from(s.logits)))).toBeLessThan(1e-5);
    await open.session.release();
  });
});

it('masks that show all leave logits and activation as they are', async () => {
  for (const [name, place] of [['gap-relu', 'image'], ['gap-relu', 'layer'], ['nhwc-layer', 'layer'], ['early-relu', 'image']] as const) {
    const reference = about<{ layer: string; samples: { logits: number[]; activation: string }[] }>(name);
    const open = await masked(fixture(name), place, reference.layer);
    const { logits, activation } = await runMasked(open, input(name), new Float32Array(open.layer.height * open.layer.width).fill(1), [9, 9, 9], true);
    expect(relativeError(logits, reference.samples[0].logits), name).toBeLessThan(1e-4);
    if (name !== 'nhwc-layer') expect(relativeError(activation ?? [], floats(reference.samples[0].activation)), name).toBeLessThan(1e-4);
    await open.session.release();
  }
});

it('a mask of zeros on the image shows the fill alone', async () => {
  const open = await masked(fixture('gap-relu'), 'image');
  const size = open.layer.height * open.layer.width;
  // Min-max normalised, this one is 0 nearly everywhere; the image then hardly matters, and the fill does.
  const corner = new Float32Array(size);
  corner[0] = 1;
  const logitsOf = async (pixels: Float32Array, fill: number[]): Promise<Float32Array> => (await runMasked(open, pixels, corner, fill)).logits;
  const [image, other] = [input('gap-relu'), input('gap-relu').map((v, i) => (i % 16 > 8 ? -v : v))];
  expect(relativeError(await logitsOf(other, [1, 0, -1]), await logitsOf(image, [1, 0, -1]))).toBeLessThan(1e-5);
  expect(relativeError(await logitsOf(image, [-1, 1, 0]), await logitsOf(image, [1, 0, -1]))).toBeGreaterThan(0.01);
  await open.session.release();
});

it('the image itself can be masked as a layer', async () => {
  const open = await masked(fixture('gap-relu'), 'layer', 'input');
  const image = input('gap-relu');
  const half = new Float32Array(12 * 16).map((_, i) => (i % 16 < 8 ? 1 : 0));
  const { logits } = await runMasked(open, image, half, [0, 0, 0]);
  const byHand = await runMasked(open, image.map((v, i) => v * half[i % 192]), new Float32Array(192).fill(1), [0, 0, 0]);
  expect(relativeError(logits, byHand.logits)).toBeLessThan(1e-5);
  expect(relativeError(logits, (await runMasked(open, image, new Float32Array(192).fill(1), [0, 0, 0])).logits)).toBeGreaterThan(0.01);
  await open.session.release();
});

it('scores that are no numbers are an error, from the session and from an inquiry', async () => {
  const image = input('gap-relu').fill(3e38);
  const open = await masked(fixture('gap-relu'), 'image');
  await expect(runMasked(open, image, new Float32Array(open.layer.height * open.layer.width), [0, 0, 0])).rejects.toMatchObject({ code: 'numeric', message: expect.stringContaining('gap-relu.onnx') as string });
  await open.session.release();
  for (const inquiry of [{ kind: 'score-cam', mode: 'exact' }, { kind: 'recipro-cam' }, { kind: 'more-methods' }] as const) {
    await expect(engine.inquire(image, { path: fixture('gap-relu'), provider: 'cpu', layer: 'auto' }, inquiry).next(), inquiry.kind).rejects.toMatchObject({ code: 'numeric' });
  }
});

it('an activation of whole numbers is masked by nothing', async () => {
  const model = readModel(fixture('gap-relu'));
  const { graph } = model.proto;
  const relu = graph.node.findIndex((n) => n.output[0] === 'relu_1');
  graph.node.slice(relu + 1).forEach((n) => (n.input = n.input.map((name) => (name === 'relu_1' ? 'as_float' : name))));
  const w = new GraphWriter(new Graph(model), 'test');
  w.node('Cast', ['relu_1'], { to: { int: ElementType.INT32 } }, 'whole');
  w.node('Cast', ['whole'], { to: { int: ElementType.FLOAT } }, 'as_float');
  // As some exporters do: the node has the name of its tensor.
  graph.node.slice(-2).forEach((n) => (n.name = n.output[0]));
  graph.node.splice(relu + 1, 0, ...graph.node.splice(-2));
  const file = path.join(temporary.path, 'whole.onnx');
  await saveModel(model, file);
  await expect(masked(file, 'layer', 'whole')).rejects.toMatchObject({ code: 'model-unsupported', message: expect.stringContaining("'whole'") as string });
  const open = await masked(file, 'layer', 'as_float');
  expect(open.largestBatch).toBeGreaterThan(1);
  await open.session.release();
});

describe('an inquiry on the default model', () => {
  const model = path.join(__dirname, '../../models/all-mobilenetv2/model.json');
  it.skipIf(!fs.existsSync(model))('gives the same maps as Grad-CAM does where the arithmetic says so, and ends between two steps', async () => {
    const pixels = probeInput(3 * 224 * 224);
    const choice = { path: model, provider: 'cpu', layer: 'auto' } as const;
    const { explanation } = await engine.analyse(pixels, choice, true);
    if (!explanation || 'error' in explanation) throw new Error('The default model is explained.');
    const more = (await engine.inquire(pixels, choice, { kind: 'more-methods' }).next()).value as Extract<InquiryAnswer, { kind: 'more-methods' }>;
    expect(more).toMatchObject({ layer: 'activation', height: 7, width: 7, channels: 1280, uniformGradient: true, done: 1, total: 1 });
    expect(more.maps).toHaveLength(16);
    // Behind global average pooling and one linear layer, w_k = W/(h·w): HiResCAM, XGrad-CAM and Grad-CAM are one.
    for (const { raw, classIndex, method } of more.maps.filter((m) => m.method === 'hirescam' || m.method === 'xgrad-cam')) {
      const grad = explanation.maps.find((m) => m.method === 'grad-cam' && m.classIndex === classIndex);
      if (!grad) throw new Error('There is a Grad-CAM map of each class.');
      if (grad.flat) expect(Math.max(...raw), `${method} ${classIndex}`).toBeLessThan(1e-6);
      else expect(relativeError(raw, grad.raw), `${method} ${classIndex}`).toBeLessThan(1e-4);
    }
    for (const inquiry of [{ kind: 'score-cam', mode: 'exact' }, { kind: 'recipro-cam' }] as const) {
      const steps = engine.inquire(pixels, choice, inquiry);
      const first = await steps.next();
      expect(first, inquiry.kind).toMatchObject({ done: false, value: { layer: 'activation', total: inquiry.kind === 'recipro-cam' ? 49 : expect.any(Number) as number } });
      await engine.analyse(pixels, choice, false);
      const second = await steps.next();
      expect((second.value as { done: number }).done, inquiry.kind).toBeGreaterThan((first.value as { done: number }).done);
      expect(await steps.return(undefined as never), inquiry.kind).toMatchObject({ done: true });
      expect(await steps.next(), inquiry.kind).toMatchObject({ done: true, value: undefined });
    }
  });
});
