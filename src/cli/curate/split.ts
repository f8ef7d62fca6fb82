/** `smearlens curate split`: training, validation and test parts as a CSV of labels. */
import { stringify } from 'csv-stringify/sync';
import { labelledImages, type LabelledOptions } from '../../curation/labelled';
import { split, type Part } from '../../curation/split';
import { writeWhole } from '../../evaluation/outFolder';
import type { LabelledImage } from '../../evaluation/truth';
import type { ClassInfo } from '../../protocol/analysis';
import { RESEARCH_USE } from '../../protocol/format';
import type { AddCommand, CurateTools } from '../curate';
import type { Output } from '../output';
import { parsePath } from '../parse';
import { labelledOptions, withLabels, withShares, type LabelArguments, type ShareArguments } from './labelOptions';

export const PARTS: readonly Part[] = ['train', 'validation', 'test'];

interface SplitArguments extends ShareArguments {
  readonly out: string;
}

export function splitCommand(add: AddCommand, { perform }: CurateTools): void {
  withShares(withLabels(add('split', 'training, validation and test parts, stratified, with whole groups on one side').argument('<folder>')))
    .requiredOption('--out <file.csv>', 'the labels with their parts, as evaluate and augment read them', parsePath)
    .action((folder: string, o: { json?: boolean } & LabelArguments & SplitArguments) => perform(o, folder, (output) => splitFolder(labelledOptions(folder, o), o, output)));
}

async function splitFolder(options: LabelledOptions, { test, validation, seed, out }: SplitArguments, output: Output): Promise<void> {
  const { classes, images, unlabelled } = await labelledImages(options, (path, error) => output.failure(path, error));
  const parts = split(images, classes.length, { test, validation, seed });
  const rows = images.map(({ path, label, group, groupSource }) => ({ path, label: classes[label].id, group: group ?? '', groupSource, split: parts.get(path) }));
  await writeWhole(out, stringify(rows, { header: true, columns: ['path', 'label', 'group', 'groupSource', 'split'] }));
  const counts = countsOf(images, parts, classes);
  const groupDisjoint = images.every(({ group, groupSource }) => group !== undefined && groupSource !== 'none') ? 'yes' : 'unknown';
  output.result({ file: out, counts, groupDisjoint, unlabelled, seed }, () => [countTable(counts, classes), ...(unlabelled > 0 ? [`${unlabelled} images have no label and are left out.`] : []), `Group-disjoint: ${groupDisjoint}${groupDisjoint === 'yes' ? '' : " (images of one smear may lie on both sides: give groups, or guess them with --groups file-run)"}.`, `Written: ${out}. ${RESEARCH_USE}`].join('\n'));
}

/** By part and class id. */
function countsOf(images: readonly LabelledImage[], parts: ReadonlyMap<string, Part>, classes: readonly ClassInfo[]): Record<string, Record<string, number>> {
  return Object.fromEntries(PARTS.map((part) => [part, Object.fromEntries(classes.map(({ id }, c) => [id, images.filter(({ path, label }) => label === c && parts.get(path) === part).length]))]));
}

/** A line a class. */
export function countTable(counts: Readonly<Record<string, Readonly<Record<string, number>>>>, classes: readonly ClassInfo[]): string {
  const shown = PARTS.filter((part) => counts[part]);
  const line = (name: string, values: readonly (string | number)[]): string => name.padEnd(20) + values.map((value) => String(value).padStart(12)).join('');
  const total = (part: Part): number => Object.values(counts[part] ?? {}).reduce((a, b) => a + b, 0);
  return [line('', shown), ...classes.map(({ id }) => line(id, shown.map((part) => counts[part]?.[id] ?? 0))), line('all', shown.map(total))].join('\n');
}
