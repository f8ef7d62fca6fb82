/** THIRD-PARTY-NOTICES.txt: name, version, licence and licence text of everything in a VSIX that is not ours. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PackageError } from './error.mjs';

const TEXTS = path.join(import.meta.dirname, 'licences');
const PERMISSIVE = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'];

/** libvips is a library of its own that users may replace, or part of a file of its own. */
const LIBVIPS = /^@img\/sharp-(libvips-|win32-|wasm32$)/;
const LGPL = 'LGPL-3.0-or-later';

/** Licence texts of packages that come without one, by name. */
const MISSING_TEXTS = {
  '@bufbuild/protobuf': () => ['Copyright 2021-2025 Buf Technologies, Inc.\nLicensed under the Apache License, Version 2.0, whose text is at the end of this file.', text('protobuf-varint-BSD-3-Clause')],
  '@microsoft/fast-element': () => [text('fast-MIT')],
  '@microsoft/fast-foundation': () => [text('fast-MIT')],
  '@microsoft/fast-web-utilities': () => [text('fast-MIT')],
  'onnxruntime-common': (version) => [text(`onnxruntime-${version}/LICENSE`)],
  'onnxruntime-node': (version) => [text(`onnxruntime-${version}/LICENSE`), text(`onnxruntime-${version}/ThirdPartyNotices`)],
};

/** What is in a VSIX without being a package. */
const FIRST_WEIGHTS = {
  title: 'MobileNetV2, ImageNet weights of Keras Applications',
  licence: 'Apache-2.0',
  texts: ['models/imagenet-mobilenetv2/model.onnx holds them, batch normalisation folded in and rounded to float16. The weights of\nmodels/all-mobilenetv2/model.onnx were trained on from these; they are changed throughout.\nLicensed under the Apache License, Version 2.0, whose text is at the end of this file.'],
};
const WINDOWS_LIBRARIES = [
  {
    title: 'DirectML.dll (DirectML Redistributable Library), in onnxruntime-node',
    licence: 'Microsoft software licence terms',
    texts: ['Redistributed by Microsoft in onnxruntime-node and passed on unchanged, under the terms of the package that it is from:\nhttps://www.nuget.org/packages/Microsoft.AI.DirectML'],
  },
];

const LIBVIPS_NOTE = `libvips is used under the GNU Lesser General Public License, version 3 or later, whose text is at the end of this file, with
that of the GNU General Public License, which it refers to. It is loaded at run time from a file of its own in this
package's lib folder and may be replaced there by a compatible build of yours. SmearLens does not change it.
Its source, and the way it is built: https://github.com/libvips/libvips and https://github.com/lovell/sharp-libvips

What the package itself says of the libraries inside:`;

/**
 * @param {object} what
 * @param {string} what.root the project
 * @param {string} what.name of the extension, with its version
 * @param {readonly string[]} what.inputs files that were bundled, relative to the project
 * @param {readonly string[]} what.folders of the packages that are shipped as they are
 * @param {string} what.target platform, as VS Code names it
 * @returns {string}
 * @throws PackageError for a package without a licence text, or with a licence that is not permissive
 */
export function notices({ root, name, inputs, folders, target }) {
  const bundled = inputs.map((file) => /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter((folder) => folder !== undefined);
  const packages = new Map();
  for (const folder of [...new Set([...bundled.map((folder) => path.join(root, folder)), ...folders])]) {
    const component = describe(folder);
    packages.set(component.title, component);
  }
  const components = [...packages.values(), FIRST_WEIGHTS, ...(target.startsWith('win32-') ? WINDOWS_LIBRARIES : [])].sort((a, b) => (a.title < b.title ? -1 : 1));
  const common = [['Apache License 2.0', 'Apache-2.0'], ['GNU Lesser General Public License 3.0', 'LGPL-3.0'], ['GNU General Public License 3.0', 'GPL-3.0'], ['Mozilla Public License 1.1', 'MPL-1.1']];
  return [
    `${name} for ${target} contains the works below. Their licences follow, one by one.\n\n${components.map(({ title, licence }) => `- ${title}: ${licence}`).join('\n')}`,
    ...components.map(({ title, licence, texts }) => `${title}\nLicence: ${licence}\n\n${texts.join('\n\n')}`),
    ...common.map(([title, file]) => `${title}\n\n${text(file)}`),
  ].join(`\n\n${'='.repeat(100)}\n\n`) + '\n';
}

/** One package: what it is, and its licence. */
function describe(folder) {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const isLibvips = LIBVIPS.test(name);
  const licences = String(license).split(/[()\s]+|AND/).filter(Boolean);
  const strange = licences.filter((licence) => !PERMISSIVE.includes(licence) && !(isLibvips && licence === LGPL));
  if (licences.length === 0 || strange.length > 0) {
    throw new PackageError(`${name} ${version} has the licence '${license}', which is none of ${PERMISSIVE.join(', ')}.`, 'Do without the package, or see whether the licence allows it to be shipped and add it to scripts/package/notices.mjs.');
  }
  const own = fs.readdirSync(folder).filter((file) => /^(licen[cs]e|copying|copyright|notice)/i.test(file)).sort().map((file) => read(path.join(folder, file)));
  const texts = own.length > 0 ? own : (MISSING_TEXTS[name]?.(version) ?? []);
  if (isLibvips) texts.push(LIBVIPS_NOTE, read(path.join(folder, 'README.md')), `Versions: ${read(path.join(folder, 'versions.json'))}`);
  if (texts.length === 0) throw new PackageError(`${name} ${version} comes without the text of its licence.`, 'Add the text to scripts/package/licences and name it in scripts/package/notices.mjs.');
  return { title: `${name} ${version}`, licence: license, texts };
}

function text(name) {
  const file = path.join(TEXTS, `${name}.txt`);
  if (!fs.existsSync(file)) throw new PackageError(`${path.relative(process.cwd(), file)} is missing.`, "Take it from the release of that version: ONNX Runtime's archives hold LICENSE and ThirdPartyNotices.txt.");
  return read(file);
}

function read(file) {
  return fs.readFileSync(file, 'utf8').replace(/\r\n?/g, '\n').trim();
}
