/**
 * `npm run bench -- score-cam`: what Score-CAM costs, and how far its fast mode is from the exact one.
 *
 * Cost: masked passes a second against plain batched passes of the same file, in turn; and, where Debian's python3-torch is there,
 * against an eager PyTorch loop over the channels (test/bench/torch_score_cam.py). Agreement: exact and fast of the same images one
 * after the other, with Spearman's correlation of their maps, of the class with the largest probability (authors' variant), and of
 * the difference of the two likeliest classes' maps before the ReLU. Beside it, what the sum of all channels, which takes no pass, comes to.
 *
 *   npm run bench -- score-cam [--images FOLDER] [--count N] [MODEL ...]
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { networkInput } from '../../src/cli/networkInput';
import { openBatched, runBatched, type BatchedSession } from '../../src/explain/batched';
import { weightedSum } from '../../src/explain/channels';
import { fastScoreCam } from '../../src/explain/fastScoreCam';
import { openMasked, runMasked, type MaskedSession } from '../../src/explain/masked';
import { layerOf, prepare, type Prepared } from '../../src/explain/prepare';
import { probabilitiesOf } from '../../src/explain/probabilities';
import { exactScoreCam, noScores, scoreCamSubject, type ScoreCamSubject } from '../../src/explain/scoreCam';
import { imagesIn } from '../../src/images/folder';
import { defaultModel } from '../../src/models/defaultModel';
import { resolveModel } from '../../src/models/resolve';
import { median, spearman } from '../../src/protocol/correlation';
import { spreadOver } from '../../src/protocol/modelChecks';
import type { ScoreCam } from '../../src/protocol/scoreCam';
import { KEEP_MEMORY, race } from './timing';

const root = path.join(__dirname, '../..');
const SMEARS = path.join(root, '../shared/data/all-smears');
const python = '/usr/bin/python3';
const TURNS = 20;
const BATCH = 16;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ args: process.argv.slice(2), allowPositionals: true, options: { images: { type: 'string', default: SMEARS }, count: { type: 'string', default: '100' } } });
  console.log(`${os.cpus()[0]?.model ?? 'CPU'}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}`);
  const images = fs.existsSync(values.images) ? spreadOver(await imagesIn(values.images), Number(values.count)) : [];
  if (images.length === 0) console.log(`Agreement skipped: there are no images in ${values.images}.`);
  for (const file of positionals.length > 0 ? positionals : [defaultModel(root)]) await measure(file, images);
  if (positionals.length === 0) await againstPyTorch();
}

async function measure(file: string, images: readonly string[]): Promise<void> {
  const p = await prepare(await resolveModel(file));
  const [masked, plain] = [await openMasked(p, layerOf(p, 'auto'), 'cpu', 'image'), await openBatched(p, 'cpu')];
  const { channels, height, width } = masked.layer;
  console.log(`\n${p.resolved.name}: ${channels} channels of ${height} × ${width}, ${p.resolved.input.width} × ${p.resolved.input.height} pixels`);
  console.log(`  masked passes a second: ${(await passRatio(masked, plain)).toFixed(3)} × the plain batched passes (batches of ${BATCH})`);
  if (images.length > 0) await agreement(masked, images);
  await Promise.all([masked.session.release(), plain.session.release()]);
}

/** Masked passes a second by plain ones. */
async function passRatio(masked: MaskedSession, plain: BatchedSession): Promise<number> {
  const { prepared: p, layer } = masked;
  const random = (length: number): Float32Array => Float32Array.from({ length }, () => Math.random());
  const size = 3 * p.resolved.input.width * p.resolved.input.height;
  const [inputs, masks] = [random(BATCH * size), random(BATCH * layer.height * layer.width)];
  const [, ours] = await race(
    [
      { name: 'plain', run: () => runBatched(plain, inputs) },
      { name: 'masked', run: () => runMasked(masked, inputs.slice(0, size), masks, [0, 0, 0]) },
    ],
    TURNS,
  );
  return 1 / (ours?.ratio ?? NaN);
}

interface Agreement {
  readonly seconds: readonly [exact: number, fast: number];
  readonly passes: readonly [exact: number, fast: number];
  readonly map: number;
  readonly difference: number;
  readonly zeroPasses: number;
}

async function agreement(masked: MaskedSession, images: readonly string[]): Promise<void> {
  const rows: Agreement[] = [];
  for (const image of images) rows.push(await compare(masked, image));
  const of = (pick: (row: Agreement) => number): string => {
    const sorted = rows.map(pick).sort((a, b) => a - b);
    return `median ${median(sorted).toFixed(4)}, 10th percentile ${(sorted[Math.floor(sorted.length / 10)] ?? NaN).toFixed(4)}, mean ${(sorted.reduce((a, b) => a + b, 0) / sorted.length).toFixed(4)}`;
  };
  console.log(`  ${rows.length} images: exact ${median(rows.map((r) => r.seconds[0])).toFixed(2)} s of ${median(rows.map((r) => r.passes[0]))} passes, fast ${median(rows.map((r) => r.seconds[1])).toFixed(2)} s of ${median(rows.map((r) => r.passes[1]))}: ${median(rows.map((r) => r.seconds[0] / r.seconds[1])).toFixed(1)} × faster`);
  console.log(`  Spearman of the fast map with the exact one: ${of((r) => r.map)}`);
  console.log(`    of the difference of the two likeliest classes: ${of((r) => r.difference)}`);
  console.log(`    of the sum of all channels with the exact map: ${of((r) => r.zeroPasses)}`);
}

