/** `smearlens curate`: what the owner of a dataset does with it. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Preset } from '../curation/augment/plan';
import { STUDY_RANGES, type Fill } from '../curation/augment/transform';
import type { Spawn } from '../evaluation/run/pool';
import { parseColour, parsePath, parseShare, parseWhole } from './arguments';
import { augment } from './curate/augment';
import { labelIssuesCommand } from './curate/labelIssuesCommand';
import { labelledOptions, withLabels, type LabelArguments } from './curate/labelOptions';
import { similarity } from './curate/similarity';
import { splitFolder, type SplitArguments } from './curate/split';
import type { Output } from './output';

/** What the sub-commands need of the program. */
export interface CurateProgram {
  /** A sub-command of `curate` with `--json`. */
  readonly command: (name: string, description: string) => Command;
  readonly perform: (options: { readonly json?: boolean }, subject: string, run: (output: Output, signal: AbortSignal) => Promise<void>) => Promise<void>;
  readonly spawn: Spawn;
  /** The folder that holds `models`. */
  readonly root: string;
  readonly version: string;
}

interface Json {
  readonly json?: boolean;
}

export function curateCommands(program: CurateProgram): void {
  similarityCommand(program);
  splitCommand(program);
  augmentCommand(program);
  labelIssuesCommand(program);
}

function similarityCommand({ command, perform, spawn }: CurateProgram): void {
  command('similarity', 'the images of a folder in an order in which like ones stand beside each other')
    .argument('<folder>')
    .action((folder: string, o: Json) => perform(o, folder, (output, signal) => similarity(folder, spawn, output, signal)));
}

function splitCommand({ command, perform }: CurateProgram): void {
  withShares(withLabels(command('split', 'training, validation and test parts, stratified, with whole groups on one side').argument('<folder>')))
    .requiredOption('--out <file.csv>', 'the labels with their parts, as evaluate and augment read them', parsePath)
    .action((folder: string, o: Json & LabelArguments & SplitArguments) => perform(o, folder, (output) => splitFolder(labelledOptions(folder, o), o, output)));
}

interface AugmentOptions extends LabelArguments, Omit<SplitArguments, 'out'> {
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

function augmentCommand({ command, perform, version }: CurateProgram): void {
  const { rotation, shear, zoom, widthShift } = STUDY_RANGES;
  withShares(withLabels(command('augment', 'an augmented and balanced training set').argument('<folder>')))
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
    .action((folder: string, o: Json & AugmentOptions, c: Command) => {
      if (o.out === undefined && o.preview === undefined) c.error('error: give --out for the set, or --preview for the sheet');
      const ranges = { rotation: o.rotation, shear: o.shear, zoom: o.zoom, widthShift: o.shift, heightShift: o.shift, flip: o.flip };
      return perform(o, folder, (output, signal) => augment(labelledOptions(folder, o), { ...o, ranges, version, resume: o.resume ?? false }, output, signal));
    });
}

function withShares(command: Command): Command {
  return command
    .option('--test <share>', 'of all images', parseShare(1), 0.2)
    .option('--validation <share>', 'of what is left', parseShare(1), 0.2)
    .option('--seed <number>', 'of what is drawn', parseWhole(0), 1);
}

function parseFill(text: string): Fill {
  if (text === 'reflect' || text === 'nearest') return text;
  if (!text.includes(',')) throw new InvalidArgumentError('reflect, nearest, or a colour R,G,B.');
  return parseColour(text);
}
