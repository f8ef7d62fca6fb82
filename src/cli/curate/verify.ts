/** `smearlens curate verify`: whether log and images are what they were. */
import * as path from 'node:path';
import { findLogRoot, SMEARLENS_FOLDER } from '../../annotations/folder';
import { hashImages } from '../../curation/dataset';
import { readManifest } from '../../curation/release';
import { isVerified, sinceText, verifyLog, WHAT_CHAINS_TELL } from '../../curation/verify';
import { SmearLensError } from '../../errors';
import { RESEARCH_USE } from '../../protocol/format';
import type { AddCommand, CurateTools } from '../curate';
import { parsePath } from '../parse';
import { EXIT, type Output } from '../output';

interface VerifyArguments {
  readonly json?: boolean;
  readonly release?: string;
}

export function verifyCommand(add: AddCommand, { perform }: CurateTools): void {
  add('verify', "walk the annotation log's chains of hashes; with a release, compare its images and the ends of the chains with it. Exit code 1 where something does not verify")
    .argument('<folder>')
    .option('--release <folder>', 'that `curate release` wrote', parsePath)
    .action((folder: string, o: VerifyArguments) => perform(o, folder, (output, signal) => run(folder, o, output, signal)));
}

async function run(folder: string, { release }: VerifyArguments, output: Output, signal: AbortSignal): Promise<void> {
  const root = findLogRoot(path.resolve(folder));
  const manifest = release === undefined ? undefined : (await readManifest(release)).manifest;
  if (root === undefined && !manifest) throw new SmearLensError('input-invalid', `${folder}: neither it nor a folder above it holds ${SMEARLENS_FOLDER}/annotations.`, 'There is no log to verify.');
  const files = await verifyLog(root ?? path.resolve(folder), manifest?.chainHeads);
  for (const file of files) {
    const { problems, since } = file;
    const said = since === undefined ? (manifest ? 'not in the release' : 'every link holds') : sinceText(since);
    output.result({ ...file, verified: isVerified(file) }, () => [`${file.file}: ${file.lines} lines; ${problems.length > 0 && since === undefined && !manifest ? 'does NOT verify' : said}`, ...problems.map(({ message }) => `  ${message}`)].join('\n'));
    if (!isVerified(file)) output.failure(file.file, new SmearLensError('input-invalid', `${file.file}: ${[...(since === undefined ? [] : [sinceText(since)]), ...problems.map(({ message }) => message)].join('; ')}.`, 'Compare the file with its history or a copy; a torn line is set aside when its reviewer labels again.'));
  }
  if (manifest) await verifyImages(folder, manifest.images, output, signal);
  output.remark(WHAT_CHAINS_TELL);
  output.remark(output.exitCode === EXIT.ok ? `Verified. ${RESEARCH_USE}` : `Something does not verify. ${RESEARCH_USE}`);
}

/** Every image of the release must be there, with its bytes; where it lies is told, but is no fault. */
async function verifyImages(folder: string, released: readonly { readonly path: string; readonly sha256: string }[], output: Output, signal: AbortSignal): Promise<void> {
  const images = await hashImages(folder, { signal, progress: (done, total) => output.progress(`${done} of ${total} images read`), failed: (file, error) => output.failure(file, error) });
  output.progress('');
  const byPath = new Map(images.map((image) => [image.path, image.sha256]));
  const contents = new Set(images.map(({ sha256 }) => sha256));
  const known = new Set(released.map(({ sha256 }) => sha256));
  let [same, moved] = [0, 0];
  for (const { path: at, sha256 } of released) {
    if (byPath.get(at) === sha256) same++;
    else if (contents.has(sha256)) moved++;
    else output.failure(at, new SmearLensError('image-not-found', `${at}: ${byPath.has(at) ? 'its bytes are not those of the release' : 'is in the release, and not in the folder'}.`, 'Restore it from a copy of the release.'));
  }
  const further = images.filter(({ sha256 }) => !known.has(sha256)).length;
  output.result({ images: { released: released.length, same, moved, further } }, () => `Images of the release: ${same} of ${released.length} unchanged${moved > 0 ? `, ${moved} moved or renamed` : ''}. ${further} images of the folder are not in it.`);
}
