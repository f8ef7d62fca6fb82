/** Training a head from end to end: the file that is written by itself and in onnxruntime of another language, its maps, and `smearlens train-head`. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { ExplainEngine } from '../../src/explain/engine';
import { featureTensorOf, openFeatures } from '../../src/explain/features';
import { prepare, type Prepared } from '../../src/explain/prepare';
import { uniformNumbers } from '../../src/evaluation/metrics/random';
import { bundledBackbone } from '../../src/heads/backbone';
import { withHead, writeWithHead } from '../../src/heads/headModel';
import type { SoftmaxHead } from '../../src/heads/softmaxHead';
import { plainWeights } from '../../src/heads/training';
import { resolveModel } from '../../src/models/resolve';
import { createSession } from '../../src/inference/session';
import { Graph } from '../../src/onnx/graph';
import { cloneModel, readModel, skeletonBytes } from '../../src/onnx/model';
import { ElementType, externalSpan } from '../../src/onnx/tensors';
import { GraphWriter } from '../../src/onnx/writer';
import { CommandLine, ended, fixture, linesOf } from './commandLine';
import { relativeError } from './relativeError';

const root = join(import.meta.dirname, '../..');
const PYTHON = '/usr/bin/python3';
/** Dense heads, a convolutional one, NHWC, half precision, a fixed batch, softmax inside, external weights, several opsets. */
const NETWORKS = ['gap-linear-opset7', 'gap-linear-opset13', 'gap-linear-opset25', 'dense-head', 'class-scores', 'squeezenet', 'nhwc-layer', 'half', 'fixed-batch', 'softmax-inside', 'weights-external', 'weights-constant', 'cosine', 'view-flatten'];
/** A network that is opened in no time, where it does not matter how well its features tell images apart. */
const SMALL = ['--model', fixture('gap-linear-opset13')];
const cli = new CommandLine();
process.env.SMEARLENS_CACHE = cli.at('cache');
const engine = new ExplainEngine({ log: () => undefined });
afterAll(async () => {
  await engine.dispose();
  cli.dispose();
});

const inputOf = ({ resolved }: Prepared): Float32Array => Float32Array.from({ length: 3 * resolved.input.width * resolved.input.height }, (_, i) => Math.sin(i));

function randomHead(size: number, classes: number): SoftmaxHead {
  const random = uniformNumbers(11);
  const numbers = (length: number, scale: number, from = 0): Float64Array => Float64Array.from({ length }, () => from + scale * (random() - 0.5));
  return { size, classes, mean: numbers(size, 1), deviation: numbers(size, 0.5, 1), weights: numbers(classes * (size + 1), 1) };
}

async function written(name: string, from = fixture(name)): Promise<{ p: Prepared; head: SoftmaxHead; file: string }> {
  const p = await prepare(await resolveModel(from));
  const features = featureTensorOf(p);
  const head = randomHead(features.size, 3);
  const file = cli.at('written', name, 'model.onnx');
  expect(await writeWithHead(p, features, head, file)).toBe(withHead(p, features, head).output);
  return { p, head, file };
}

async function valuesOf(p: Prepared, tensor: string, input: Float32Array): Promise<Float32Array> {
  const { model, facts } = p;
  const open = cloneModel(model);
  new GraphWriter(new Graph(open), 'test').output(tensor, ElementType.FLOAT, facts.get(tensor)?.shape ?? []);
  const session = await createSession(skeletonBytes(open), { provider: 'cpu', file: model.file, externalDataFolder: model.folder });
  try {
    return (await session.run(p.feeds(input)))[tensor].data as Float32Array;
  } finally {
    await session.release();
  }
}

