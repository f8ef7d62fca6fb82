/** The command line: the same core as the extension, for a terminal. See docs/ARCHITECTURE.md, 'Command line'. */
import './inference/noTelemetry';
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { checkModel } from './cli/checkModel';
import { curate } from './cli/curate';
import { doctor } from './cli/doctor';
import { evaluate, planOnly } from './cli/evaluate';
import { explain } from './cli/explain';
import { importCommand } from './cli/importModel';
import { inspect } from './cli/inspect';
import { endWithReader, onInterrupt } from './cli/interrupt';
import { EXIT, Output } from './cli/output';
import { DEFAULT_VARIANTS, GRADIENT_METHODS, METHODS, STUDY_METHODS, VARIANTS } from './cli/maps';
import { merge } from './cli/merge';
import { metrics, type MetricsArguments } from './cli/metrics';
import { collectMapping, collectPath, parseColour, parseNames, parsePath, parseWhole, providerOption } from './cli/parse';
import { predict } from './cli/predict';
import { sheet } from './cli/sheet';
import { tensors } from './cli/tensors';
import { trainHeadCommand } from './cli/trainHead';
import { toErrorInfo } from './errors';
import { parseShard, shardOfJob, type Shard } from './evaluation/shard';
import { runThread, type ThreadData } from './evaluation/run/thread';
import { defaultModel } from './models/defaultModel';
import type { CamMethod, CamVariant, ProviderChoice } from './protocol/analysis';
import { RESEARCH_USE } from './protocol/format';
import { CHECKED_IMAGES } from './protocol/modelChecks';
import type { ScoreCamMode } from './protocol/scoreCam';
import packageJson from '../package.json';


/** The report's built page. */
const ASSETS = path.join(__dirname, 'webview');

interface Common {
  readonly json?: boolean;
  readonly model?: string;
  readonly provider?: ProviderChoice;
}

interface ExplainArguments {
  readonly tensor?: string;
  readonly method: readonly CamMethod[];
  readonly variant: readonly CamVariant[];
  readonly class: string;
  readonly layer: string;
  readonly scoreCam: ScoreCamMode;
  readonly fill?: readonly [number, number, number];
  readonly out?: string;
  readonly sheet?: string;
  readonly saveModel?: string;
  readonly trust?: boolean;
  readonly road?: boolean;
}

interface EvaluateArguments {
  readonly model?: readonly string[];
  readonly out?: string;
  readonly plan?: boolean;
  readonly labels: string;
  readonly groups: 'none' | 'file-run';
  readonly map: Readonly<Record<string, string>>;
  readonly split?: readonly string[];
  readonly validation?: string;
  readonly ensemble?: boolean;
  readonly shard?: Shard;
  readonly cores?: number;
  readonly resume?: boolean;
}

