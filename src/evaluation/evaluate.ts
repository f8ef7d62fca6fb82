/** Evaluates models on a folder, from the first look at it to the tables. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { SmearLensError, toErrorInfo } from '../errors';
import { resolveModel } from '../models/resolve';
import type { ProviderChoice } from '../protocol/analysis';
import { ClassMapping } from './mapping';
import { openOutFolder } from './outFolder';
import { drawPictures } from './pictures';
import { assemble, worstImages, writeResult, writeShard, type Assembled } from './result';
import { hire, threadsFor, type Crew } from './run/crew';
import { Journal, readJournal, readKnown, type JournalModel, type Settings } from './run/journal';
import { plan, type Plan } from './run/plan';
import type { Spawn } from './run/pool';
import { ProgressMeter, type Progress } from './run/progress';
import { run } from './run/run';
import { writeRunFacts } from './run/facts';
import { modelsOf } from './run/settings';
import type { Shard } from './shard';
import { openTruth, type Truth, type TruthOptions } from './truth';

export interface EvaluateOptions extends TruthOptions {
  /** As `resolveModel` takes them. */
  readonly models: readonly string[];
  readonly out: string;
  /** Folder of the report's built page, dist/webview. */
  readonly assets: string;
  readonly provider: ProviderChoice;
  /** The user's own mapping: by name of the truth, id or name of a class, or '' for none. */
  readonly map: Readonly<Record<string, string>>;
  /** Those that the figures are about; the test split where undefined. */
  readonly splits?: readonly string[] | undefined;
  /** Adds the mean of the models' probabilities as one more row. */
  readonly ensemble: boolean;
  readonly shard: Shard;
  /** Cores that may be used; all where undefined. */
  readonly cores?: number | undefined;
  /** Goes on with what is in `out`. */
  readonly resume: boolean;
}

export interface EvaluateEvents {
  /** Before the first image: what there is to do, and what names were taken for. */
  readonly planned: (plan: Plan, models: readonly JournalModel[], settings: Settings) => void;
  readonly progress: (progress: Progress) => void;
  /** After the last image: how many of the report's small pictures are there. */
  readonly drawing: (done: number, total: number) => void;
  /** After the pictures: the figures are computed, and their intervals, which takes minutes of 100,000 images. */
  readonly figures: (images: number) => void;
  /** An image or folder, by its path in the evaluated folder; the run goes on. */
  readonly failed: (path: string, error: unknown) => void;
  readonly log: (text: string) => void;
}

export interface Evaluated {
  /** Absent where the run was cancelled or is one shard of several. */
  readonly assembled?: Assembled;
  /** Gone through and to be gone through. */
  readonly done: number;
  readonly total: number;
  readonly isWhole: boolean;
  /** Absolute paths of what was written. */
  readonly files: readonly string[];
}

/** What an evaluation would do. */
export interface Planned {
  readonly plan: Plan;
  readonly models: readonly JournalModel[];
  readonly classes: Settings['classes'];
}

/**
 * Looks at a folder and opens the models, but runs none: what names would be taken for, and how many images there are.
 * @throws SmearLensError as {@link evaluateFolder}
 */
export async function planEvaluation(options: EvaluateOptions, spawn: Spawn, events: Pick<EvaluateEvents, 'log'>): Promise<Planned> {
  const { crew, classes, models, work } = await open(options, spawn, events);
  await crew.close();
  return { plan: work, models, classes };
}

/**
 * Goes through a folder and writes `predictions-<model id>.csv`, metrics.json (not of one shard of several) and run.json to `out`. A run that was cancelled or
 * killed is gone on with by `resume` and ends at the same bytes, run.json aside.
 * @param spawn starts a thread that runs {@link import('./run/thread').runThread}
 * @throws SmearLensError what stops the run as a whole: the models, the truth or the out folder
 */
