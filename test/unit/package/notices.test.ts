/** THIRD-PARTY-NOTICES.txt, written for packages made up here. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { notices } from '../../../scripts/package/notices.mjs';

let root: string;
beforeEach(() => void (root = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-notices-'))));
afterEach(() => fs.rmSync(root, { recursive: true }));

function addPackage(name: string, license: string, files: Record<string, string> = { LICENSE: `The licence of ${name}.` }): string {
  const folder = path.join(root, 'node_modules', name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, file), text);
  return folder;
}

function write(inputs: string[], folders: string[], target = 'linux-x64'): string {
  return notices({ root, name: 'SmearLens 0.0.0', inputs, folders, target });
}

it('names what is bundled and what is shipped as it is, once, with version, licence and text', () => {
  addPackage('bundled', 'ISC');
  addPackage('@scope/bundled', 'BSD-3-Clause', { 'LICENSE.txt': 'Its licence.', NOTICE: 'Its notice.' });
  const shipped = addPackage('shipped', '(Apache-2.0 AND MIT)');
  const text = write(['src/extension.ts', 'node_modules/bundled/a.js', 'node_modules/bundled/lib/b.js', 'node_modules/@scope/bundled/c.js'], [shipped]);
  for (const line of ['- bundled 1.2.3: ISC', '- @scope/bundled 1.2.3: BSD-3-Clause', '- shipped 1.2.3: (Apache-2.0 AND MIT)']) expect(text.split('\n')).toContain(line);
  for (const part of ['The licence of bundled.', 'Its licence.', 'Its notice.', 'The licence of shipped.']) expect(text.split(part)).toHaveLength(2);
  expect(text).toContain('MobileNetV2, ImageNet weights');
  expect(text).not.toContain('DirectML');
});

it('names the innermost of nested packages', () => {
  addPackage('outer', 'MIT');
  addPackage('outer/node_modules/inner', 'MIT', { LICENSE: 'The inner licence.' });
  const text = write(['node_modules/outer/node_modules/inner/a.js'], []);
  expect(text).toContain('The inner licence.');
  expect(text).not.toContain('The licence of outer.');
});

it('says of libvips that it is under the LGPL and may be replaced, and what is inside', () => {
  const folder = addPackage('@img/sharp-libvips-linux-x64', 'LGPL-3.0-or-later', { 'README.md': '| cairo | Mozilla Public License |', 'versions.json': '{ "cairo": "1.18" }' });
  const text = write([], [folder]);
  expect(text).toContain('may be replaced there');
  expect(text).toContain('| cairo | Mozilla Public License |');
  expect(text).toContain('{ "cairo": "1.18" }');
  expect(text).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  expect(text).toContain('GNU GENERAL PUBLIC LICENSE');
});

it("names Microsoft's library for Windows", () => {
  const text = write([], [], 'win32-arm64');
  expect(text).toContain('- DirectML.dll');
});

it.each(['GPL-3.0', 'LGPL-3.0-or-later', 'UNLICENSED', '(MIT AND GPL-2.0)', ''])("refuses a package with the licence '%s'", (license) => {
  const folder = addPackage('strange', license);
  expect(() => write([], [folder])).toThrow(`strange 1.2.3 has the licence '${license}'`);
});

it('refuses a package without a licence text', () => {
  const folder = addPackage('silent', 'MIT', {});
  expect(() => write([], [folder])).toThrow('silent 1.2.3 comes without the text of its licence');
});

it("refuses a version of ONNX Runtime whose notices are not at hand", () => {
  const folder = addPackage('onnxruntime-node', 'MIT', {});
  expect(() => write([], [folder])).toThrow('onnxruntime-1.2.3/LICENSE.txt is missing');
});
