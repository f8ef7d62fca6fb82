/** `smearlens curate release`: a data set frozen, with what it is and what has changed. */
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { agreementOf } from '../../curation/agreement';
import { datasheetMarkdown } from '../../curation/datasheet';
import { readRated } from '../../curation/rated';
import { changesBetween, changesMarkdown, MANIFEST, manifestOf, readManifest } from '../../curation/release';
import { openOutFolder, writeWhole } from '../../evaluation/outFolder';
import { RESEARCH_USE } from '../../protocol/format';
import type { AddCommand, CurateTools } from '../curate';
import { parsePath } from '../parse';
import type { Output } from '../output';
import { provenanceOfDataset, readFolder } from './export';

interface ReleaseArguments {
  readonly json?: boolean;
  readonly out: string;
  readonly previous?: string;
  readonly splits?: string;
  readonly oneCopy?: boolean;
}

export function releaseCommand(add: AddCommand, { perform }: CurateTools): void {
  add('release', 'freeze a data set: manifest of hashes, datasheet, changes since the last release, heads of the log')
    .argument('<folder>')
    .requiredOption('--out <folder>', 'empty or new', parsePath)
    .option('--previous <folder>', 'the release before', parsePath)
    .option('--splits <file.csv>', 'columns path, label and split, as `curate split` writes them', parsePath)
    .option('--one-copy', 'of files with the same bytes only the first by path')
    .action((folder: string, o: ReleaseArguments) => perform(o, folder, (output, signal) => run(folder, o, output, signal)));
}

async function run(folder: string, { out, previous, splits, oneCopy }: ReleaseArguments, output: Output, signal: AbortSignal): Promise<void> {
  const before = previous === undefined ? undefined : await readManifest(previous);
  await openOutFolder(out, false);
  const dataset = await readFolder(folder, { splits, oneCopy }, output, signal);
  const manifest = manifestOf(dataset, provenanceOfDataset(dataset), before ? createHash('sha256').update(before.bytes).digest('hex') : null, new Date());
  const rated = dataset.log ? await readRated(folder) : undefined;
  const agreement = rated && rated.images.length > 0 ? agreementOf(rated.images, rated) : undefined;
  const changes = before && changesBetween(before.manifest, manifest);
  await writeWhole(path.join(out, 'datasheet.md'), datasheetMarkdown(manifest, dataset, agreement));
  await writeWhole(path.join(out, 'CHANGES.md'), changesMarkdown(changes, manifest));
  // Last: a folder without it is no release.
  await writeWhole(path.join(out, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
  const counts = changes && { added: changes.added.length, removed: changes.removed.length, relabelled: changes.relabelled.length };
  output.result({ out, images: manifest.images.length, previous: manifest.previous, ...counts, researchUse: RESEARCH_USE }, () =>
    [
      `${manifest.images.length} images: ${[MANIFEST, 'datasheet.md', 'CHANGES.md'].map((name) => path.join(out, name)).join(', ')}`,
      ...(counts ? [`Since the release before: ${counts.added} added, ${counts.removed} removed, ${counts.relabelled} relabelled.`] : []),
      'Keep a copy of manifest.json where nobody edits it: `smearlens curate verify` compares with it.',
      RESEARCH_USE,
    ].join('\n'),
  );
}
