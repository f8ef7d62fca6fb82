/**
 * `npm run package`: writes the VSIX of one platform or of all into out/.
 *
 * npm run package -- [--target TARGET]...
 *   --target  linux-x64, linux-arm64, win32-x64, win32-arm64, darwin-arm64 or all; this machine's where none is given
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { readAllowList } from './package/allowList.mjs';
import { faultsOf, LIMIT, megabytes } from './package/check.mjs';
import { PackageError } from './package/error.mjs';
import { squeeze } from './package/squeeze.mjs';
import { stage } from './package/stage.mjs';
import { TARGETS } from './package/targets.mjs';
import { readEntries, writeVsix } from './package/vsix.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const OUT = path.join(ROOT, 'out');
const WORK = path.join(OUT, 'package');
const BUILD = path.join(WORK, 'build');
const CACHE = path.join(WORK, 'cache');
const METAFILE = path.join(WORK, 'build.json');
const IGNORE_FILE = path.join(ROOT, '.vscodeignore');
/** Of its files, so many are told with their sizes. */
const LARGEST = 5;

try {
  const targets = readArguments();
  const { name, version, repository } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  build();
  for (const target of targets) await pack(target, `${name}-${target}-${version}.vsix`, repository !== undefined);
} catch (error) {
  if (!(error instanceof PackageError)) throw error;
  console.error(`\n${error.message}\n${error.hint}`);
  process.exitCode = error.exitCode;
}

/** A production build of its own: dist/ may be in use, and keeps what developers want. */
function build() {
  fs.rmSync(BUILD, { recursive: true, force: true });
  fs.mkdirSync(WORK, { recursive: true });
  const args = ['esbuild.mjs', '--production', '--outdir', path.relative(ROOT, BUILD), '--metafile', METAFILE];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new PackageError(`The build failed.\n${stderr.trim()}`, "Run 'npm install', then try again.");
}

/** The VSIX gets its name only when nothing is wrong with it. */
async function pack(target, name, hasRepository) {
  const file = path.join(OUT, name);
  fs.rmSync(file, { force: true });
  const folder = path.join(WORK, target);
  const unchecked = path.join(WORK, name);
  const allowed = readAllowList(IGNORE_FILE);
  const expected = stage({ root: ROOT, target, folder, build: BUILD, metafile: METAFILE, cache: CACHE, allowed });
  writeVsix({ folder, target, ignoreFile: IGNORE_FILE, file: unchecked, hasRepository });
  if (fs.statSync(unchecked).size > LIMIT) {
    console.log(`${name} would have ${megabytes(fs.statSync(unchecked).size)}: packing its large files harder, which takes some minutes the first time`);
    await squeeze(unchecked, CACHE);
  }
  const entries = await readEntries(unchecked);
  const { size } = fs.statSync(unchecked);
  const faults = faultsOf({ target, entries: entries.map((entry) => entry.filename), size }, allowed, expected);
  if (faults.length > 0) {
    fs.rmSync(unchecked);
    throw new PackageError(`${name} was not written:\n${faults.map((fault) => `- ${fault}`).join('\n')}`, `What was packed is in ${path.relative(ROOT, folder)}.`);
  }
  fs.renameSync(unchecked, file);
  console.log(`${path.relative(ROOT, file)}: ${megabytes(size)}, ${entries.length} files`);
  for (const entry of entries.sort((a, b) => b.compressedSize - a.compressedSize).slice(0, LARGEST)) console.log(`  ${megabytes(entry.compressedSize).padStart(8)}  ${entry.filename.replace('extension/', '')}`);
}

function readArguments() {
  const usage = `usage: npm run package -- [--target TARGET]...     TARGET: ${TARGETS.join(', ')}, all`;
  let values;
  try {
    ({ values } = parseArgs({ options: { target: { type: 'string', multiple: true, default: [`${process.platform}-${process.arch}`] } } }));
  } catch (error) {
    throw new PackageError(error.message, usage, 2);
  }
  const unknown = values.target.find((target) => target !== 'all' && !TARGETS.includes(target));
  if (unknown) throw new PackageError(`SmearLens has no package for '${unknown}'.`, usage, 2);
  return values.target.includes('all') ? TARGETS : [...new Set(values.target)];
}
