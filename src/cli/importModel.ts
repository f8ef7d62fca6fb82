/** `smearlens import`: from any ONNX classifier to a model that all commands and the editor take. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { table } from '../evaluation/metrics/text';
import { readClassNames } from '../modelImport/classNames';
import { importModel } from '../modelImport/importModel';
import { presetNamed, PRESETS } from '../modelImport/presets';
import { formatPercent } from '../protocol/format';
import { COMPARED_IMAGES, type ImportReport, type PresetId } from '../protocol/modelImport';
import { toErrorInfo } from '../errors';
import type { Output } from './output';
import { parseNames, parsePath, parseWhole } from './parse';

interface ImportArguments {
  readonly out?: string;
  readonly name?: string;
  readonly classes?: readonly string[];
  readonly classesFrom?: string;
  readonly layer?: string;
  readonly output?: string;
  readonly preprocessing?: PresetId;
  readonly layout?: 'NCHW' | 'NHWC';
  readonly size?: { readonly width: number; readonly height: number };
  readonly labelled?: string;
  readonly count: number;
  readonly image?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

type Perform = (options: { readonly json?: boolean }, subject: string, run: (output: Output, signal: AbortSignal) => Promise<void>) => Promise<void>;

/** Adds arguments and options to the command. */
export function importCommand(command: Command, perform: Perform): void {
  command
    .argument('<model.onnx>')
    .option('--out <folder>', 'where model.json and a copy of the model go (default: model.json beside the model)', parsePath)
    .option('--name <text>', 'name of the model for people (default: that of its file)')
    .option('--classes <names>', 'names of the classes in the order of the scores, separated by commas', parseNames)
    .option('--classes-from <file>', 'a file that lists them: a name a line, or JSON', parsePath)
    .option('--output <name>', 'the output with the scores, where the model has several')
    .option('--layer <name>', 'the activation that maps are drawn of (default: found automatically)')
    .option('--preprocessing <name>', `how pixels are scaled: ${PRESETS.map((p) => p.id).join(', ')} (keras-torch is imagenet)`, preset)
    .addOption(new Option('--layout <name>', 'where the file leaves it open').choices(['NCHW', 'NHWC']))
    .option('--size <WxH>', 'pixels of the input, where the file leaves it open', size)
    .option('--labelled <folder>', 'compare the preprocessings on images sorted into a folder a class, and take the best', parsePath)
    .option('--count <n>', 'how many of them at most, drawn at random', parseWhole(1), COMPARED_IMAGES)
    .option('--image <file>', 'show the probabilities of this image under each preprocessing', parsePath)
    .option('--dry-run', 'only tell what was found and tried; write nothing')
    .option('--force', 'overwrite a model.json that is there')
    .action((file: string, o: { json?: boolean } & ImportArguments, c: Command) => {
      if (o.classes && o.classesFrom !== undefined) c.error('error: give --classes or --classes-from, not both');
      return perform(o, file, (output, signal) => run(file, o, output, signal));
    });
}

async function run(file: string, o: ImportArguments, output: Output, signal: AbortSignal): Promise<void> {
  const classes = o.classes ?? (o.classesFrom === undefined ? undefined : await readClassNames(o.classesFrom));
  const report = await importModel(
    file,
    { ...o, classes, dryRun: o.dryRun ?? false, force: o.force ?? false },
    {
      signal,
      progress: (done, total) => {
        output.progress(`${done} of ${total} labelled images`);
        if (output.json) output.result({ progress: { done, total } }, () => '');
      },
      failed: (image, error) => {
        output.progress('');
        output.failure(image, error);
      },
    },
  ).finally(() => output.progress(''));
  output.result({ import: report }, () => text(report));
}

function preset(name: string): PresetId {
  try {
    return presetNamed(name).id;
  } catch (error) {
    throw new InvalidArgumentError(toErrorInfo(error).hint);
  }
}

function size(text: string): { width: number; height: number } {
  const [, width, height] = /^(\d{1,4})[x×](\d{1,4})$/i.exec(text.trim()) ?? [];
  if (!(Number(width) >= 1 && Number(height) >= 1 && Number(width) <= 8192 && Number(height) <= 8192)) throw new InvalidArgumentError('width x height in pixels, e.g. 224x224.');
  return { width: Number(width), height: Number(height) };
}

