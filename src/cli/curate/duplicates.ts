/** `smearlens curate duplicates`: images that show the same, and what becomes of them. */
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { Option, type Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { findLogRoot } from '../../annotations/folder';
import { tornText } from '../../annotations/append';
import { AnnotationLog } from '../../annotations/log';
import { consensusOf } from '../../annotations/replay';
import type { EventDraft, ImageReference } from '../../annotations/types';
import { allOf, cutoutCandidates, embeddingOf } from '../../curation/candidates';
import { contentsToExclude, duplicatesOf, groupsToAssign, type Duplicates } from '../../curation/duplicates';
import { fingerprintImages } from '../../curation/fingerprints';
import { writeWhole } from '../../evaluation/outFolder';
import { bundledBackbone } from '../../heads/backbone';
import type { NearestOptions } from '../../heads/nearest';
import { imageKey } from '../../images/folder';
import { RESEARCH_USE } from '../../protocol/format';
import type { AddCommand, CurateTools } from '../curate';
import { parsePath, parseWhole } from '../parse';
import type { Output } from '../output';
import { writerOf } from './writer';

export interface DuplicatesArguments {
  readonly json?: boolean;
  readonly out?: string;
  readonly keep: 'one' | 'all';
  readonly assignGroups?: boolean;
  readonly reviewer?: string;
  readonly device?: string;
  readonly cores?: number;
  readonly embedding?: boolean;
  readonly model?: string;
}

export function duplicatesCommand(add: AddCommand, { perform, spawn, root }: CurateTools): void {
  add('duplicates', 'images with the same bytes and pictures that are alike (re-encoded, resized, turned, mirrored, cropped), in groups')
    .argument('<folder>')
    .option('--out <file>', 'the groups as .csv or .json', parsePath)
    .addOption(new Option('--keep <which>', 'one: all but the largest of each group get an `exclude` event in the annotation log; no file is deleted').choices(['one', 'all']).default('all'))
    .option('--assign-groups', "all images of a group get one `group` event: the patient or slide that one of them has, or else the group's own id")
    .option('--embedding', 'also look closely at images whose pooled features by a network are near to each other, and tell their cosine')
    .option('--model <path>', 'of --embedding: model.json, its folder, or an .onnx file (default: MobileNetV2 of ImageNet, which saw no smear)', parsePath)
    .option('--reviewer <name>', 'who is to be named in the annotation log')
    .option('--device <id>', "of the reviewer's file in the annotation log (default: an id that is kept for this machine)")
    .option('--cores <number>', 'how many may be used (default: all)', parseWhole(1))
    .action((folder: string, o: DuplicatesArguments, c: Command) => {
      if ((o.keep === 'one' || o.assignGroups) && !o.reviewer) c.error('error: --keep one and --assign-groups write to the annotation log: say who you are with --reviewer');
      if (o.out !== undefined && !/\.(csv|json)$/i.test(o.out)) c.error('error: --out is a .csv or .json file');
      if (o.model !== undefined && !o.embedding) c.error('error: --model is the network of --embedding: give both');
      return perform(o, folder, (output, signal) => duplicates(folder, { ...o, model: o.embedding ? (o.model ?? bundledBackbone(root)) : undefined }, spawn, output, signal));
    });
}

/** Finds them, and does what was asked for with them. `model`: whose features are compared; none where undefined. */
async function duplicates(folder: string, o: Omit<DuplicatesArguments, 'model'> & { readonly model: string | undefined }, spawn: CurateTools['spawn'], output: Output, signal: AbortSignal): Promise<void> {
  const root = findLogRoot(path.resolve(folder)) ?? path.resolve(folder);
  const log = await AnnotationLog.open(root);
  const failed = (file: string, error: unknown): void => {
    output.progress('');
    output.failure(file, error);
  };
  const images = await fingerprintImages(folder, { spawn, threads: o.cores ?? availableParallelism(), signal, failed, progress: (done, total) => output.progress(`${done} of ${total} images looked at`) });
  const inputs = images.map((image) => {
    const state = log.state(image.sha256);
    return { ...image, label: state && consensusOf(state).label, group: state?.group };
  });
  const searching = (what: string): NearestOptions => ({ signal, progress: (share: number): void => output.progress(`${what}, ${Math.floor(100 * share)} %`) });
  const cutouts = cutoutCandidates(searching('looking for cut-outs'));
  const embedding =
    o.model === undefined
      ? undefined
      : await embeddingOf(images, { model: o.model, spawn, signal, cores: o.cores, failed, log: (text) => output.log(text), progress: (done, total) => output.progress(`features of ${done} of ${total} images`) }, searching('comparing features'));
  const found = await duplicatesOf(inputs, { ...searching('comparing'), candidates: embedding ? allOf(cutouts, embedding.candidates) : cutouts, cosine: embedding?.cosine });
  output.progress('');
  if (o.out !== undefined) await writeWhole(o.out, o.out.toLowerCase().endsWith('.csv') ? csvOf(found) : `${JSON.stringify({ researchUse: RESEARCH_USE, ...found }, null, 2)}\n`);
  const written = await write(folder, found, o, log);
  if (written.tornInto !== undefined) output.log(tornText(written.tornInto));
  for (const group of written.conflicts) output.log(`${group.members[0].path} and ${group.members.length - 1} like it have different patients or slides in the annotation log: nothing was changed there.`);
  const { conflicts: _, tornInto: __, ...counts } = written;
  output.result({ ...found, ...counts }, () => textOf(found, o, counts));
}

/** The events that were asked for. Undoing them in a review session brings everything back. */
async function write(folder: string, found: Duplicates, o: DuplicatesArguments, log: AnnotationLog): Promise<{ excluded: number; grouped: number; conflicts: Duplicates['groups']; tornInto?: string | undefined }> {
  const reference = (image: ImageReference): ImageReference => ({ path: imageKey(log.root, path.join(path.resolve(folder), image.path)), sha256: image.sha256 });
  const isExcluded = (sha256: string): boolean => log.state(sha256)?.opinions.some(({ excluded }) => excluded) ?? false;
  const exclusions = o.keep === 'one' ? contentsToExclude(found).filter(({ sha256 }) => !isExcluded(sha256)) : [];
  const { assignments, conflicts } = o.assignGroups ? groupsToAssign(found) : { assignments: [], conflicts: [] };
  const drafts: EventDraft[] = [
    ...exclusions.map((image): EventDraft => ({ type: 'exclude', value: true, image: reference(image), bulk: true })),
    ...assignments.map((image): EventDraft => ({ type: 'group', value: image.group, image: reference(image), bulk: true })),
  ];
  const { tornInto } = drafts.length > 0 ? await log.append(await writerOf(o.reviewer ?? '', o.device), drafts) : {};
  return { tornInto, excluded: exclusions.length, grouped: assignments.length, conflicts };
}

function csvOf({ groups }: Duplicates): string {
  const rows = groups.flatMap(({ id, kind, likeness, conflict, members }) => members.map((m) => [id, kind, likeness.toFixed(4), m.path, m.sha256, m.pixels, m.label ?? '', m.group ?? '', m.best ? 'yes' : 'no', conflict ? 'yes' : 'no']));
  return stringify([['duplicates', 'kind', 'likeness', 'path', 'sha256', 'pixels', 'label', 'group', 'best', 'conflict'], ...rows]);
}

function textOf(found: Duplicates, o: DuplicatesArguments, { excluded, grouped }: { excluded: number; grouped: number }): string {
  const { groups, images, nearThreshold, incomplete } = found;
  const exact = groups.filter(({ kind }) => kind === 'exact');
  const inGroups = (which: Duplicates['groups']): number => which.reduce((sum, { members }) => sum + members.length, 0);
  const conflicts = groups.filter(({ conflict }) => conflict);
  return [
    ...groups.flatMap(({ kind, likeness, members, conflict, labels }) => [
      `${kind === 'exact' ? 'the same bytes' : `alike (${likeness.toFixed(2)})`}${conflict ? `, labels differ: ${labels.join(', ')}` : ''}`,
      ...members.map((m) => `  ${m.best ? '*' : ' '} ${m.path}${m.label === undefined ? '' : `  ${m.label}`}`),
    ]),
    `${images} images: ${exact.length} groups of files with the same bytes (${inGroups(exact)} files), ${groups.length - exact.length} of pictures that are alike (${inGroups(groups) - inGroups(exact)} files). * is the largest.`,
    nearThreshold === null ? 'Unrelated pictures of this folder are too alike for near duplicates to be told from them: only the same bytes were looked for.' : `Alike from ${nearThreshold.toFixed(2)} on. Of crops, those that keep 80 % of each side and more are looked for; two fields that merely overlap are not found.`,
    ...(incomplete ? ['There are more pairs than are listed.'] : []),
    ...(conflicts.length > 0 ? [`${conflicts.length} groups have labels that differ.`] : []),
    ...(o.keep === 'one' ? [`${excluded} images were excluded in the annotation log. Files with the same bytes are one image there: \`curate export --one-copy\` takes one of them.`] : []),
    ...(o.assignGroups ? [`${grouped} images were given a group.`] : []),
    ...(o.out === undefined ? [] : [`All groups: ${o.out}`]),
    RESEARCH_USE,
  ].join('\n');
}
