/**
 * Damages fixtures at random and gives them to a function in a child process, so that a crash of native code is seen and the
 * case that caused it is named. The same seed gives the same cases.
 */
import { fork } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Milliseconds without an answer that count as a hang; a case takes a few. */
const HANG = 60_000;

/**
 * @param {object} fuzz
 * @param {string} fuzz.script path of the script that calls this; its child process runs it again
 * @param {string} fuzz.name what is damaged, in the plural
 * @param {string[]} fuzz.files paths of the fixtures
 * @param {string} fuzz.exports TypeScript that exports what `attempt` needs, and SmearLensError
 * @param {number} [fuzz.header] where headers decide most: half of the damage goes into so many bytes at the start
 * @param {number} fuzz.count how many cases unless the command line says
 * @param {(modules: any, bytes: Uint8Array, name: string, index: number) => Promise<string>} fuzz.attempt tries one case and says
 *   how it ended; a SmearLensError is as good, anything else that is thrown is a defect
 */
export async function run(fuzz) {
  const args = process.argv.slice(2);
  if (args[0] === '--child') await child(fuzz, args[1], Number(args[2]), Number(args[3]));
  else await parent(fuzz, Number(args[0] ?? fuzz.count), Number(args[1] ?? 1));
}

/** Random numbers below `n`, the same for the same seed (mulberry32). */
function randomBelow(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

/** Case `index` of a seed: a fixture's path and its damaged bytes. */
function damagedFixture({ files, header = Infinity }, seed, index) {
  const below = randomBelow(seed * 1_000_003 + index);
  const file = files[below(files.length)];
  const bytes = new Uint8Array(readFileSync(file));
  const extreme = [0, 1, 0x7f, 0x80, 0xff];
  const position = () => below(below(2) === 0 ? Math.min(header, bytes.length) : bytes.length);
  for (let changes = 1 + below(8); changes > 0; changes--) {
    const at = position();
    switch (below(4)) {
      case 0: bytes[at] ^= 1 << below(8); break;
      case 1: bytes[at] = extreme[below(extreme.length)]; break;
      case 2: bytes.fill(extreme[below(extreme.length)], at, at + 4); break;
      default: bytes.copyWithin(at, position(), position()); break;
    }
  }
  return { file, bytes: below(3) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes };
}

async function child(fuzz, bundle, count, seed) {
  const modules = createRequire(import.meta.url)(bundle);
  const tally = {};
  for (let index = 0; index < count; index++) {
    process.send({ index });
    const { file, bytes } = damagedFixture(fuzz, seed, index);
    let outcome;
    try {
      outcome = await fuzz.attempt(modules, bytes, file, index);
    } catch (error) {
      if (!(error instanceof modules.SmearLensError)) throw new Error(`case ${index} (${file})`, { cause: error });
      outcome = error.code;
    }
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  }
  process.send({ tally });
}

async function parent({ script, name, exports }, count, seed) {
  // Inside the project, so that the bundle finds native packages.
  const bundle = join(ROOT, 'node_modules', '.cache', 'smearlens-fuzz', `${name}.cjs`);
  mkdirSync(dirname(bundle), { recursive: true });
  await build({
    stdin: { contents: `${exports} export { SmearLensError } from './src/errors';`, resolveDir: ROOT, loader: 'ts' },
    bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['sharp', 'onnxruntime-node'], outfile: bundle, logLevel: 'warning',
  });
  const worker = fork(script, ['--child', bundle, String(count), String(seed)]);
  let current = -1;
  let tally;
  const hung = () => {
    console.error(`case ${current} of seed ${seed}: no answer`);
    worker.kill('SIGKILL');
  };
  let timer = setTimeout(hung, HANG);
  worker.on('message', (message) => {
    clearTimeout(timer);
    if (message.tally !== undefined) tally = message.tally;
    else {
      current = message.index;
      timer = setTimeout(hung, HANG);
    }
  });
  worker.on('exit', (code, signal) => {
    clearTimeout(timer);
    if (code === 0 && tally !== undefined) {
      console.log(`${name}: ${count} damaged files, seed ${seed}: ${JSON.stringify(tally)}`);
    } else {
      console.error(`${name}: the process ended with ${signal ?? `code ${code}`} at case ${current} of seed ${seed}`);
      process.exitCode = 1;
    }
  });
}
