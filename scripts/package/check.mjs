/** What may be wrong with a VSIX, told from the list of its files. */
import { matcher } from './allowList.mjs';
import { platformOf } from './targets.mjs';

/** Bytes of the VSIX. */
export const LIMIT = 45_000_000;

/** What vsce itself adds, and what it renames. */
const OWN = ['extension.vsixmanifest', '[Content_Types].xml'];
const RENAMED = { 'readme.md': 'README.md', 'changelog.md': 'CHANGELOG.md', 'LICENSE.txt': 'LICENSE' };

/**
 * @param {object} vsix
 * @param {string} vsix.target as VS Code names it
 * @param {readonly string[]} vsix.entries names of the files in the archive
 * @param {number} vsix.size bytes of the archive
 * @param {readonly string[]} allowed patterns of the extension's files (.vscodeignore)
 * @param {readonly string[]} expected the files that were to be packed
 * @returns {string[]} one sentence a fault; none for a good VSIX
 */
export function faultsOf({ target, entries, size }, allowed, expected) {
  const { needed, isForeign } = platformOf(target);
  const isAllowed = matcher(allowed);
  const outside = entries.filter((entry) => !entry.startsWith('extension/') && !OWN.includes(entry));
  const files = entries.filter((entry) => entry.startsWith('extension/')).map((entry) => nameBefore(entry.slice('extension/'.length)));
  const faultOf = (file) => {
    if (file.endsWith('.map')) return `${file} is a source map.`;
    if (isForeign(file)) return `${file} does not belong to ${target}.`;
    return isAllowed(file) ? undefined : `${file} is a stray file: .vscodeignore does not allow it.`;
  };
  return [
    ...outside.map((entry) => `${entry} is a stray file outside the extension.`),
    ...files.map(faultOf).filter((fault) => fault !== undefined),
    ...needed.filter((pattern) => !files.some(matcher([pattern]))).map((pattern) => `${pattern} is missing.`),
    ...expected.filter((file) => !files.includes(file)).map((file) => `${file} was to be packed and is missing.`),
    ...(size > LIMIT ? [`It has ${megabytes(size)}, more than ${megabytes(LIMIT)}.`] : []),
  ];
}

/** A file's name in the extension's folder, by its name in the archive. */
function nameBefore(file) {
  return RENAMED[file] ?? file;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
