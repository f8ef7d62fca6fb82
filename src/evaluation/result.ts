/** From what the runs found out to the tables: the same bytes whether one run or several shards found it. */
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { oneVsRestProbabilities, probabilitiesOf } from '../explain/probabilities';
import { RESEARCH_USE } from '../protocol/format';
import { compareSteps } from './metrics/compare';
import { ensembleOf } from './metrics/ensemble';
import { metricsJson } from './metrics/json';
import { likeliest } from './metrics/likeliest';
import { metricsSteps } from './metrics/metrics';
import { fitTemperature, withTemperature } from './metrics/temperature';
import { inSteps } from './inSteps';
import { leakageOf, type LeakageInput } from './leakage/leakage';
import { byPath } from './order';
import { isCompared } from './overview';
import { writeWhole } from './outFolder';
import { readPictures } from './pictures';
import { writePredictions } from './predictionsCsv';
import { reportData } from './report/reportData';
import { writeReport } from './report/writeReport';
import type { Contents, ImageRecord, JournalModel, Role, Settings } from './run/journal';
import { METRICS_FILE } from './stored';
import type { EvaluatedModel, EvaluationFile, EvaluationResult, GroupSource, PredictionSet, Unreadable } from './types';
import { worstOf, type WrongImage } from './worst';

/** One row of the table, and the predictions that it is about. */
interface Row {
  readonly model: Omit<EvaluatedModel, 'metrics'>;
  readonly set: PredictionSet;
  /** Id of the model that was calibrated. */
  readonly of?: string;
}

export interface Assembled {
  readonly result: EvaluationResult;
  /** By id of the row: model, ensemble, calibrated, not independent. */
  readonly sets: ReadonlyMap<string, PredictionSet>;
  /** Name of the evaluated folder. */
  readonly title: string;
  /** Those to be shown first. */
  readonly worst: readonly WrongImage[];
}

/** All images of all shards, with the scores that belong to them. */
interface Gathered {
  readonly settings: Settings;
  /** Sorted by path. */
  readonly images: readonly ImageRecord[];
  readonly unreadable: readonly Unreadable[];
  readonly scores: readonly Contents['scores'][];
}

/**
 * @param shards as `readJournal` gives them, of one evaluation
 * @throws SmearLensError `input-invalid` where no image is left to evaluate, `cancelled`
 */
export async function assemble(shards: readonly Contents[], signal?: AbortSignal): Promise<Assembled> {
  const gathered = gather(shards);
  const { settings, images, unreadable } = gathered;
  const rows = rowsOf(gathered);
  // A temperature changes no predicted class: a calibrated model is as accurate as the model.
  const compared = rows.filter(({ model }) => isCompared(model));
  const { comparisons, notDistinguishable } = await inSteps(compareSteps(compared.map(({ model, set }) => ({ id: model.id, set }))), signal);
  const alike = rows.filter(({ model, of }) => notDistinguishable.includes(model.kind === 'calibrated' ? (of ?? '') : model.id)).map(({ model }) => model.id);
  const models: EvaluatedModel[] = [];
  for (const { model, set } of rows) models.push({ ...model, metrics: await inSteps(metricsSteps(set), signal) });
  const result: EvaluationResult = {
    researchUse: RESEARCH_USE,
    models,
    comparisons,
    notDistinguishable: alike,
    leakage: await leakageOf(leakageInputs(gathered), { groupSource: groupSourceOf(images), signal }),
    unreadable,
    mapping: settings.mapping,
    ...(settings.leftOut.length > 0 ? { leftOut: settings.leftOut } : {}),
    images: countsOf(images),
  };
  return { result, sets: new Map(rows.map(({ model, set }) => [model.id, set])), title: settings.title, worst: worstOf(new Map(rows.filter(({ model }) => model.kind === 'model').map(({ model, set }) => [model.id, set]))) };
}

export interface ResultOptions {
  readonly out: string;
  /** Where the pictures were drawn: `out` itself, or the out folders of the shards. */
  readonly pictures: readonly string[];
  /** Folder of the report's built page, dist/webview. */
  readonly assets: string;
}

/**
 * Writes `predictions-<model id>.csv` of each row, metrics.json and report.html: the one place for what a whole evaluation leaves, after a run and after a merge.
 * @returns the files' paths
 */
export async function writeResult({ result, sets, title, worst }: Assembled, { out, pictures, assets }: ResultOptions): Promise<string[]> {
  const files = await writePredictionFiles(sets, out);
  const metrics = path.join(out, METRICS_FILE);
  await writeWhole(metrics, metricsJson(fileOf(result)));
  const report = await writeReport(out, reportData({ result, run: { title }, sets, thumbnails: await readPictures(pictures, worst) }), assets);
  return [...files, metrics, report];
}

function fileOf(result: EvaluationResult): EvaluationFile {
  return { ...result, models: result.models.map(({ id, metrics: figures, ...facts }) => ({ model: id, ...facts, ...figures })) };
}

/** The images of one run or shard that pictures are drawn of. Those of a whole are among those of its shards. */
export function worstImages(shards: readonly Contents[]): WrongImage[] {
  return worstOf(new Map(rowsOf(gather(shards), false).map(({ model, set }) => [model.id, set])));
}

/** A shard's own predictions; its figures are those of the whole. */
export async function writeShard(contents: Contents, out: string): Promise<string[]> {
  return writePredictionFiles(new Map(rowsOf(gather([contents]), false).map(({ model, set }) => [model.id, set])), out);
}

