/**
 * Damages the image fixtures at random and decodes them: each must decode or end in a SmearLensError, and the decoder must
 * neither crash nor hang. Usage: node test/fuzz/images.mjs [count = 2000] [seed = 1]
 *
 * The decoding happens in a child process, so that a crash of native code is seen and the case that caused it is named.
 */
import { fork } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const FIXTURES = join(ROOT, 'test', 'fixtures', 'images');
/** Milliseconds without an answer that count as a hang; a case takes a few. */
const HANG = 60_000;

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

/** Case `index` of a seed: a fixture's name and its damaged bytes. */
function damagedFixture(files, seed, index) {
  const below = randomBelow(seed * 1_000_003 + index);
  const name = files[below(files.length)];
  const bytes = new Uint8Array(readFileSync(join(FIXTURES, name)));
  const extreme = [0, 1, 0x7f, 0x80, 0xff];
  // Headers decide most, so half of the damage goes there.
  const position = () => below(below(2) === 0 ? Math.min(64, bytes.length) : bytes.length);
  for (let changes = 1 + below(8); changes > 0; changes--) {
    const at = position();
    switch (below(4)) {
      case 0: bytes[at] ^= 1 << below(8); break;
      case 1: bytes[at] = extreme[below(extreme.length)]; break;
      case 2: bytes.fill(extreme[below(extreme.length)], at, at + 4); break;
      default: bytes.copyWithin(at, position(), position()); break;
    }
  }
  return { name, bytes: below(3) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes };
}

async function child(bundle, count, seed) {
  const { decodeBytes, SmearLensError } = createRequire(import.meta.url)(bundle);
  const files = fixtureNames();
  const tally = {};
  for (let index = 0; index < count; index++) {
    process.send({ index });
    const { name, bytes } = damagedFixture(files, seed, index);
    let outcome = 'decoded';
    try {
      const { width, height, data } = await decodeBytes(bytes, name, { window: index % 2 === 0 ? 'full' : 'percentile' });
      if (data.length !== width * height * 3) throw new TypeError(`${data.length} bytes for ${width} × ${height} pixels`);
    } catch (error) {
      if (!(error instanceof SmearLensError)) throw new Error(`case ${index} (${name})`, { cause: error });
      outcome = error.code;
    }
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  }
  process.send({ tally });
}

function fixtureNames() {
  return readdirSync(FIXTURES).filter((file) => /\.(jpg|png|webp|avif|tif|gif|bmp)$/.test(file)).sort();
}

async function parent(count, seed) {
  // Inside the project, so that the bundle finds sharp.
  const bundle = join(ROOT, 'node_modules', '.cache', 'smearlens-fuzz', 'images.cjs');
  mkdirSync(dirname(bundle), { recursive: true });
  const contents = "export { decodeBytes } from './src/images/decode'; export { SmearLensError } from './src/errors';";
  await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['sharp'], outfile: bundle, logLevel: 'warning',
  });
  const worker = fork(fileURLToPath(import.meta.url), ['--child', bundle, String(count), String(seed)]);
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
      console.log(`images: ${count} damaged files, seed ${seed}: ${JSON.stringify(tally)}`);
    } else {
      console.error(`images: the decoder ended with ${signal ?? `code ${code}`} at case ${current} of seed ${seed}`);
      process.exitCode = 1;
    }
  });
}

const args = process.argv.slice(2);
if (args[0] === '--child') await child(args[1], Number(args[2]), Number(args[3]));
else await parent(Number(args[0] ?? 2000), Number(args[1] ?? 1));