function main(argv: readonly string[]): void {
  const program = new Command('smearlens')
    .description(`Review of blood smear images with ONNX models that explain themselves. ${RESEARCH_USE}`)
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError('(--help lists the options)');

  const command = (name: string, description: string): Command =>
    program.command(name).description(description).option('--json', 'JSON Lines on stdout, for machines').exitOverride();
  const withModel = (c: Command): Command =>
    c
      .option('--model <path>', 'model.json, its folder, or an .onnx file (default: the model that comes with SmearLens)', parsePath)
      .addOption(providerOption());

  withModel(command('predict', 'class probabilities of images, and of all images in folders').argument('<image|folder...>')).action((paths: string[], o: Common) =>
    perform(o, o.model, (output, signal) => predict(paths, { model: modelOf(o), provider: o.provider ?? 'auto' }, output, signal)),
  );

  withModel(command('explain', 'class-activation maps of an image, or the self-explaining model as a file').argument('[image]'))
    .option('--tensor <x.npy>', "the network's input itself (float32, batch 1, its own layout) in place of an image, which is then only drawn on", parsePath)
    .option('--method <names>', `${METHODS.join(', ')}, separated by commas, or all (${STUDY_METHODS.join(', ')})`, parseList(METHODS, STUDY_METHODS), GRADIENT_METHODS)
    .option('--variant <names>', `of Grad-CAM++ (paper, normalised) and Score-CAM (authors, channel-softmax), or all`, parseList(VARIANTS), DEFAULT_VARIANTS)
    .addOption(new Option('--score-cam <mode>', 'exact: a pass for each channel; fast: an estimate from some').choices(['exact', 'fast']).default('exact'))
    .option('--fill <R,G,B>', 'the colour that Score-CAM masks with, 0 to 255 each (default: 0 in network space)', parseColour)
    .option('--class <name>', 'all, top, or a class by id, name or index', 'all')
    .option('--layer <name>', 'the activation to explain (`smearlens inspect` lists them)', 'auto')
    .option('--out <folder>', 'where maps.json and the overlays go', parsePath)
    .option('--trust', 'check the maps of the likeliest class written: removal against matched controls, where they lie, changed images, random weights')
    .option('--road', 'with --trust: removal by noisy linear imputation as well')
    .option('--sheet <file>', 'write the contact sheet: Grad-CAM, Grad-CAM++ and Score-CAM for all classes in one .svg or .png file', parsePath)
    .option('--save-model <out.onnx>', 'save the self-explaining model', parsePath)
    .action((image: string | undefined, o: Common & ExplainArguments, c: Command) => {
      const { out, sheet: file, saveModel } = o;
      if (out === undefined && file === undefined && saveModel === undefined) c.error('error: give --out for maps, --sheet for the contact sheet, or --save-model for the model');
      if ((out ?? file) !== undefined && image === undefined && o.tensor === undefined) c.error(`error: ${out === undefined ? '--sheet' : '--out'} needs an image or --tensor`);
      if (o.road && !o.trust) c.error('error: --road goes with --trust');
      if (o.trust && out === undefined) c.error('error: --trust needs --out');
      const options = { ...o, model: modelOf(o), provider: o.provider ?? 'auto', methods: o.method, variants: o.variant };
      return perform(o, o.model, async (output, signal) => {
        if ((out ?? saveModel) !== undefined) await explain(image, options, output, signal);
        if (file !== undefined && !signal.aborted) await sheet(image, { ...options, sheet: file }, output, signal);
      });
    });

  withModel(command('check-model', 'over a set of images: how often the verdict changes with scale bar, background and colour, and whether maps depend on the weights').argument('<image|folder...>'))
    .option('--count <n>', 'images to look at, spread over those given', parseSize, CHECKED_IMAGES)
    .option('--layer <name>', 'the activation whose maps are compared (`smearlens inspect` lists them)', 'auto')
    .action((paths: string[], o: Common & { count: number; layer: string }) => perform(o, o.model, (output, signal) => checkModel(paths, { ...o, model: modelOf(o), provider: o.provider ?? 'auto' }, output, signal)));

  command('inspect', 'inputs, outputs, layers and missing gradient rules of an ONNX file')
    .argument('<model>')
    .action((model: string, o: Common) => perform(o, model, (output) => inspect(model, output)));

  importCommand(command('import', 'any ONNX classifier as a model for all commands and the editor: what its file tells is detected, the rest is said'), perform);

  withModel(command('doctor', 'versions, and the execution providers that really work here')).action((o: Common) => perform(o, o.model, (output) => doctor(() => modelOf(o), output)));

  command('evaluate', 'figures of one or several models over a folder of images whose classes are known')
    .argument('<folder>')
    .option('--model <path>', 'as in predict; repeat it for several models', collectPath)
    .addOption(providerOption())
    .option('--out <folder>', 'where predictions, metrics.json, report.html and run.json go', parsePath)
    .option('--plan', 'only say what the names of the truth are taken for, and how many images there are')
    .option('--labels <file.csv>', 'the truth: a CSV (path, label, optionally group, groupSource, split), `annotations` for the annotation log, or `folders`', 'folders')
    .option('--map <NAME=CLASS>', 'what a name of the truth stands for; an empty class leaves it out; repeat it for several names', collectMapping, {})
    .option('--split <names>', 'the splits that the figures are about, separated by commas (default: the test split)', parseNames)
    .addOption(new Option('--groups <how>', 'where none are given: guess patients or slides from runs of file numbers').choices(['none', 'file-run']).default('none'))
    .option('--validation <part>', 'fit a temperature for each model on this part, a split or a CSV of labels, which the figures then leave out', parsePath)
    .option('--ensemble', "add the mean of the models' probabilities as one more row")
    .option('--shard <i/n>', 'only the i-th of n parts; taken from a Slurm array task or a Kubernetes Indexed Job where not given', shardArgument(parseShard))
    .option('--cores <number>', 'how many may be used (default: all)', parseWhole(1))
    .option('--resume', 'go on with an evaluation that was stopped')
    .action((folder: string, o: Common & EvaluateArguments, c: Command) => {
      const models = o.model ?? [modelOf({})];
      if (o.out === undefined && !o.plan) c.error("error: required option '--out <folder>' not specified");
      if (o.ensemble && models.length < 2) c.error('error: --ensemble needs at least two models');
      const shard = o.shard ?? shardOfEnvironment(c);
      const options = {
        ...o,
        folder,
        models,
        out: o.out ?? '',
        assets: ASSETS,
        provider: o.provider ?? 'auto',
        labels: o.labels === 'folders' || o.labels === 'annotations' ? o.labels : { csv: o.labels },
        splits: o.split,
        validation: o.validation === undefined ? undefined : o.validation.toLowerCase().endsWith('.csv') ? { csv: o.validation } : { split: o.validation },
        ensemble: o.ensemble ?? false,
        shard,
        resume: o.resume ?? false,
      } as const;
      // libvips decodes on libuv's threads, of which there are 4 unless said otherwise before the first is used.
      process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, o.cores ?? availableParallelism()));
      return perform(o, folder, (output, signal) => (o.plan ? planOnly(options, spawnThread, output) : evaluate(options, spawnThread, output, signal)));
    });

  command('merge', 'the shards of an evaluation as one: the same bytes as one run gives, run.json aside')
    .argument('<folder...>', 'out folders of all shards')
    .requiredOption('--out <folder>', 'where predictions, metrics.json and run.json go', parsePath)
    .action((folders: string[], o: Common & { out: string }) => perform(o, folders[0], (output, signal) => merge(folders, o.out, ASSETS, output, signal)));

  command('metrics', 'figures of a table of predictions: accuracy, AUC, calibration and so on, with 95 % intervals')
    .argument('<predictions.csv>', 'columns path, label, p:<class> for each class in order, and optionally group (patient or slide)')
    .option('--out <metrics.json>', 'where all figures and curves go', parsePath)
    .option('--seed <number>', 'of the random numbers that the bootstrap draws (default: 1)', parseWhole(0))
    .option('--resamples <number>', 'of the bootstrap (default: 2000)', parseWhole(100))
    .action((file: string, o: Common & MetricsArguments) => perform(o, file, (output, signal) => metrics(file, o, output, signal)));

  command('tensors', "a folder's images, decoded and resized as SmearLens does it, as one uint8 array for training")
    .argument('<folder>')
    .requiredOption('--width <pixels>', 'width of the network input', parseSize)
    .requiredOption('--height <pixels>', 'height of the network input', parseSize)
    .requiredOption('--out <file.npy>', 'the array; the list of its images goes beside it as .json', parsePath)
    .action((folder: string, o: Common & { width: number; height: number; out: string }) => perform(o, folder, (output, signal) => tensors(folder, o, output, signal)));

  const tools = { perform, spawn: spawnThread, version: packageJson.version, root: path.join(__dirname, '..') };
  trainHeadCommand(command, tools);
  curate(program, tools);

  program.parseAsync(argv).catch((error: unknown) => {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  });
}