async function writePredictionFiles(sets: Assembled['sets'], out: string): Promise<string[]> {
  const files: string[] = [];
  for (const [id, set] of sets) {
    const file = path.join(out, `predictions-${id.replace(/[/\\:*?"<>|]/g, '_')}.csv`);
    await writePredictions(set, file);
    files.push(file);
  }
  return files;
}

function gather(shards: readonly Contents[]): Gathered {
  return {
    settings: shards[0].settings,
    images: shards.flatMap((s) => s.images).sort(byPath),
    unreadable: shards.flatMap((s) => s.unreadable).sort(byPath),
    scores: shards.map((s) => s.scores),
  };
}

function rowsOf(gathered: Gathered, further = true): Row[] {
  const { settings, images } = gathered;
  const { models } = settings;
  const sets = models.map((m) => setOf(gathered, m, 'headline', false));
  if (further && sets[0].rows.length === 0) {
    throw new SmearLensError('input-invalid', 'No labelled image could be read and evaluated.', 'See what was reported of the images, and how names were matched to classes.');
  }
  const rows = models.map((m, i): Row => ({ model: { ...facts(m), kind: 'model' }, set: sets[i] }));
  if (!further) return rows;
  if (settings.ensemble) rows.push({ model: { id: 'ensemble', name: `Mean of ${models.map((m) => m.name).join(', ')}`, sha256: '', kind: 'ensemble' }, set: ensembleOf(sets) });
  if (settings.validation !== undefined) rows.push(...models.map((m, i) => calibrated(gathered, m, sets[i])));
  if (images.some((image) => image.role === 'headline' && image.sawModel)) {
    rows.push(...models.map((m): Row => ({ model: { ...facts(m), id: `${m.id}-not-independent`, kind: 'not-independent' }, set: setOf(gathered, m, 'headline', true) })));
  }
  return rows;
}

function facts({ id, name, sha256, bytes, parameters, scores }: JournalModel): Pick<EvaluatedModel, 'id' | 'name' | 'sha256' | 'bytes' | 'parameters' | 'scores'> {
  return { id, name, sha256, bytes, parameters, ...(scores === undefined ? {} : { scores }) };
}

/** The model with a temperature fitted on the validation part, on top of its own. */
function calibrated(gathered: Gathered, m: JournalModel, set: PredictionSet): Row {
  const validation = setOf(gathered, m, 'validation', false);
  if (validation.rows.length === 0) throw new SmearLensError('input-invalid', `The validation part '${gathered.settings.validation ?? ''}' holds no image that could be evaluated.`, 'Name a split or a CSV of labelled images with --validation.');
  const temperature = fitTemperature(validation);
  return { of: m.id, model: { ...facts(m), id: `${m.id}-calibrated`, name: `${m.name}, calibrated`, kind: 'calibrated', temperature: temperature * m.temperature }, set: withTemperature(set, temperature) };
}

function setOf({ settings, images, scores }: Gathered, model: JournalModel, role: Role, sawModel: boolean): PredictionSet {
  const chosen = images.filter((image) => image.role === role && (image.sawModel ?? false) === sawModel);
  const rows = chosen.map(({ path: file, sha256, label, group }) => {
    const { logits } = scoreOf(scores, sha256, model);
    const probabilities = model.scores === 'one-vs-rest' ? oneVsRestProbabilities(logits, model.temperature) : probabilitiesOf(logits, 'softmax', model.temperature);
    return { path: file, sha256, label, predicted: likeliest(probabilities), probabilities, ...(group === undefined ? {} : { group }) };
  });
  return { classes: settings.classes, rows, groupSource: groupSourceOf(chosen) };
}

/** Guessed ones among given ones make all of them guessed. */
function groupSourceOf(images: readonly ImageRecord[]): GroupSource {
  const sources = new Set(images.flatMap(({ group, groupSource }) => (group === undefined ? [] : [groupSource])));
  return sources.has('file-run') ? 'file-run' : sources.has('given') ? 'given' : 'none';
}

function scoreOf(scores: Gathered['scores'], sha256: string, model: JournalModel): { readonly logits: readonly number[]; readonly inDomain?: boolean | undefined } {
  for (const shard of scores) {
    const score = shard.get(sha256)?.get(model.key);
    if (score) return score;
  }
  throw new SmearLensError('internal', `The journal has no scores of ${model.name} for an image of sha256 ${sha256}.`, 'Evaluate into a new folder, and please report this.');
}

function leakageInputs({ settings, images, scores }: Gathered): LeakageInput[] {
  const judged = settings.models.filter((m) => m.hasDomain);
  return images.map(({ path: file, sha256, label, role, group, split, fingerprint, sawModel }) => ({
    path: file,
    sha256,
    label: settings.classes[label].id,
    group,
    split,
    fingerprint: fingerprint === undefined ? undefined : new Int8Array(Buffer.from(fingerprint, 'base64')),
    outsideDomainOf: role === 'other' ? [] : judged.filter((m) => scoreOf(scores, sha256, m).inDomain === false).map((m) => m.id),
    notIndependent: sawModel ?? false,
  }));
}

function countsOf(images: readonly ImageRecord[]): NonNullable<EvaluationResult['images']> {
  const count = (role: Role): number => images.filter((image) => image.role === role).length;
  return { headline: count('headline'), validation: count('validation'), otherSplits: count('other') };
}
