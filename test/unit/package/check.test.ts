/** What the VSIX may hold: the check that `npm run package` makes before it lets a VSIX be. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { matcher, readAllowList } from '../../../scripts/package/allowList.mjs';
import { faultsOf, LIMIT } from '../../../scripts/package/check.mjs';
import { MODULES, platformOf, TARGETS } from '../../../scripts/package/targets.mjs';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const ALLOWED = readAllowList(path.join(ROOT, '.vscodeignore'));
const RENAMED: Record<string, string> = { 'README.md': 'readme.md', 'CHANGELOG.md': 'changelog.md', LICENSE: 'LICENSE.txt' };

/** The least that a VSIX of that platform holds, as vsce names it; versions made up. */
function goodEntries(target: string): string[] {
  const { needed } = platformOf(target);
  const files = needed.map((pattern) => pattern.replaceAll('*', '1.2.3'));
  return ['extension.vsixmanifest', '[Content_Types].xml', ...files.map((file) => `extension/${RENAMED[file] ?? file}`)];
}

function faults(target: string, entries: string[], { size = LIMIT, expected = [] as string[] } = {}): string[] {
  return faultsOf({ target, entries, size }, ALLOWED, expected);
}

describe.each(TARGETS)('%s', (target) => {
  const good = goodEntries(target);

  it('has no fault with all that is needed', () => expect(faults(target, good)).toEqual([]));

  it.each([
    ['a stray file at the top', 'extension/notes.txt'],
    ['a source', 'extension/src/extension.ts'],
    ['a development tool', `extension/${MODULES}/esbuild/package.json`],
    ['a stray file in a package', `extension/${MODULES}/sharp/src/common.cc`],
    ['a type declaration', `extension/${MODULES}/onnxruntime-node/dist/index.d.ts`],
    ['a model of training', 'extension/models/training/train.py'],
    ['a file outside the extension', 'notes.txt'],
    ['a source map', 'extension/dist/extension.js.map'],
    ['a source map in a package', `extension/${MODULES}/onnxruntime-node/dist/index.js.map`],
    ['a file that differs from an allowed one in its case', 'extension/dist/Extension.js'],
  ])('is refused with %s', (_, entry) => expect(faults(target, [...good, entry])).toEqual([expect.stringContaining(entry.replace('extension/', ''))]));

  it.each(TARGETS.filter((other) => other !== target))('is refused with the binaries of %s', (other) => {
    const added = goodEntries(other).filter((entry) => !good.includes(entry));
    // macOS and Windows lack what Linux has, and every platform has libraries of its own.
    expect(added.length).toBeGreaterThan(2);
    for (const entry of added) {
      expect(faults(target, [...good, entry])).toEqual([`${entry.replace('extension/', '')} does not belong to ${target}.`]);
    }
  });

  it.each(good.filter((entry) => entry.startsWith('extension/')))('is refused without %s', (entry) => {
    expect(faults(target, good.filter((other) => other !== entry))).toEqual([expect.stringMatching(/ is missing\.$/)]);
  });
});

it('is refused where a file that was to be packed is not in it', () => {
  const file = `${MODULES}/semver/functions/coerce.js`;
  expect(faults('linux-x64', goodEntries('linux-x64'), { expected: [file] })).toEqual([`${file} was to be packed and is missing.`]);
});

it('is refused when it is too large', () => {
  expect(LIMIT).toBe(45_000_000);
  expect(faults('win32-x64', goodEntries('win32-x64'), { size: LIMIT + 100_000 })).toEqual(['It has 45.1 MB, more than 45.0 MB.']);
});

it('only Linux gets the WebAssembly build of sharp', () => {
  const withWasm = TARGETS.filter((target) => goodEntries(target).some((entry) => entry.endsWith('.wasm')));
  expect(withWasm).toEqual(['linux-x64', 'linux-arm64']);
});

describe('what is needed is there to be packed', () => {
  it.each(TARGETS)('ONNX Runtime for %s is in onnxruntime-node', (target) => {
    const runtime = platformOf(target).needed.filter((file) => file.includes('/bin/napi-v6/'));
    expect(runtime.length).toBeGreaterThan(1);
    for (const file of runtime) expect(fs.existsSync(path.join(ROOT, file.replace(MODULES, 'node_modules'))), file).toBe(true);
  });

  it.each(TARGETS)('the lock file has the packages for %s, and their digests', (target) => {
    const { packages } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, { integrity?: string }> };
    for (const name of platformOf(target).packages) expect(packages[`node_modules/${name}`]?.integrity, name).toMatch(/^sha512-/);
  });
});

describe('the allow list', () => {
  it('lists exceptions from the rule that nothing is packed', () => {
    expect(fs.readFileSync(path.join(ROOT, '.vscodeignore'), 'utf8')).toMatch(/^\*\*$/m);
    expect(ALLOWED).toContain('package.json');
  });

  it.each([
    ['dist/*.js', 'dist/a.js', true],
    ['dist/*.js', 'dist/b/a.js', false],
    ['dist/*.js', 'dist/a.js.map', false],
    ['models/*/model.onnx', 'models/a/model.onnx', true],
    ['models/*/model.onnx', 'models/model.onnx', false],
    ['a.b', 'axb', false],
  ])('%s and %s', (pattern, file, matches) => expect(matcher([pattern])(file)).toBe(matches));

  it('takes no pattern that stands for whole folders', () => expect(() => matcher(['dist/**'])).toThrow('dist/**'));
});
