/**
 * `npm run bench`: what explaining costs. Everything is measured side by side in one run and given as ratios:
 * our run of logits, Grad-CAM and both variants of Grad-CAM++ of four classes, against the plain forward pass of the same file; and, where
 * Debian's python3-torch is there, against PyTorch on the same networks (test/bench/torch_reference.py says how).
 *
 *   npm run bench [-- MODEL.onnx ...]
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openModel, runModel } from '../../src/explain/openModel';
import { prepare } from '../../src/explain/prepare';
import { createSession, runSession } from '../../src/inference/session';
import { defaultModel } from '../../src/models/defaultModel';
import { resolveModel } from '../../src/models/resolve';
import { race } from './timing';

const root = path.join(__dirname, '../..');
const python = '/usr/bin/python3';
/** Networks that PyTorch is measured on too. */
const TORCH_NETWORKS = ['mobilenet_v2', 'resnet50', 'vgg16'];
const TURNS = 60;
const ROWS = [0, 1, 2, 3];

interface Row {
  readonly plain: number;
  readonly explained: number;
  readonly ratio: number;
}

async function main(given: readonly string[]): Promise<void> {
  console.log('Explained: logits + Grad-CAM + Grad-CAM++ (paper and normalised) of 4 classes. Plain: the same file, logits only.');
  const cores = os.availableParallelism();
  // Threads of ONNX Runtime spin while they wait: beside other work, several of them are slower than one.
  if (os.loadavg()[0] > 0.3 * cores) console.log(`The machine is busy (load ${os.loadavg()[0].toFixed(1)} on ${cores} cores): figures with more than one thread will scatter.`);
  for (const threads of new Set([1, cores])) {
    process.env.SMEARLENS_THREADS = String(threads);
    console.log(`\n${os.cpus()[0]?.model ?? 'CPU'}, ${threads} thread${threads === 1 ? '' : 's'}; medians of ${TURNS} turns, contestants in turn`);
    for (const file of given.length > 0 ? given : [defaultModel(root)]) report(path.basename(path.dirname(file)), await measure(file));
    if (given.length === 0) await againstPyTorch(threads);
  }
}

async function againstPyTorch(threads: number): Promise<void> {
  if (spawnSync(python, ['-c', 'import torch, torchvision, onnx']).status !== 0) {
    console.log('PyTorch comparison skipped: install python3-torch, python3-torchvision and python3-onnx for it.');
    return;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-bench-'));
  try {
    runPython(['test/fixtures/onnx/make_large.py', folder, '--models', ...TORCH_NETWORKS]);
    for (const network of TORCH_NETWORKS) {
      // Before and after PyTorch, so that a drift of the machine's speed shows.
      const before = await measure(path.join(folder, `${network}.onnx`));
      const torch = torchTimes(network, threads);
      const after = await measure(path.join(folder, `${network}.onnx`));
      const ours = (before.explained + after.explained) / 2000;
      report(network, before);
      report(`${network} (again)`, after);
      console.log(`  PyTorch: forward ${ms(torch.forward)}, every map by a full backward pass ${ms(torch.usual)} = ${(torch.usual / ours).toFixed(1)} × ours, one forward pass and gradients to the layer only ${ms(torch.hand)} = ${(torch.hand / ours).toFixed(2)} × ours`);
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(file: string): Promise<Row> {
  const p = await prepare(await resolveModel(file));
  const open = await openModel(p, 'cpu', 'auto');
  const plain = await createSession(p.resolved.onnxPath, { provider: 'cpu', file });
  const pixels = Float32Array.from({ length: 3 * p.resolved.input.width * p.resolved.input.height }, () => Math.random() * 2 - 1);
  const feeds = p.feeds(pixels);
  const [base, ours] = await race(
    [
      { name: 'plain', run: () => runSession(plain, feeds, file) },
      { name: 'explained', run: () => runModel(open, pixels, ROWS) },
    ],
    TURNS,
  );
  await Promise.all([plain.release(), open.session.release()]);
  return { plain: base.median, explained: ours.median, ratio: ours.ratio };
}

function report(name: string, { plain, explained, ratio }: Row): void {
  console.log(`${name.padEnd(28)} plain ${ms(plain / 1000)}  explained ${ms(explained / 1000)}  ratio ${ratio.toFixed(3)}`);
}

/** Median seconds by PyTorch. */
function torchTimes(network: string, threads: number): Record<'forward' | 'usual' | 'hand', number> {
  const lines = runPython(['test/bench/torch_reference.py', network, '--repetitions', network === 'vgg16' ? '3' : '10', '--threads', String(threads)]);
  const times = lines.trim().split('\n').map((line) => JSON.parse(line) as { way: 'forward' | 'usual' | 'hand'; medianSeconds: number });
  return Object.fromEntries(times.map((t) => [t.way, t.medianSeconds])) as Record<'forward' | 'usual' | 'hand', number>;
}

function runPython(args: readonly string[]): string {
  const run = spawnSync(python, args, { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${args.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

function ms(seconds: number): string {
  return `${(seconds * 1000).toFixed(2)} ms`;
}

void main(process.argv.slice(2));
