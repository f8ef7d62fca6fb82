/**
 * `npm run bench -- evaluate [FOLDER] [--images N] [--model M]`: images a second of `smearlens evaluate` beside a plain PyTorch DataLoader and torchvision
 * loop (test/bench/torch_evaluate.py) on the same images, and beside its own two halves alone, each with all cores: decoding to tensors, and the model.
 * FOLDER holds class folders; without it images are drawn: noise, which takes longer to decode than a smear.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { hire, threadsFor } from '../../src/evaluation/run/crew';
import type { ThreadData } from '../../src/evaluation/run/thread';
import { imagesIn, relativePath } from '../../src/images/folder';
import { resolveModel } from '../../src/models/resolve';
import { KEEP_MEMORY } from './timing';

const root = path.resolve(__dirname, '../..');
const cli = path.join(root, 'dist/cli.js');
const python = process.env.SMEARLENS_PYTHON ?? '/usr/bin/python3';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { images: { type: 'string', default: '400' }, model: { type: 'string', default: path.join(root, 'models/all-mobilenetv2') } } });
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-bench-'));
  try {
    const folder = path.join(work, 'images');
    await (positionals[0] === undefined ? draw : link)(folder, Number(values.images), positionals[0] ?? '');
    const cores = os.availableParallelism();
    const whole = evaluate(folder, values.model, path.join(work, 'out'));
    const torch = reference(folder, cores);
    const tuned = torch === undefined ? undefined : reference(folder, cores, ['--workers', '0', '--batch', '8'], KEEP_MEMORY);
    const again = evaluate(folder, values.model, path.join(work, 'again'));
    const { decoding, inference } = await alone(folder, values.model, cores);
    const rate = (whole + again) / 2;
    // Both halves share the cores: this is what they could do together at best.
    const bound = 1 / (1 / decoding + 1 / inference);
    const line = (name: string, value: number): void => console.log(`${name.padEnd(52)} ${value.toFixed(1).padStart(8)}`);
    console.log(`images a second, ${cores} cores`);
    line('smearlens evaluate', rate);
    if (torch !== undefined) line('PyTorch DataLoader and torchvision', torch);
    if (tuned !== undefined) line('the same, tuned to this kind of machine', tuned);
    line('decoding alone', decoding);
    line('model alone', inference);
    if (torch !== undefined) console.log(`evaluate / PyTorch: ${(rate / torch).toFixed(2)}`);
    if (tuned !== undefined) console.log(`evaluate / PyTorch, tuned: ${(rate / tuned).toFixed(2)}`);
    console.log(`evaluate / slower half alone: ${(rate / Math.min(decoding, inference)).toFixed(2)}`);
    console.log(`evaluate / both halves sharing the cores: ${(rate / bound).toFixed(2)}`);
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

async function draw(folder: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const file = path.join(folder, ['Benign', 'Early', 'Pre', 'Pro'][i % 4], `${i}.jpg`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    await sharp({ create: { width: 512, height: 384, channels: 3, background: '#b06090', noise: { type: 'gaussian', mean: 100 + (i % 50), sigma: 30 } } }).jpeg().toFile(file);
  }
}

/** The same number of images of each class. */
async function link(folder: string, count: number, from: string): Promise<void> {
  const files = await imagesIn(from);
  const step = Math.max(1, Math.floor(files.length / count));
  for (const file of files.filter((_, i) => i % step === 0)) {
    const to = path.join(folder, relativePath(from, file));
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.symlinkSync(path.resolve(file), to);
  }
}

function evaluate(folder: string, model: string, out: string): number {
  const run = spawnSync(process.execPath, [cli, 'evaluate', folder, '--model', model, '--out', out, '--provider', 'cpu'], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return (JSON.parse(fs.readFileSync(path.join(out, 'run.json'), 'utf8')) as { imagesPerSecond: number }).imagesPerSecond;
}

function reference(folder: string, cores: number, further: readonly string[] = [], env: NodeJS.ProcessEnv = {}): number | undefined {
  const run = spawnSync(python, [path.join(__dirname, 'torch_evaluate.py'), folder, '--cores', String(cores), ...further], { encoding: 'utf8', env: { ...process.env, ...env } });
  if (run.status !== 0) {
    console.log(`no PyTorch beside it (${run.error?.message ?? run.stderr.trim().split('\n').at(-1) ?? ''})`);
    return undefined;
  }
  const { images, seconds } = JSON.parse(run.stdout) as { images: number; seconds: number };
  return images / seconds;
}

/** Each half as the run does it, with all cores to itself. */
async function alone(folder: string, model: string, cores: number): Promise<{ decoding: number; inference: number }> {
  const resolved = await resolveModel(model);
  const spawn = (data: ThreadData): Worker => new Worker(cli, { workerData: data });
  const crew = await hire([model], [resolved], 'cpu', { ...threadsFor(fs.statSync(resolved.onnxPath).size, cores), decode: cores }, spawn);
  try {
    const files = await imagesIn(folder);
    const decoding = await perSecond(files.length, 4 * cores, (i) => crew.decoders.call({ file: files[i], unless: undefined, tensors: true, fingerprint: false }));
    const tensor = new Float32Array(3 * resolved.input.width * resolved.input.height);
    const inference = await perSecond(files.length, 2 * cores, () => crew.predictors.call({ images: [[tensor]], tensorOf: [0] }));
    return { decoding, inference };
  } finally {
    await crew.close();
  }
}

/** With so many calls under way. */
async function perSecond(count: number, width: number, call: (index: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await call(next++);
    }),
  );
  return (1000 * count) / (performance.now() - start);
}

void main();
