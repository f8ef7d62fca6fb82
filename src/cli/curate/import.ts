/** `smearlens curate import`: labels that were given elsewhere. */
import { Option } from 'commander';
import * as path from 'node:path';
import { findLogRoot } from '../../annotations/folder';
import { tornText } from '../../annotations/append';
import { AnnotationLog } from '../../annotations/log';
import { readProject, writeProject } from '../../annotations/project';
import { hashImages } from '../../curation/dataset';
import { FORMATS, type Format } from '../../curation/exports/format';
import { applyImport } from '../../curation/imports/apply';
import type { Imported } from '../../curation/imports/imported';
import { readImport } from '../../curation/imports/read';
import { SmearLensError } from '../../errors';
import type { ClassInfo } from '../../protocol/analysis';
import { RESEARCH_USE } from '../../protocol/format';
import type { AddCommand, CurateTools } from '../curate';
import { collectMapping, parsePath } from '../parse';
import type { Output } from '../output';
import { writerOf } from './writer';

interface ImportArguments {
  readonly json?: boolean;
  readonly into: string;
  readonly format?: Format;
  readonly reviewer: string;
  readonly device?: string;
  readonly map: Readonly<Record<string, string>>;
}

/** Unmatched images that are named. */
const NAMED = 5;

export function importCommand(add: AddCommand, { perform }: CurateTools): void {
  add('import', 'labels, notes, regions and groups of a file or folder, into the annotation log; what was imported once is not imported again')
    .argument('<file|folder>')
    .requiredOption('--into <folder>', 'of the images', parsePath)
    .requiredOption('--reviewer <name>', 'whose labels they are, where the file does not say', parsePath)
    .addOption(new Option('--format <name>', 'where it is not told by name and content').choices(FORMATS))
    .option('--map <NAME=CLASS>', 'what a name in the file stands for; an empty class leaves it out; repeat it for several names', collectMapping, {})
    .option('--device <id>', "of the reviewer's file in the annotation log (default: an id that is kept for this machine)")
    .action((source: string, o: ImportArguments) => perform(o, source, (output, signal) => run(source, o, output, signal)));
}

async function run(source: string, o: ImportArguments, output: Output, signal: AbortSignal): Promise<void> {
  const reading = {
    signal,
    progress: (done: number, total: number) => output.progress(`${done} of ${total} images read`),
    failed: (file: string, error: unknown): void => {
      output.progress('');
      output.failure(file, error);
    },
  };
  const imported = await readImport(source, o.format, reading);
  const images = await hashImages(o.into, reading);
  output.progress('');
  const root = findLogRoot(path.resolve(o.into)) ?? path.resolve(o.into);
  const log = await AnnotationLog.open(root);
  const project = await readProject(root);
  const classes = project?.classes ?? classesIn(imported, o.map);
  const { reviewer, device } = await writerOf(o.reviewer, o.device);
  const applied = await applyImport(imported, images, o.into, log, { reviewer, device, classes, map: o.map });
  if (!project && applied.matched > 0 && classes.length > 0) {
    await writeProject(root, { schemaVersion: 1, classes, grouping: 'given' });
    output.log(`The class list is now ${classes.map(({ id }) => id).join(', ')} (.smearlens/project.json).`);
  }
  const { matched, unmatched, events, before, torn } = applied;
  for (const aside of torn) output.log(tornText(aside));
  if (unmatched.length > 0) {
    const named = unmatched.slice(0, NAMED).join(', ');
    output.failure(source, new SmearLensError('image-not-found', `${source}: ${unmatched.length} of its images are not in ${o.into}: ${named}${unmatched.length > NAMED ? ' and others' : ''}.`, 'Images are known by their sha256, or by their path relative to the folder. The others were imported.'));
  }
  output.result({ format: imported.format, matched, unmatched: unmatched.length, events, before, leftOut: imported.leftOut, researchUse: RESEARCH_USE }, () =>
    [
      `${matched} images (${imported.format}): ${events} events were written to the annotation log.`,
      ...(before > 0 ? [`${before} had been imported before and were changed since: they stay as they are.`] : []),
      ...imported.leftOut.map((what) => `Left out: ${what}.`),
      RESEARCH_USE,
    ].join('\n'),
  );
}

/** Where the folder has no class list yet: that of the file, or else the labels in it. */
function classesIn({ classes, images }: Imported, map: Readonly<Record<string, string>>): readonly ClassInfo[] {
  if (classes) return classes;
  const names = new Set(images.flatMap(({ opinions, adjudication }) => [...opinions.flatMap(({ label }) => label ?? []), ...(adjudication ? [adjudication.value] : [])]).map((name) => map[name] ?? name));
  return [...names].filter((name) => name !== '').sort().map((id) => ({ id, name: id }));
}