function text(r: ImportReport): string {
  const unknown = 'not known yet';
  const presetName = (id: PresetId): string => r.presets.find((p) => p.id === id)?.name ?? id;
  const origin = { given: 'as given', graph: 'proposed', labelled: 'the best on the labelled images' } as const;
  const ofSize = { file: '', given: ', as given', tried: ', the size that runs of those usual', open: ' proposed: any size runs' } as const;
  return [
    `${r.model}  (opset ${r.opset}, sha256 ${r.sha256})`,
    `input          ${r.input.name}: ${r.input.width}×${r.input.height}${ofSize[r.input.sizeFrom]}, ${r.input.layout}${r.input.layoutFrom === 'tried' ? ' by trying' : ''}, ${r.input.elementType}`,
    ...(r.fedZero.length > 0 ? [`fed zero       ${r.fedZero.join(', ')}`] : []),
    `output         ${r.output.name}: ${r.output.classes} classes, ${r.output.activation === 'none' ? 'logits' : `probabilities (${r.output.activation} inside the model)`}`,
    ...(r.outputs.length > 1 ? [`               one of ${r.outputs.map((one) => `${one.name} (${one.classes} scores)`).join(', ')}: ${unknown}`] : []),
    `classes        ${r.classes ? `${r.classes.join(', ')} (${r.classesFrom === 'given' ? 'as given' : `from ${r.classesFrom ?? ''}`})` : `${unknown}${r.classesNote ? `: ${r.classesNote}` : ''}`}`,
    ...(r.inside ? [`inside         ${r.inside}`] : []),
    `preprocessing  ${r.preprocessing && r.preprocessingFrom ? `${presetName(r.preprocessing)}, ${origin[r.preprocessingFrom]}` : unknown}`,
    `maps           ${r.layer ?? 'none: no convolutional layer of more than one pixel that every path passes'}${r.layer !== null && r.layerFrom === 'automatic' ? ' (found automatically)' : ''}`,
    ...(r.dryRun ? ['', r.dryRun.image, ...probabilities(r, presetName)] : []),
    ...(r.comparison ? ['', ...comparison(r.comparison, presetName)] : []),
    ...r.warnings.map((warning) => `! ${warning}`),
    '',
    r.saved !== undefined ? `Written: ${r.saved}. ${r.researchUse}` : `Nothing was written.${r.open.length > 0 ? ` Still to be said: ${r.open.join(', ')}.` : ''} ${r.researchUse}`,
  ].join('\n');
}

/** A column a class; of many classes, the likeliest under each preset. */
function probabilities({ dryRun, classes, output }: ImportReport, presetName: (id: PresetId) => string): string[] {
  const names = classes ?? Array.from({ length: output.classes }, (_, i) => String(i));
  const rows = dryRun?.rows ?? [];
  const few = names.length <= 8;
  return table([
    ['  preprocessing', ...(few ? names : ['likeliest'])],
    ...rows.map(({ preset: id, probabilities: p }) => [`  ${presetName(id)}`, ...(p === null ? ['no numbers'] : few ? p.map(formatPercent) : [likeliestOf(p, names)]), ...(p === null && few ? names.slice(1).map(() => '') : [])]),
  ]);
}

function likeliestOf(probabilities: readonly number[], names: readonly string[]): string {
  return probabilities.map((p, i) => ({ p, name: names[i] })).sort((a, b) => b.p - a.p).slice(0, 3).map(({ p, name }) => `${name} ${formatPercent(p)}`).join(', ');
}

function comparison({ rows, images, labelled, mapping, note }: NonNullable<ImportReport['comparison']>, presetName: (id: PresetId) => string): string[] {
  return [
    `${images < labelled ? `${images} of ${labelled} labelled images, drawn at random` : `${images} labelled images`} (${Object.entries(mapping).map(([name, id]) => `${name} → ${id ?? 'no class, left out'}`).join(', ')})`,
    ...table([['  preprocessing', 'accuracy', 'log loss'], ...rows.map((row) => [`  ${presetName(row.preset)}`, `${(100 * row.accuracy).toFixed(1)} %`, row.logLoss === null ? 'not defined' : row.logLoss.toFixed(3)])]),
    note,
  ];
}
