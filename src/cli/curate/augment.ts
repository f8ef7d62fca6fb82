/** `smearlens curate augment`: an augmented training set, or a sheet that shows what it would be like. */
import * as path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { previewSheet } from '../../curation/augment/preview';
import type { Preset } from '../../curation/augment/plan';
import { STUDY_RANGES, type Ranges } from '../../curation/augment/transform';
import { writeAugmented } from '../../curation/augment/write';
import { labelledImages, type LabelledOptions } from '../../curation/labelled';
import { split, type Part } from '../../curation/split';
import { SmearLensError } from '../../errors';
import { writeWhole } from '../../evaluation/outFolder';
import type { Fill } from '../../images/change';
import { decodeFile } from '../../images/decode';
import { RESEARCH_USE } from '../../protocol/format';
import type { AddCommand, CurateTools } from '../curate';
import type { Output } from '../output';
import { parseColour, parsePath, parseShare } from '../parse';
import { labelledOptions, withLabels, withShares, type LabelArguments, type ShareArguments } from './labelOptions';
import { countTable, PARTS } from './split';

interface AugmentArguments extends LabelArguments, ShareArguments {
  readonly json?: boolean;
  readonly preset: Preset;
  readonly rotation: number;
  readonly shear: number;
  readonly zoom: number;
  readonly shift: number;
  readonly flip: boolean;
  readonly fill: Fill;
  readonly out?: string;
  readonly preview?: string;
  readonly resume?: boolean;
}

interface AugmentOptions extends ShareArguments, Pick<AugmentArguments, 'preset' | 'fill' | 'out' | 'preview'> {
  readonly ranges: Ranges;
  readonly resume: boolean;
  readonly version: string;
}

/** Milliseconds between two lines of progress for machines. */
const TELL_EVERY = 500;

export function augmentCommand(add: AddCommand, { perform, version }: CurateTools): void {
  const { rotation, shear, zoom, widthShift } = STUDY_RANGES;
  withShares(withLabels(add('augment', 'an augmented and balanced training set').argument('<folder>')))
    .addOption(new Option('--preset <name>', 'balanced: the training part alone, to equal classes; study-table-1: every class doubled, validation cut afterwards, which leaks').choices(['balanced', 'study-table-1']).default('balanced'))
    .option('--rotation <degrees>', 'from -r to r', parseShare(180), rotation)
    .option('--shear <tangent>', 'from -s to s: 0.4 is an angle of 21.8 degrees', parseShare(1), shear)
    .option('--zoom <part>', 'by a factor from 1 - z to 1 + z', parseShare(0.99), zoom)
    .option('--shift <part>', 'of width and height, from -s to s', parseShare(1), widthShift)
    .option('--no-flip', 'do not mirror left to right')
    .option('--fill <how>', 'beyond the edges: reflect, nearest, or a colour R,G,B', parseFill, 'reflect')
    .option('--preview <file.svg>', 'a sheet of the first image under each operation', parsePath)
    .option('--out <folder>', 'where the set goes: a folder a part and class, augmented.csv and provenance.json', parsePath)
    .option('--resume', 'go on with a set that was stopped')
    .action((folder: string, o: AugmentArguments, c: Command) => {
      if (o.out === undefined && o.preview === undefined) c.error('error: give --out for the set, or --preview for the sheet');
      const ranges = { rotation: o.rotation, shear: o.shear, zoom: o.zoom, widthShift: o.shift, heightShift: o.shift, flip: o.flip };
      return perform(o, folder, (output, signal) => augment(labelledOptions(folder, o), { ...o, ranges, version, resume: o.resume ?? false }, output, signal));
    });
}

function parseFill(text: string): Fill {
  if (text === 'reflect' || text === 'nearest') return text;
  if (!text.includes(',')) throw new InvalidArgumentError('reflect, nearest, or a colour R,G,B.');
  return parseColour(text);
}

async function augment(options: LabelledOptions, o: AugmentOptions, output: Output, signal: AbortSignal): Promise<void> {
  const { classes, images, unlabelled } = await labelledImages(options, (file, error) => output.failure(file, error));
  if (o.preview !== undefined) {
    const [first] = images;
    const { width, height, data, sha256 } = await decodeFile(first.file);
    await writeWhole(o.preview, await previewSheet({ width, height, data }, { name: first.path, sha256 }, o.ranges, o.fill, o.seed));
    output.result({ preview: o.preview, of: first.path }, () => `Preview of ${first.path}: ${o.preview}`);
  }
  if (o.out === undefined) return;
  // Below the folder it would be read as a part of it the next time.
  const inside = path.relative(options.folder, o.out);
  if (inside === '' || (!inside.startsWith('..') && !path.isAbsolute(inside))) throw new SmearLensError('output-unwritable', `${o.out}: lies in the folder that is augmented.`, 'Choose a folder beside it with --out.');
  const given = images.some((image) => image.split !== undefined);
  const drawn = given ? undefined : split(images, classes.length, { test: o.test, validation: o.preset === 'study-table-1' ? 0 : o.validation, seed: o.seed });
  const partOf = (file: string, own: string | undefined): Part => {
    if (drawn) return drawn.get(file) ?? 'train';
    const part = PARTS.find((known) => known === own?.toLowerCase());
    if (part) return part;
    throw new SmearLensError('input-invalid', own === undefined ? `${file}: has no split, though other images have one.` : `${file}: its split is '${own}'.`, `Give each image one of ${PARTS.join(', ')}, or none at all.`);
  };
  let told = -Infinity;
  const result = await writeAugmented(images.map(({ path: file, file: where, label, group, groupSource, split: own }) => ({ path: file, file: where, label, group, groupSource, part: partOf(file, own) })), classes, {
    ...o,
    out: o.out,
    signal,
    failed: (file, error) => output.failure(file, error),
    progress: (done, total) => {
      output.progress(`${done} of ${total} images`);
      if (!output.json || (performance.now() - told < TELL_EVERY && done < total)) return;
      told = performance.now();
      output.result({ progress: { done, total } }, () => '');
    },
  });
  output.progress('');
  for (const warning of result.warnings) output.log(warning);
  if (!result.isWhole) return output.result({ stopped: { done: result.written }, out: o.out }, () => `Stopped after ${result.written} images. What was done is kept: the same command with --resume goes on.`);
  output.result({ out: o.out, ...result, unlabelled }, () => [countTable(result.counts, classes), `${result.written} images in ${o.out}${unlabelled > 0 ? `; ${unlabelled} without a label are left out` : ''}. ${RESEARCH_USE}`].join('\n'));
}
