/** What the engine says of models that it cannot use, and that it goes on working; layers by name; many classes; manifests. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { SmearLensError, type ErrorInfo } from '../../src/errors';
import { ExplainEngine } from '../../src/explain/engine';
import { namedLayer } from '../../src/explain/layer';
import { layerOf, prepare } from '../../src/explain/prepare';
import { resolveModel } from '../../src/models/resolve';
import type { Analysis, Explanation } from '../../src/protocol/analysis';
import { temporaryFolder } from './bundle';

const folder = path.join(__dirname, '../fixtures/onnx');
const fixture = (name: string): string => path.join(folder, name.includes('.') ? name : `${name}.onnx`);
const refused = (JSON.parse(fs.readFileSync(fixture('index.json'), 'utf8')) as { name: string; kind: string }[])
  .filter(({ kind }) => kind === 'error')
  .map(({ name }) => JSON.parse(fs.readFileSync(fixture(`${name}.json`), 'utf8')) as { name: string; codes: string[] });

const engine = new ExplainEngine({ log: () => undefined });
const temporary = temporaryFolder();
afterAll(async () => {
  await engine.dispose();
  temporary.remove();
});

/** Runs a model on an input of its size that is the same each time. */
async function analyse(model: string, layer = 'auto', rows?: readonly number[]): Promise<Omit<Analysis, 'image'>> {
  const { input } = await resolveModel(model);
  const pixels = Float32Array.from({ length: 3 * input.width * input.height }, (_, i) => Math.sin(i));
  return engine.analyse(pixels, { path: model, provider: 'cpu', layer }, true, { rows });
}

/** The error that a user meets: thrown, or in place of the explanation. */
async function problemOf(model: string, layer = 'auto'): Promise<ErrorInfo> {
  try {
    const { explanation } = await analyse(model, layer);
    if (explanation && 'error' in explanation) return explanation.error;
  } catch (error) {
    expect(error).toBeInstanceOf(SmearLensError);
    return error as SmearLensError;
  }
  throw new Error(`${model} was explained`);
}

function explanationOf({ explanation }: Omit<Analysis, 'image'>): Explanation {
  if (!explanation || 'error' in explanation) throw new Error('no explanation');
  return explanation;
}

describe('a model that cannot be used', () => {
  afterEach(async () => {
    expect(explanationOf(await analyse(fixture('gap-linear-opset13'))).maps).toHaveLength(12);
  });

  /** What the message must name besides the file, such as the node that is in the way. */
  const named: Record<string, RegExp> = {
    'bad-if': /If 'If(_\w+)?'/,
    'bad-loop': /Loop 'Loop(_\w+)?'/,
    'bad-quantised': /DequantizeLinear 'DequantizeLinear/,
    'bad-custom-op': /SwirlPool/,
    'bad-training-mode': /BatchNormalization 'BatchNormalization/,
    'bad-score-grid': /\[1, 4, 3, 4\]/,
    'bad-two-images': /'left'.*'right'/,
    'bad-external-missing': /bad-external-missing\.onnx\.data/,
    'bad-external-escaping': /secret\.data/,
  };

  it.each(refused.map((r) => [r.name, r] as const))('%s: says so, and the next model works', async (name, { codes }) => {
    const { code, message, hint } = await problemOf(fixture(name));
    expect(codes).toContain(code);
    expect(message).toContain(`${name}.onnx`);
    if (named[name]) expect(message).toMatch(named[name]);
    expect(hint).toMatch(/\w{3}/);
  });

  it.each(['bad-if', 'bad-loop', 'bad-quantised', 'bad-no-convolution'])('%s still predicts', async (name) => {
    const { probabilities, explanation } = await analyse(fixture(name));
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    expect(explanation).toHaveProperty('error');
  });
});

describe('a layer by name', () => {
  it('is explained where the model has it', async () => {
    const p = await prepare(await resolveModel(fixture('vgg')));
    const auto = layerOf(p, 'auto');
    const others = p.graph.model.proto.graph.node.map((n) => n.output[0]).filter((name) => name !== auto.tensor && p.facts.get(name)?.shape.length === 4 && (p.facts.get(name)?.shape[2] ?? 0) > 1);
    expect(others.length).toBeGreaterThan(2);
    for (const name of others) {
      const { layer, height, width } = explanationOf(await analyse(fixture('vgg'), name));
      expect([layer, height, width]).toEqual([name, ...(p.facts.get(name)?.shape.slice(2) ?? [])]);
    }
  });

  it.each(['no-such-tensor', 'gemm', ''])("'%s' is unknown: the error lists what there is", async (name) => {
    const p = await prepare(await resolveModel(fixture('resnet')));
    const { code, message, hint } = await Promise.resolve()
      .then(() => namedLayer(p.graph, p.facts, p.image.name, p.logits.tensor, name))
      .then(() => Promise.reject(new Error(`'${name}' was found`)), (error: SmearLensError) => error);
    expect(code).toBe('layer-unknown');
    expect(message).toContain('resnet.onnx');
    expect(message).toContain(`'${name}'`);
    expect(hint).toContain(layerOf(p, 'auto').tensor);
  });
});