export async function evaluateFolder(options: EvaluateOptions, spawn: Spawn, events: EvaluateEvents, signal: AbortSignal): Promise<Evaluated> {
  const { out, shard } = options;
  await openOutFolder(out, options.resume);
  const started = new Date();
  const { crew, truth, classes, models, work } = await open(options, spawn, events);
  try {
    if (work.perClass.every((n) => n === 0)) throw nothingToEvaluate(options.folder, work);
    const settings = settingsOf(options, classes, models, work);
    const known = await readKnown(out);
    events.planned(work, models, settings);
    const journal = Journal.open(out, settings, shard);
    const meter = new ProgressMeter(work.count);
    const begin = performance.now();
    const { images, scored, failed, milliseconds } = await run(
      crew,
      { truth, shard, roleOf: work.roleOf, models, known, fingerprints: work.hasSplits },
      journal,
      { done: (n) => events.progress(meter.at(n)), failed: events.failed },
      signal,
    );
    const seconds = (performance.now() - begin) / 1000;
    if (!signal.aborted) journal.end();
    journal.close();
    // Before the tables are made, so that their memory does not come on top of the sessions'.
    await crew.close();
    const facts = await writeRunFacts(out, { started, folder: options.folder, paths: options.models, seconds, images, scored, failed, shard, threads: crew.threads, models, milliseconds });
    const stopped: Evaluated = { done: images, total: work.count, isWhole: false, files: [facts] };
    if (signal.aborted) return stopped;
    const contents = await readJournal(out);
    const paths = new Map(models.map(({ id }, m) => [id, options.models[m]]));
    await drawPictures(worstImages([contents]), { folder: options.folder, out, models: paths, provider: options.provider, signal, progress: events.drawing, log: events.log });
    if (signal.aborted) return stopped;
    if (shard.count > 1) return { done: images, total: work.count, isWhole: true, files: [...(await writeShard(contents, out)), facts] };
    events.figures(contents.images.length);
    const assembled = await assemble([contents], signal).catch((error: unknown) => {
      if (toErrorInfo(error).code === 'cancelled') return undefined;
      throw error;
    });
    if (!assembled) return stopped;
    return { assembled, done: images, total: work.count, isWhole: true, files: [...(await writeResult(assembled, { out, pictures: [out], assets: options.assets })), facts] };
  } finally {
    await crew.close();
  }
}

async function open(options: EvaluateOptions, spawn: Spawn, events: Pick<EvaluateEvents, 'log'>): Promise<{ crew: Crew; truth: Truth; work: Plan } & Pick<Settings, 'classes' | 'models'>> {
  const resolved = await Promise.all(options.models.map(resolveModel));
  const weights = resolved.flatMap((r) => [r.onnxPath, ...r.dataFiles]).reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const crew = await hire(options.models, resolved, options.provider, threadsFor(weights, options.cores ?? os.availableParallelism()), spawn);
  try {
    const { classes, models } = await modelsOf(resolved, crew.models, options.validation !== undefined);
    const truth = await openTruth(options, new ClassMapping(classes, options.map), (file) => events.log(`${file}: its last line is torn and was left out.`));
    return { crew, truth, classes, models, work: await plan(truth, { classes, splits: options.splits, shard: options.shard }) };
  } catch (error) {
    await crew.close();
    throw error;
  }
}

function settingsOf({ folder, ensemble, validation }: EvaluateOptions, classes: Settings['classes'], models: readonly JournalModel[], { listing, mapping, leftOut }: Plan): Settings {
  return { format: 1, title: path.basename(path.resolve(folder)), listing, classes, models, mapping, leftOut, ensemble, validation: validation && ('split' in validation ? validation.split : 'validation') };
}

function nothingToEvaluate(folder: string, { mapping, unlabelled }: Plan): SmearLensError {
  const names = Object.keys(mapping);
  const what = names.length > 0 ? `its names ${names.slice(0, 8).map((n) => `'${n}'`).join(', ')} are none of the model's classes` : `${unlabelled} images, and a label for none of them`;
  return new SmearLensError('input-invalid', `${folder}: no image has a class (${what}).`, "Sort the images into folders named after the classes, say which is which with --map 'NAME=CLASS', or name a CSV with --labels.");
}
