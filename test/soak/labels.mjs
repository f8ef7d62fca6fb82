/**
 * Kills processes that label, at random moments and two of them at a time: every label that was acknowledged is in the log, none twice,
 * and the chain verifies. Usage: node test/soak/labels.mjs [bursts = 100] [seed = 1]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const WRITER = { reviewer: 'Anna', device: '0a1b2c3d' };
const [first = '100', second = '1', ...rest] = process.argv.slice(2);

if (first === '--window') await label(second, rest[0]);
else await main(Number(first), Number(second));

/** A window: labels until it is killed, and says each id once it is acknowledged. */
async function label(module, root) {
  const { AnnotationLog } = await import(pathToFileURL(module).href);
  const log = await AnnotationLog.open(root);
  for (let i = 0; ; i++) {
    const image = { path: `${i % 100}.png`, sha256: String(i % 100) };
    const drafts = Array.from({ length: 1 + (i % 3) }, (_, k) => ({ type: 'label', value: ['Pre', 'Pro', null][(i + k) % 3], image }));
    const { events } = await log.append(WRITER, drafts);
    writeSync(1, events.map(({ id }) => `${id}\n`).join(''));
  }
}

async function main(bursts, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'smearlens-labels-'));
  try {
    const module = join(folder, 'log.mjs');
    await build({ entryPoints: [fileURLToPath(new URL('../../src/annotations/log.ts', import.meta.url))], outfile: module, bundle: true, platform: 'node', format: 'esm', logLevel: 'warning' });
    const acknowledged = [];
    const random = mulberry(seed);
    for (let burst = 0; burst < bursts; burst++) {
      const ids = await Promise.all([0, 1].map(() => killed(module, folder, 1 + Math.floor(random() * 40), random() * 10)));
      acknowledged.push(...ids.flat());
    }
    await verify(module, folder, acknowledged, bursts);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Kills a window some milliseconds after it has acknowledged this many labels: between any two of its steps. */
async function killed(module, root, labels, milliseconds) {
  const window = spawn(process.execPath, [fileURLToPath(import.meta.url), '--window', module, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  window.stdout.setEncoding('utf8');
  for await (const text of window.stdout) {
    said += text;
    if (said.split('\n').length > labels) setTimeout(() => window.kill('SIGKILL'), milliseconds);
  }
  if (window.exitCode === null && window.signalCode === null) await once(window, 'exit');
  if (window.signalCode !== 'SIGKILL') throw new Error(`A window ended by itself (${window.exitCode}).`);
  return said.split('\n').slice(0, -1);
}

async function verify(module, root, acknowledged, bursts) {
  const { AnnotationLog } = await import(pathToFileURL(module).href);
  const log = await AnnotationLog.open(root);
  // What a crash tore is set aside by the next label.
  await log.append(WRITER, [{ type: 'note', value: 'the end', image: { path: '0.png', sha256: '0' } }]);
  const problems = log.problems.map(({ message }) => message);
  const lines = readFileSync(log.fileOf(WRITER), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line).id);
  const ids = new Set(lines);
  const lost = acknowledged.filter((id) => !ids.has(id));
  const left = readdirSync(join(root, '.smearlens', 'annotations')).filter((name) => name.includes('.lock.'));
  console.log(`${bursts} bursts of two windows, killed: ${acknowledged.length} labels acknowledged, ${lines.length} lines, ${lost.length} lost, ${lines.length - ids.size} twice, ${problems.length} breaks of the chain, ${left.length} locks left.`);
  if (acknowledged.length < bursts || lost.length > 0 || lines.length > ids.size || problems.length > 0) {
    for (const problem of problems) console.error(problem);
    process.exitCode = 1;
  }
}

function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
