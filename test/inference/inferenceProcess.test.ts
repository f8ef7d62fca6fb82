/** The inference process as it is shipped: real decoder, real engine, real worker thread. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeFile } from '../../src/images/decode';
import { toTensor } from '../../src/images/tensor';
import { InferenceClient } from '../../src/inference/client';
import { resolveModel } from '../../src/models/resolve';
import type { Analysis } from '../../src/protocol/analysis';
import { bundle, temporaryFolder } from './bundle';

const model = join(import.meta.dirname, '../fixtures/onnx/gap-linear-opset13.onnx');
const folder = temporaryFolder();
const image = join(folder.path, 'smear.png');
let client: InferenceClient;

beforeAll(async () => {
  const [entry = ''] = await bundle(folder.path, '../../src/inferenceProcess.ts');
  await sharp({ create: { width: 40, height: 30, channels: 3, background: '#b06090', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
    .png()
    .toFile(image);
  client = new InferenceClient({ entry, log: () => undefined });
});
afterAll(async () => {
  await client.dispose();
  folder.remove();
});

function analyse(imagePath: string, path: string = model): Promise<Analysis> {
  return client.call('analyse', { imagePath, model: { path, provider: 'cpu', layer: 'auto' }, explain: true });
}

test('an analysis has the scores that the model gives for the decoded image, and a map for each class and method', async () => {
  const { input } = await resolveModel(model);
  const tensor = new ort.Tensor('float32', await toTensor(await decodeFile(image), input), [1, 3, input.height, input.width]);
  const session = await ort.InferenceSession.create(model);
  const [output] = Object.values(await session.run({ [input.tensorName]: tensor }));
  const expected = [...((output as ort.TypedTensor<'float32'>).data)];

  const analysis = await analyse(image);
  analysis.logits.forEach((logit, i) => expect(logit).toBeCloseTo(expected[i] ?? NaN, 5));
  expect(analysis).toMatchObject({ image: { path: image, width: 40, height: 30 }, provider: 'cpu' });
  const { explanation } = analysis;
  if (!explanation || 'error' in explanation) throw new Error('there is no explanation');
  expect(explanation.maps).toHaveLength(3 * expected.length);
  for (const { raw } of explanation.maps) {
    expect(raw).toBeInstanceOf(Float32Array);
    expect(raw).toHaveLength(explanation.width * explanation.height);
  }
});

test('bad images and bad models are named, and the next image works', async () => {
  const named = (name: string, content: string): string => {
    writeFileSync(join(folder.path, name), content);
    return join(folder.path, name);
  };
  await expect(analyse(named('empty.png', ''))).rejects.toMatchObject({ code: 'image-empty', message: expect.stringMatching(/empty\.png/) as string });
  await expect(analyse(named('text.tif', 'no image'))).rejects.toMatchObject({ message: expect.stringMatching(/text\.tif/) as string });
  await expect(analyse(image, named('text.onnx', 'no model'))).rejects.toMatchObject({ message: expect.stringMatching(/text\.onnx/) as string });
  await expect(analyse(image, named('empty.onnx', ''))).rejects.toMatchObject({ message: expect.stringMatching(/empty\.onnx/) as string });
  expect((await analyse(image)).logits).toHaveLength(4);
});

test('killed among many calls, it answers them all', async () => {
  const calls = Array.from({ length: 12 }, () => analyse(image));
  await calls[0];
  process.kill(client.pid ?? 0, 'SIGKILL');
  const replies = await Promise.all(calls);
  for (const { logits } of replies) expect(logits).toEqual(replies[0]?.logits);
});

test('the layers of a model are told, and one of them by name is explained', async () => {
  const { automatic, layers } = await client.call('layers', { model: { path: model, provider: 'cpu', layer: 'auto' } });
  expect(automatic).toBe(layers[layers.length - 1].name);
  const [first] = layers;
  const { explanation } = await client.call('analyse', { imagePath: image, model: { path: model, provider: 'cpu', layer: first.name }, explain: true });
  expect(explanation).toMatchObject({ layer: first.name, channels: first.channels, height: first.height, width: first.width });
});

test('an image is rendered as PNG for viewers that cannot show it', async () => {
  const { png, width, height } = await client.call('render', { imagePath: image, maxSide: 20 });
  expect([width, height]).toEqual([40, 30]);
  expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 20, height: 15 });
});