describe('a model of twenty classes', () => {
  it('explains the five best ones where none are named', async () => {
    const { logits, explanation } = await analyse(fixture('twenty-classes'));
    const best = [...logits.keys()].sort((a, b) => logits[b] - logits[a]).slice(0, 5);
    const { maps } = explanation as Explanation;
    expect(maps.filter((m) => m.method === 'grad-cam').map((m) => m.classIndex)).toEqual(best);
    expect(maps).toHaveLength(15);
  });

  it('explains the classes named, in whatever portions', async () => {
    const all = Array.from({ length: 20 }, (_, i) => i);
    const together = explanationOf(await analyse(fixture('twenty-classes'), 'auto', all)).maps;
    expect(together).toHaveLength(60);
    for (const row of [0, 7, 15, 16, 19]) {
      for (const map of explanationOf(await analyse(fixture('twenty-classes'), 'auto', [row])).maps) {
        const same = together.find((m) => m.method === map.method && m.variant === map.variant && m.classIndex === row);
        expect(map.classIndex).toBe(row);
        map.raw.forEach((value, i) => expect(value).toBeCloseTo(same?.raw[i] ?? NaN, 6));
      }
    }
  });
});

describe('a manifest', () => {
  const source = fixture('gap-linear-opset13');
  const good = { schemaVersion: 1, id: 'm', name: 'M', file: 'model.onnx', classes: ['a', 'b', 'c', 'd'].map((id) => ({ id, name: id.toUpperCase() })), input: { width: 16, height: 12 } };
  const manifest = path.join(temporary.path, 'model.json');

  function write(content: unknown): void {
    fs.copyFileSync(source, path.join(temporary.path, 'model.onnx'));
    fs.writeFileSync(manifest, typeof content === 'string' ? content : JSON.stringify(content));
  }

  it('names the classes, also where its folder or the ONNX file beside it is given', async () => {
    write(good);
    for (const choice of [manifest, temporary.path, path.join(temporary.path, 'model.onnx')]) {
      expect((await analyse(choice)).model.classes.map((c) => c.name)).toEqual(['A', 'B', 'C', 'D']);
    }
  });

  it('counts anew when it is edited', async () => {
    write(good);
    await analyse(manifest);
    write({ ...good, explain: { layer: 'no-such-layer' }, classes: good.classes.map((c) => ({ ...c, name: `${c.name}2` })) });
    const { model, explanation } = await analyse(manifest);
    expect(model.classes[0].name).toBe('A2');
    expect(explanation).toMatchObject({ error: { code: 'layer-unknown' } });
  });

  it.each([
    ['is no JSON', '{"schemaVersion": 1,', /no JSON/],
    ['lacks a field', { ...good, classes: undefined }, /classes/],
    ['has an unknown field', { ...good, colour: 'RGB' }, /'colour'/],
    ['has an unknown field in its input', { ...good, input: { ...good.input, sclae: 1 } }, /'sclae'/],
    ['names too few classes', { ...good, classes: good.classes.slice(1) }, /4 scores.*3 classes/],
    ['has another sha256', { ...good, sha256: '0'.repeat(64) }, /sha256/],
    ['has another size', { ...good, input: { width: 17, height: 12 } }, /17×12/],
    ['has another layout', { ...good, input: { ...good.input, layout: 'NHWC' } }, /layout/],
    ['names another input', { ...good, input: { ...good.input, tensorName: 'picture' } }, /'?picture/],
  ])('that %s is refused', async (_, content, says) => {
    write(content);
    const { code, message } = await problemOf(manifest);
    expect(code).toBe('manifest-invalid');
    expect(message).toMatch(/model\.(json|onnx)/);
    expect(message).toMatch(says);
  });

  it('of a model that is not there says which file is missing', async () => {
    write({ ...good, file: 'absent.onnx' });
    expect(await problemOf(manifest)).toMatchObject({ code: 'model-not-found', message: expect.stringContaining('absent.onnx') as unknown });
  });

  it('that is not there is named', async () => {
    expect(await problemOf(path.join(folder, 'recipe'))).toMatchObject({ code: 'model-not-found', message: expect.stringContaining('recipe') as unknown });
    expect(await problemOf(fixture('absent'))).toMatchObject({ code: 'model-not-found', message: expect.stringContaining('absent.onnx') as unknown });
  });
});

describe('files that change under an open engine', () => {
  it('weights beside the model are read anew', async () => {
    const [model, data] = ['weights-external.onnx', 'weights-external.onnx.data'].map((name) => path.join(temporary.path, name));
    fs.copyFileSync(fixture('weights-external.onnx'), model);
    fs.copyFileSync(fixture('weights-external.onnx.data'), data);
    const before = (await analyse(model)).logits;
    // Half of every weight, and so other logits.
    const values = new Float32Array(Uint8Array.from(fs.readFileSync(data)).buffer).map((v) => v / 2);
    fs.writeFileSync(`${data}.new`, Buffer.from(values.buffer));
    fs.renameSync(`${data}.new`, data);
    expect((await analyse(model)).logits).not.toEqual(before);
  });

  it('a copy elsewhere with other weights is another model', async () => {
    const [here, there] = ['here', 'there'].map((name) => path.join(temporary.path, name));
    for (const [place, factor] of [[here, 1], [there, 2]] as const) {
      fs.mkdirSync(place);
      fs.copyFileSync(fixture('weights-external.onnx'), path.join(place, 'weights-external.onnx'));
      const values = new Float32Array(Uint8Array.from(fs.readFileSync(fixture('weights-external.onnx.data'))).buffer).map((v) => v * factor);
      fs.writeFileSync(path.join(place, 'weights-external.onnx.data'), Buffer.from(values.buffer));
    }
    const [one, other] = [await analyse(path.join(here, 'weights-external.onnx')), await analyse(path.join(there, 'weights-external.onnx'))];
    expect(other.model.sha256).toBe(one.model.sha256);
    expect(other.logits).not.toEqual(one.logits);
  });
});
