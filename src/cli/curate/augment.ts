/** `smearlens curate augment`: an augmented training set, or a sheet that shows what it would be like. */
import * as path from 'node:path';
import { previewSheet } from '../../curation/augment/preview';
import type { Preset } from '../../curation/augment/plan';
import type { Fill, Ranges } from '../../curation/augment/transform';
import { writeAugmented } from '../../curation/augment/write';
import { labelledImages, type LabelledOptions } from '../../curation/labelled';
import { split, type Part } from '../../curation/split';
import { SmearLensError } from '../../errors';
import { writeWhole } from '../../evaluation/outFolder';
import { decodeFile } from '../../images/decode';
import { RESEARCH_USE } from '../../protocol/format';
import type { Output } from '../output';
import { countTable, PARTS } from './split';

export interface AugmentArguments {
  readonly preset: Preset;
  readonly seed: number;
  readonly ranges: Ranges;
  readonly fill: Fill;
  readonly test: number;
  readonly validation: number;
  readonly out?: string | undefined;
  readonly preview?: string | undefined;
  readonly resume: boolean;
  readonly version: string;
}

/** Milliseconds between two lines of progress for machines. */
const TELL_EVERY = 500;

export async function augment(options: LabelledOptions, o: AugmentArguments, output: Output, signal: AbortSignal): Promise<void> {
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
