/**
 * `npm run bench -- memory`: what explaining costs in memory. Every figure is the peak resident set of a process of its own that
 * opens one model and runs it once: with a plain onnxruntime-node session made from the path; with SmearLens, predicting only;
 * with SmearLens, explaining.
 *
 *   npm run bench -- memory [FOLDER | MODEL.onnx ...]
 *
 * Without an argument: the default model. The full-size networks are written by test/fixtures/onnx/make_large.py.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ort from 'onnxruntime-node';
import { openModel, runModel } from '../../src/explain/openModel';
import { prepare } from '../../src/explain/prepare';
import { defaultModel } from '../../src/models/defaultModel';
import { resolveModel } from '../../src/models/resolve';

const root = path.join(__dirname, '../..');
/** Of each process; the peak depends on how threads interleave, and the least is what the work needs. */
const REPETITIONS = 3;

const WAYS = {
  /** Node and ONNX Runtime themselves, for comparison. */
  nothing: () => Promise.resolve(),
  plain: async (file: string) => {
    const session = await ort.InferenceSession.create(file);
    const feeds = Object.fromEntries(
      session.inputMetadata.map((input) => {
        const dims = input.isTensor ? input.shape.map((d) => (typeof d === 'number' ? d : 1)) : [];
        return [input.name, new ort.Tensor('float32', new Float32Array(dims.reduce((a, b) => a * b, 1)), dims)];
      }),
    );
    await session.run(feeds);
  },
  predicting: (file: string) => withSmearLens(file, undefined),
  explaining: (file: string) => withSmearLens(file, 'auto'),
} satisfies Record<string, (file: string) => Promise<void>>;
type Way = keyof typeof WAYS;

async function withSmearLens(file: string, layer: string | undefined): Promise<void> {
  const p = await prepare(await resolveModel(file));
  const open = await openModel(p, 'cpu', layer);
  const { width, height } = p.resolved.input;
  await runModel(open, new Float32Array(3 * width * height), [0]);
}

/** Peak resident set of this process so far, in bytes. (getrusage's figure may come from the parent, across exec.) */
function peak(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(fs.readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

function measure(way: Way, file: string): number {
  const peaks = Array.from({ length: REPETITIONS }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [__filename, '--measure', way, file], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${way} ${file}: ${stderr}`);
    return Number(stdout);
  });
  return Math.min(...peaks);
}

function report(file: string): void {
  const [nothing, plain, predicting, explaining] = (['nothing', 'plain', 'predicting', 'explaining'] as const).map((way) => measure(way, file));
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`.padStart(8);
  const name = path.basename(file) === 'model.onnx' ? path.basename(path.dirname(file)) : path.basename(file, '.onnx');
  console.log(
    `${name.padEnd(20)} file ${mb(fs.statSync(file).size)}  empty process ${mb(nothing)}  plain ${mb(plain)}  ` +
      `predicting ${mb(predicting)} = ${(predicting / plain).toFixed(2)} ×  explaining ${mb(explaining)} = ${(explaining / plain).toFixed(2)} ×`,
  );
}

async function main([first, ...rest]: readonly string[]): Promise<void> {
  if (first === '--measure') {
    const [way, file] = rest as [Way, string];
    await WAYS[way](file);
    process.stdout.write(String(peak()));
    return;
  }
  const given = first === undefined ? [(await resolveModel(defaultModel(root))).onnxPath] : [first, ...rest];
  const files = given.flatMap((name) => (fs.statSync(name).isDirectory() ? fs.readdirSync(name).filter((f) => f.endsWith('.onnx')).map((f) => path.join(name, f)) : [name]));
  files.forEach(report);
}

void main(process.argv.slice(2));