/**
 * Runs a command.
 * @param subject the path under which it is reported when all of it fails; empty for the model that comes with SmearLens
 */
async function perform(options: Common, subject: string | undefined, run: (output: Output, signal: AbortSignal) => Promise<void>): Promise<void> {
  const output = new Output(options.json ?? false);
  const signal = onInterrupt((text) => output.log(text));
  try {
    await run(output, signal);
  } catch (error) {
    output.failure(subject ?? '', error);
    if (toErrorInfo(error).code === 'internal' && error instanceof Error) output.log(error.stack ?? '');
  }
  process.exitCode = signal.aborted ? EXIT.interrupted : output.exitCode;
}

function modelOf(options: Common): string {
  return options.model ?? defaultModel(path.join(__dirname, '..'));
}

/**
 * A thread of an evaluation: this file, too. What a thread makes of an image is short-lived, and lies outside its heap for the most part; a small young
 * generation is emptied often, and the memory of a run does not grow with its length.
 */
function spawnThread(data: ThreadData): Worker {
  return new Worker(__filename, { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: 8 } });
}

function shardArgument<A extends unknown[], R>(parse: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    try {
      return parse(...args);
    } catch (error) {
      const { message, hint } = toErrorInfo(error);
      throw new InvalidArgumentError(`${message} ${hint}`);
    }
  };
}

function shardOfEnvironment(c: Command): Shard {
  try {
    return shardArgument(shardOfJob)(process.env) ?? { index: 1, count: 1 };
  } catch (error) {
    return c.error(`error: ${(error as Error).message}`);
  }
}

/** `all`, or names separated by commas. */
function parseList<T extends string>(known: readonly T[], all = known): (text: string) => readonly T[] {
  return (text) => {
    if (text === 'all') return all;
    return text.split(',').map((name) => {
      const found = known.find((k) => k === name.trim());
      if (found === undefined) throw new InvalidArgumentError(`'${name}' is none of: ${known.join(', ')}, all.`);
      return found;
    });
  };
}

function parseSize(text: string): number {
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1 || size > 8192) throw new InvalidArgumentError('a whole number from 1 to 8192.');
  return size;
}

// The threads of an evaluation run this file, too.
if (isMainThread) {
  endWithReader();
  main(process.argv);
} else if (parentPort) runThread(parentPort, workerData as ThreadData);