async function compare(masked: MaskedSession, image: string): Promise<Agreement> {
  const p = masked.prepared;
  const { tensor } = await networkInput(image, undefined, p.resolved.input);
  const subject = await scoreCamSubject(() => Promise.resolve(masked), tensor, { rows: [], activation: 'softmax' });
  // In turn, so that a change of the machine's load meets both alike.
  const fast = await timed(subject, fastScoreCam);
  const exact = await timed(subject, exactScoreCam);
  const [first = 0, second = 0] = likeliest(p, exact.weights);
  const size = masked.layer.height * masked.layer.width;
  const mapOf = (weights: readonly number[]): Float32Array => weightedSum(subject.activation, size, subject.channels, weights);
  const ofClass = ({ weights }: Timed, c: number): Float32Array => mapOf(weights.map((w) => w[c] ?? 0));
  const difference = ({ weights }: Timed): Float32Array => mapOf(weights.map((w) => (w[first] ?? 0) - (w[second] ?? 0)));
  return {
    seconds: [exact.seconds, fast.seconds],
    passes: [exact.answer.total, fast.answer.total],
    map: spearman(ofClass(fast, first), ofClass(exact, first)),
    difference: spearman(difference(fast), difference(exact)),
    zeroPasses: spearman(mapOf(exact.weights.map(() => 1)), ofClass(exact, first)),
  };
}

interface Timed {
  readonly answer: ScoreCam;
  readonly seconds: number;
  /** By channel, in the order of the subject's channels: the probability of each class. */
  readonly weights: readonly (readonly number[])[];
}

async function timed(subject: ScoreCamSubject, method: typeof fastScoreCam): Promise<Timed> {
  const start = performance.now();
  const [scores, estimates] = [noScores(subject), noScores(subject)];
  const answers = method(subject, scores, estimates);
  let step = await answers.next();
  while (!step.done) step = await answers.next();
  const { classes } = subject.open.prepared;
  const weights = subject.channels.map((k) => probabilitiesOf(Array.from((estimates.known[k] ? estimates : scores).logits.subarray(k * classes, (k + 1) * classes)), subject.options.activation, 1));
  return { answer: step.value, seconds: (performance.now() - start) / 1000, weights };
}

/** The two classes that the masks weigh most. */
function likeliest(p: Prepared, weights: Timed['weights']): number[] {
  const total = (c: number): number => weights.reduce((sum, w) => sum + (w[c] ?? 0), 0);
  return Array.from({ length: p.classes }, (_, c) => c).sort((a, b) => total(b) - total(a)).slice(0, 2);
}

/** All channels of MobileNetV2's last layer with random weights, ours and an eager loop of PyTorch, in turn. */
async function againstPyTorch(): Promise<void> {
  if (spawnSync(python, ['-c', 'import torch, torchvision, onnx']).status !== 0) {
    console.log('PyTorch comparison skipped: install python3-torch, python3-torchvision and python3-onnx for it.');
    return;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-bench-'));
  try {
    const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): string => {
      const { status, stdout, stderr } = spawnSync(python, args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } });
      if (status !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    run(['test/fixtures/onnx/make_large.py', folder, '--models', 'mobilenet_v2']);
    const p = await prepare(await resolveModel(path.join(folder, 'mobilenet_v2.onnx')));
    const masked = await openMasked(p, layerOf(p, 'auto'), 'cpu', 'image');
    const pixels = Float32Array.from({ length: 3 * p.resolved.input.width * p.resolved.input.height }, () => Math.random() * 2 - 1);
    const subject = await scoreCamSubject(() => Promise.resolve(masked), pixels, { rows: [], activation: 'softmax' });
    const ours = (await timed(subject, exactScoreCam)).seconds;
    const loop = ['test/bench/torch_score_cam.py', '--channels', String(subject.channels.length), '--threads', String(os.availableParallelism())];
    const [torch, tuned] = [Number(run(loop)), Number(run(loop, KEEP_MEMORY))];
    const again = (await timed(subject, exactScoreCam)).seconds;
    await masked.session.release();
    const ratio = (seconds: number): string => `${seconds.toFixed(1)} s = ${((2 * seconds) / (ours + again)).toFixed(1)} × ours`;
    console.log(`\nMobileNetV2, ${subject.channels.length} channels: exact ${ours.toFixed(1)} s (again ${again.toFixed(1)} s), eager PyTorch ${ratio(torch)}, told to keep freed memory ${ratio(tuned)}`);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
