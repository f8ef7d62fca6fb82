/** Writes a VSIX with vsce, and reads what is in one. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { Uint8ArrayReader, ZipReader } from '@zip.js/zip.js';
import { PackageError } from './error.mjs';

const VSCE = createRequire(import.meta.url).resolve('@vscode/vsce/vsce');

/**
 * Packs a folder as it is, but for what the ignore file keeps out.
 * @param {{folder: string, target: string, ignoreFile: string, file: string, hasRepository: boolean}} options file: the VSIX
 */
export function writeVsix({ folder, target, ignoreFile, file, hasRepository }) {
  // vsce's own search for packages would follow every dependency of node_modules; all that is wanted is in the folder.
  const args = [VSCE, 'package', '--target', target, '--out', file, '--ignoreFile', ignoreFile, '--no-dependencies'];
  // Links to files of the project can lead to the repository only where there is one.
  if (!hasRepository) args.push('--allow-missing-repository', '--no-rewrite-relative-links');
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new PackageError(`vsce could not pack ${folder}:\n${(stdout + stderr).trim()}`, 'Its message says what is wrong.');
}

/**
 * @param {string} file a VSIX
 * @returns {Promise<import('@zip.js/zip.js').FileEntry[]>} the files in it
 */
export function readEntries(file) {
  return new ZipReader(new Uint8ArrayReader(fs.readFileSync(file))).getEntries();
}