describe('a network with a new head', () => {
  it.each(NETWORKS)('%s gives the head on its features, in one file', async (name) => {
    const { p, head, file } = await written(name);
    expect(readdirSync(dirname(file))).toEqual(['model.onnx']);
    const input = inputOf(p);
    const features = await openFeatures(p, undefined);
    const row = await features.extract(input).finally(() => features.release());
    const { weights, biases } = plainWeights(head);
    const expected = Array.from(biases, (b, c) => row.reduce((sum, v, f) => sum + v * weights[c * head.size + f], b));
    const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
    try {
      expect(session.outputNames).toHaveLength(1);
      const { data, dims } = (await session.run(p.feeds(input)))[session.outputNames[0]];
      expect(dims).toEqual([1, 3]);
      // The same computation, in a graph that the runtime optimises differently.
      expect(relativeError(data as Float32Array, expected)).toBeLessThan(name === 'half' ? 2e-3 : 1e-5);
    } finally {
      await session.release();
    }
    // The old head has gone: as a model of ours the file has the new classes.
    const again = await prepare(await resolveModel(file));
    expect(again.classes).toBe(3);
    expect(featureTensorOf(again).size).toBe(head.size);
  });

  it("keeps the bytes of the network's weights", async () => {
    const { p, file } = await written('backbone', bundledBackbone(root));
    const model = readModel(file);
    const [before, after] = [readFileSync(p.model.file), readFileSync(file)];
    const spans = p.model.proto.graph.initializer.flatMap((tensor) => {
      const span = externalSpan(tensor);
      return span ? [{ name: tensor.name, bytes: before.subarray(span.offset, span.offset + (span.length ?? 0)), type: tensor.dataType }] : [];
    });
    expect(spans.length).toBeGreaterThan(50);
    for (const { name, bytes, type } of spans) {
      const tensor = model.proto.graph.initializer.find((t) => t.name === name);
      const span = tensor && externalSpan(tensor);
      expect(tensor?.dataType).toBe(type);
      expect(span && after.subarray(span.offset, span.offset + (span.length ?? 0)).equals(bytes)).toBe(true);
    }
    expect(statSync(file).size).toBeLessThan(statSync(p.model.file).size + 40_000);
  });

  it.skipIf(spawnSync(PYTHON, ['-c', 'import onnx']).status !== 0)("passes onnx's checker in another language (skipped without Debian's python3-onnx)", async () => {
    const files = await Promise.all(NETWORKS.map(async (name) => (await written(name)).file));
    const script = 'import sys, onnx\nfor file in sys.argv[1:]:\n    onnx.checker.check_model(onnx.load(file), full_check=True)\nprint("passed", len(sys.argv) - 1)';
    // Debian's onnx is older than the youngest operator sets.
    const known = files.filter((file) => !file.includes('opset25'));
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', script, ...known], { encoding: 'utf8' });
    expect(`${stdout}${stderr.split('\n').at(-2) ?? ''}`).toContain(`passed ${known.length}`);
  });

  it.each([['backbone', bundledBackbone(root)], ['gap-linear-opset13', fixture('gap-linear-opset13')]])('%s has the Grad-CAM that its weights say: W[c, k] over the pixels', async (name, from) => {
    const { p, head, file } = await written(`cam-${name}`, from);
    const { explanation } = await engine.analyse(inputOf(p), { path: file, provider: 'cpu', layer: 'auto' }, true);
    if (!explanation || 'error' in explanation) throw new Error(JSON.stringify(explanation));
    const maps = explanation.maps.filter(({ method }) => method === 'grad-cam');
    expect(maps).toHaveLength(3);
    const again = await prepare(await resolveModel(file));
    const { weights } = plainWeights(head);
    const activation = await valuesOf(again, explanation.layer, inputOf(p));
    const [channels, pixels] = [head.size, explanation.height * explanation.width];
    expect(explanation.channels).toBe(channels);
    expect(activation.length).toBe(channels * pixels);
    // All classes at once: one may be zero everywhere.
    const expected = maps.flatMap(({ classIndex }) => Array.from({ length: pixels }, (_, at) => Math.max(0, Array.from({ length: channels }, (_c, k) => (weights[classIndex * channels + k] / pixels) * activation[k * pixels + at]).reduce((a, b) => a + b, 0))));
    expect(expected.some((v) => v > 0)).toBe(true);
    expect(relativeError(maps.flatMap(({ raw }) => Array.from(raw)), expected)).toBeLessThan(1e-5);
  });
});

