/** `smearlens curate export`: images and labels in other programs' formats. */
import { Option } from 'commander';
import * as path from 'node:path';
import { classesInUse, readDataset, type Dataset } from '../../curation/dataset';
import { exportDataset } from '../../curation/exports/export';
import { FORMATS, provenanceOf, type Format, type Link, type Provenance } from '../../curation/exports/format';
import { RESEARCH_USE } from '../../protocol/format';
import type { AddCommand, CurateTools } from '../curate';
import { parsePath } from '../parse';
import type { Output } from '../output';
import packageJson from '../../../package.json';

interface ExportArguments {
  readonly json?: boolean;
  readonly format: Format;
  readonly out: string;
  readonly link: Link;
  readonly splits?: string;
  readonly oneCopy?: boolean;
}

export function exportCommand(add: AddCommand, { perform }: CurateTools): void {
  add('export', 'images and labels for other programs; images are never changed')
    .argument('<folder>')
    .addOption(new Option('--format <name>', 'how').choices(FORMATS).makeOptionMandatory())
    .requiredOption('--out <path>', 'a file (csv, jsonl, coco, label-studio) or a folder (imagefolder, huggingface, fiftyone)', parsePath)
    .addOption(new Option('--link <how>', 'how the files of images get into a folder').choices(['copy', 'hard', 'symbolic']).default('copy'))
    .option('--splits <file.csv>', 'columns path, label and split, as `curate split` writes them', parsePath)
    .option('--one-copy', 'of files with the same bytes only the first by path')
    .action((folder: string, o: ExportArguments) => perform(o, folder, (output, signal) => run(folder, o, output, signal)));
}

/** Reads a folder and tells of it meanwhile. */
export async function readFolder(folder: string, options: { readonly splits?: string | undefined; readonly oneCopy?: boolean | undefined }, output: Output, signal: AbortSignal): Promise<Dataset> {
  const dataset = await readDataset(folder, {
    ...options,
    signal,
    progress: (done, total) => output.progress(`${done} of ${total} images read`),
    failed: (file, error) => {
      output.progress('');
      output.failure(file, error);
    },
  });
  output.progress('');
  for (const { message, file } of dataset.log?.problems ?? []) output.log(`${file}: ${message}. \`smearlens curate verify\` tells more.`);
  return dataset;
}

/** Where a data set comes from. */
export function provenanceOfDataset(dataset: Dataset): Provenance {
  const { classes, isFixed } = classesInUse(dataset);
  return provenanceOf({ software: `SmearLens ${packageJson.version}`, folder: path.basename(path.resolve(dataset.folder)), classes, classesAreFixed: isFixed, chainHeads: dataset.log?.heads ?? {}, images: dataset.images.length });
}

async function run(folder: string, { format, out, link, splits, oneCopy }: ExportArguments, output: Output, signal: AbortSignal): Promise<void> {
  const dataset = await readFolder(folder, { splits, oneCopy }, output, signal);
  const exported = await exportDataset(format, {
    images: dataset.images,
    provenance: provenanceOfDataset(dataset),
    ...{ out, link, signal },
    progress: (done, total) => output.progress(`${done} of ${total} images written`),
    failed: (file, error) => {
      output.progress('');
      output.failure(file, error);
    },
  });
  output.progress('');
  const { files, images, leftOut } = exported;
  output.result({ format, ...exported, researchUse: RESEARCH_USE }, () => [`${images} images: ${files.join(', ')}`, ...leftOut.map((what) => `Left out: ${what}.`), RESEARCH_USE].join('\n'));
}
