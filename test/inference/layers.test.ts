/** The layers that a model offers, on committed networks. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ExplainEngine } from '../../src/explain/engine';
import { saveExplained } from '../../src/explain/save';
import { resolveModel } from '../../src/models/resolve';
import { readModel } from '../../src/onnx/model';
import { saveModel } from '../../src/onnx/save';
import type { LayerChoices } from '../../src/protocol/inference';
import { temporaryFolder } from './bundle';
import { about, CommandLine, fixture, plain } from './commandLine';

const temporary = temporaryFolder();
const engine = new ExplainEngine({ log: () => undefined });
const cli = new CommandLine();
afterAll(async () => {
  await engine.dispose();
  temporary.remove();
  cli.dispose();
});

const choicesOf = (file: string): Promise<LayerChoices> => engine.layers({ path: file, provider: 'auto', layer: 'auto' });

interface Reference {
  readonly layer: string;
  readonly layerLayout: 'NCHW' | 'NHWC';
  readonly shapes: { readonly activation: readonly [number, number, number] };
}

it.each(['vgg', 'resnet', 'densenet', 'efficientnet', 'squeezenet', 'nhwc-layer', 'half', 'twenty-classes'])('%s: the automatic layer and its size are the reference\'s', async (name) => {
  const { layer, layerLayout, shapes } = about<Reference>(name);
  const [channels, height, width] = layerLayout === 'NCHW' ? shapes.activation : [shapes.activation[2], shapes.activation[0], shapes.activation[1]];
  const { automatic, layers } = await choicesOf(fixture(name));
  expect(automatic).toBe(layer);
  expect(layers.filter((l) => l.name === layer)).toMatchObject([{ channels, height, width, differentiable: true }]);
});

it('every layer of a network is listed from image to logits, and none behind the pooling', async () => {
  const { automatic, layers } = await choicesOf(plain);
  expect(automatic).toBe('clip_3');
  expect(layers.map((l) => l.name)).toEqual(['conv', 'clip', 'conv_1', 'clip_1', 'conv_2', 'add', 'conv_3', 'clip_2', 'conv_4', 'clip_3']);
  expect(layers[0]).toEqual({ name: 'conv', op: 'Conv', channels: 6, height: 6, width: 8, differentiable: true });
  expect(layers[9]).toEqual({ name: 'clip_3', op: 'Clip', channels: 8, height: 3, width: 4, differentiable: true });
});

describe('an operator without a gradient rule', () => {
  it('in the head takes all layers from the gradient methods', async () => {
    const { automatic, layers } = await choicesOf(fixture('bad-quantised'));
    expect(automatic).toBe('relu_1');
    expect(layers.map((l) => [l.name, l.differentiable])).toEqual([['conv', false], ['relu', false], ['conv_1', false], ['relu_1', false]]);
  });

  it('amid the layers takes those before it, not those behind it', async () => {
    const model = readModel(plain);
    const node = model.proto.graph.node.find((n) => n.output[0] === 'clip_1');
    if (!node) throw new Error('clip_1 is missing');
    node.opType = 'Atan';
    node.input = [node.input[0]];
    const file = path.join(temporary.path, 'atan.onnx');
    await saveModel(model, file);
    const { automatic, layers } = await choicesOf(file);
    expect(automatic).toBe('clip_3');
    // 'clip' has a second way to the logits, past the operator: one way without a rule is enough.
    expect(layers.filter((l) => !l.differentiable).map((l) => l.name)).toEqual(['conv', 'clip', 'conv_1']);
    expect(layers[3]).toMatchObject({ name: 'clip_1', op: 'Atan' });
    for (const { name, differentiable } of layers) {
      const { explanation } = await engine.analyse(new Float32Array(3 * 16 * 12), { path: file, provider: 'cpu', layer: name }, true);
      expect(explanation, name).toMatchObject(differentiable ? { layer: name } : { error: { code: 'op-not-differentiable' } });
    }
  });
});

it.each([['bad-no-convolution', 0], ['bad-transformer', 1]])('%s has no automatic layer', async (name, count) => {
  const { automatic, layers } = await choicesOf(fixture(name));
  expect(automatic).toBeNull();
  expect(layers).toHaveLength(count);
});

it('a model that cannot be used is refused', async () => {
  await expect(choicesOf(fixture('bad-text'))).rejects.toMatchObject({ code: expect.stringMatching(/^model-/) as string, message: expect.stringContaining('bad-text.onnx') as string });
});

describe("'auto' means", () => {
  async function withManifest(name: string, onnx: string, layer: string): Promise<LayerChoices> {
    const folder = path.join(temporary.path, name);
    fs.mkdirSync(folder);
    fs.copyFileSync(onnx, path.join(folder, 'model.onnx'));
    const classes = ['a', 'b', 'c', 'd'].map((id) => ({ id, name: id }));
    fs.writeFileSync(path.join(folder, 'model.json'), JSON.stringify({ schemaVersion: 1, id: name, name, file: 'model.onnx', classes, input: { width: 16, height: 12 }, explain: { layer } }));
    return choicesOf(folder);
  }

  it('the layer that the manifest names', async () => {
    expect((await withManifest('named', plain, 'clip_1')).automatic).toBe('clip_1');
    expect((await withManifest('automatic', plain, 'auto')).automatic).toBe('clip_3');
  });

  it('nothing where the manifest names a layer that there is not', async () => {
    const { automatic, layers } = await withManifest('unknown', plain, 'no-such-layer');
    expect(automatic).toBeNull();
    expect(layers).toHaveLength(10);
  });

  it('the layer that a self-explaining file explains, unless its manifest names another', async () => {
    const file = path.join(temporary.path, 'saved.onnx');
    await saveExplained(await resolveModel(plain), 'clip_1', file);
    const { automatic, layers } = await choicesOf(file);
    expect(automatic).toBe('clip_1');
    expect(layers).toEqual((await choicesOf(plain)).layers);
    expect((await engine.describe({ path: file, provider: 'cpu', layer: 'auto' })).layer).toBe(automatic);
    expect((await withManifest('saved', file, 'clip_2')).automatic).toBe('clip_2');
  });
});

it('`smearlens inspect` lists the same', async () => {
  for (const name of ['nhwc-layer', 'bad-quantised', 'bad-no-convolution']) {
    const { automatic, layers } = await choicesOf(fixture(name));
    expect((await cli.json('inspect', fixture(name))).lines[0]).toMatchObject({ layer: automatic, layers });
  }
});