/** Drawn smears of three classes, told by their stain; runs of three files. */
async function draw(folder: string, runs: number): Promise<void> {
  const stains = { violet: '#7030a0', teal: '#107070', brown: '#905010' };
  for (const [name, colour] of Object.entries(stains)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < 3 * runs; i++) {
      const cells = Array.from({ length: 6 }, (_, k) => `<circle cx="${10 + ((i * 17 + k * 31) % 80)}" cy="${10 + ((i * 13 + k * 47) % 80)}" r="${5 + (k % 3) * 2}" fill="${colour}"/>`).join('');
      await sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="100" height="100" fill="#f4e0e8"/>${cells}</svg>`)).png().toFile(join(folder, name, `smear-${10 * Math.floor(i / 3) + (i % 3)}.png`));
    }
  }
}

interface Trained {
  readonly plan?: { readonly counts: Record<string, Record<string, number>>; readonly cached: number; readonly views: number; readonly leftOut: object; readonly groups: string; readonly figures: string };
  readonly epoch?: { readonly epoch: number };
  readonly trained?: { readonly out: string; readonly model: string; readonly metrics: { readonly accuracy: number; readonly n: number }; readonly ending: string; readonly epochs: number };
}

describe('smearlens train-head', () => {
  const folder = cli.at('smears');
  const train = async (...args: string[]): Promise<{ status: number | null; lines: Trained[] }> => (await cli.json('train-head', folder, ...args)) as unknown as { status: number | null; lines: Trained[] };
  const has = <K extends keyof Trained>(lines: readonly Trained[], key: K): NonNullable<Trained[K]> => lines.find((line) => line[key])?.[key] as NonNullable<Trained[K]>;

  it('trains on folders and writes a model that opens, says what it was told, and is the same the second time', async () => {
    await draw(folder, 5);
    writeFileSync(join(folder, 'teal/torn.png'), 'not an image');
    const first = await train('--out', 'first', '--epochs', '30');
    // One image cannot be read: it is said, and the rest goes on.
    expect(first.status).toBe(1);
    expect(has(first.lines, 'plan')).toMatchObject({ cached: 0, views: 0, groups: 'file-run', figures: 'test', counts: { train: { violet: 9, teal: 9, brown: 9 }, validation: { violet: 3, teal: 3, brown: 3 }, test: { violet: 3, teal: 3, brown: 3 } } });
    const { metrics, epochs } = has(first.lines, 'trained');
    expect(metrics).toMatchObject({ n: 9, accuracy: 1 });
    expect(first.lines.filter((line) => line.epoch)).toHaveLength(epochs);
    expect(readdirSync(cli.at('first')).sort()).toEqual(['history.csv', 'history.json', 'images.csv', 'metrics.json', 'model.json', 'model.onnx', 'predictions.csv']);
    expect(readFileSync(cli.at('first/history.csv'), 'utf8').trim().split('\n')).toHaveLength(1 + epochs);
    for (const name of ['metrics.json', 'history.json', 'model.json']) expect(readFileSync(cli.at('first', name), 'utf8')).toContain('Research use only');

    const second = await train('--out', 'second', '--epochs', '30');
    expect(has(second.lines, 'plan').cached).toBe(45);
    for (const name of ['model.onnx', 'history.csv', 'images.csv', 'predictions.csv', 'metrics.json']) expect(readFileSync(cli.at('second', name)).equals(readFileSync(cli.at('first', name)))).toBe(true);

    const { lines } = await cli.json('predict', join(folder, 'violet/smear-0.png'), '--model', 'first');
    expect(lines[0]).toMatchObject({ predicted: 'violet', model: 'first' });
    // The table of its figures is one that metrics reads, to the same figures.
    const again = await cli.json('metrics', 'first/predictions.csv');
    expect(again.lines[0]).toMatchObject({ accuracy: 1, n: 9 });
    // And the folder of its images is what evaluate reads.
    const plan = await cli.json('evaluate', folder, '--model', 'first', '--labels', 'first/images.csv', '--split', 'test', '--plan');
    expect(plan.lines[0]).toMatchObject({ plan: { images: { violet: 3, teal: 3, brown: 3 } } });
    rmSync(join(folder, 'teal/torn.png'));
  });

  it('takes any optimiser, views and a CSV; a model of ours is a backbone, too', async () => {
    const rows = readdirSync(join(folder, 'violet')).flatMap((name, i) => [`violet/${name},one,p${i % 4}`, `brown/${name},two,q${i % 4}`]);
    writeFileSync(cli.at('labels.csv'), ['path,label,group', ...rows].join('\n'));
    for (const optimiser of ['sgd', 'rmsprop', 'adadelta']) {
      const { status, lines } = await train('--labels', 'labels.csv', '--optimiser', optimiser, '--out', optimiser, '--views', '1', '--epochs', '20', '--class-weights', 'balanced', '--model', 'first');
      expect(status).toBe(0);
      const { counts, views, groups, leftOut } = has(lines, 'plan');
      expect(views).toBe(counts['train']['one'] + counts['train']['two']);
      expect(groups).toBe('given');
      expect(leftOut).toEqual({ 'not-listed': 15 });
      // Of two classes, half would be chance.
      expect(has(lines, 'trained').metrics.accuracy).toBeGreaterThan(0.7);
    }
    const manifest = JSON.parse(readFileSync(cli.at('sgd/model.json'), 'utf8')) as { classes: object[]; training: { backbone: object; optimiser: object; views: object } };
    expect(manifest.classes).toEqual([{ id: 'one', name: 'one' }, { id: 'two', name: 'two' }]);
    expect(manifest.training).toMatchObject({ backbone: { id: 'first', size: 1280 }, optimiser: { kind: 'sgd', learningRate: 0.01, classWeights: 'balanced' }, views: { each: 1 } });
  });

  it('takes the labels on which reviewers agree, and counts the others', async () => {
    const root = cli.at('log/smears');
    await draw(root, 5);
    const { sha256Of, event } = logOf('Anna');
    const files = ['violet', 'brown'].flatMap((name) => readdirSync(join(root, name)).map((file) => `${name}/${file}`));
    const lines = files.map((file, i) => event(i, file, sha256Of(join(root, file)), i === 0 ? null : file.split('/')[0]));
    mkdirSync(join(root, '.smearlens/annotations'), { recursive: true });
    writeFileSync(join(root, '.smearlens/annotations/Anna.1.jsonl'), lines.map((line) => `${line}\n`).join(''));
    const other = logOf('Ben').event(0, files[1], sha256Of(join(root, files[1])), 'brown');
    writeFileSync(join(root, '.smearlens/annotations/Ben.1.jsonl'), `${other}\n`);
    const { status, lines: told } = (await cli.json('train-head', root, '--annotations', '--out', 'agreed', '--epochs', '10', ...SMALL)) as unknown as { status: number; lines: Trained[] };
    expect(status).toBe(0);
    expect(has(told, 'plan').leftOut).toEqual({ unsure: 1, disputed: 1, 'not-listed': 15 });
  });

  it('leaves what it was trained on out of a ranking by its own scores', async () => {
    expect((await train('--out', 'ranking', '--epochs', '5', ...SMALL)).status).toBe(0);
    const { lines } = await cli.json('curate', 'label-issues', folder, '--by', 'margin', '--model', 'ranking');
    const ranked = lines.filter((line) => line.reason).map(({ path }) => path);
    const test = readFileSync(cli.at('ranking/images.csv'), 'utf8').split('\n').filter((line) => line.endsWith(',test')).map((line) => line.split(',')[0]);
    expect(ranked.sort()).toEqual(test.sort());
    rmSync(cli.at('ranking/images.csv'));
    const { status, lines: refused } = await cli.json('curate', 'label-issues', folder, '--by', 'margin', '--model', 'ranking');
    expect([status, refused[0].error?.code]).toEqual([1, 'input-invalid']);
  });

  it('replaces a head of its own and nothing else', async () => {
    expect((await train('--out', 'ranking', '--epochs', '2', ...SMALL)).status).toBe(0);
    mkdirSync(cli.at('theirs'));
    writeFileSync(cli.at('theirs/notes.txt'), 'mine');
    const refused = await cli.json('train-head', folder, '--out', 'theirs');
    expect([refused.status, refused.lines[0].error?.code]).toEqual([1, 'output-unwritable']);
    expect(readdirSync(cli.at('theirs'))).toEqual(['notes.txt']);
    expect((await train('--out', 'theirs', '--force', '--epochs', '2', ...SMALL)).status).toBe(0);
    expect(readFileSync(cli.at('theirs/notes.txt'), 'utf8')).toBe('mine');
  });

  it('stops at Ctrl+C with the best head so far', async () => {
    const child = cli.start('train-head', folder, '--out', 'stopped', '--epochs', '100000', '--patience', '100000', '--json', ...SMALL);
    let seen = '';
    child.stdout.on('data', (data: Buffer) => {
      seen += String(data);
      if (seen.includes('"epoch":3') && !child.killed) child.kill('SIGINT');
    });
    const { status, stdout } = await ended(child);
    expect(status).toBe(130);
    expect(has(linesOf(stdout) as unknown as Trained[], 'trained')).toMatchObject({ ending: 'stopped' });
    expect((await resolveModel(cli.at('stopped'))).classes).toHaveLength(3);
  });

  it('says what is missing: a second class, groups, a sensible option', async () => {
    const one = await cli.json('train-head', join(folder, 'violet'), '--out', 'x');
    expect([one.status, one.lines[0].error?.code]).toEqual([1, 'input-invalid']);
    mkdirSync(cli.at('few/a'), { recursive: true });
    mkdirSync(cli.at('few/b'));
    for (const name of ['a', 'b']) for (let i = 0; i < 4; i++) writeFileSync(cli.at('few', name, `s${i}.png`), readFileSync(join(folder, name === 'a' ? 'violet' : 'brown', `smear-${10 * i}.png`)));
    const few = await cli.json('train-head', cli.at('few'), '--out', 'x', ...SMALL);
    expect(few.lines.find((line) => line.error)?.error?.hint).toContain('--split random');
    expect(existsSync(cli.at('x'))).toBe(false);
    expect((await cli.run('train-head', folder, '--holdout', '0')).status).toBe(2);
    expect((await cli.run('train-head', folder, '--annotations', '--labels', 'labels.csv')).status).toBe(2);
    expect((await cli.run('train-head', folder, '--learning-rate', '-1')).status).toBe(2);
  });
});

/** Lines of one reviewer's annotation log, each chained to the one before. */
function logOf(reviewer: string): { sha256Of: (file: string) => string; event: (i: number, file: string, sha256: string, value: string | null) => string } {
  let previous = '';
  const hash = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
  return {
    sha256Of: (file) => hash(readFileSync(file)),
    event(i, file, sha256, value) {
      const line = JSON.stringify({ v: 1, id: `${reviewer}${i}`, time: new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString(), reviewer, image: { path: file, sha256 }, type: 'label', value, previous });
      previous = hash(line);
      return line;
    },
  };
}
