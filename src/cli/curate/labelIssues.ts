/** `smearlens curate label-issues`: which images of a folder to look at first, and why. */
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { allOf, cutoutCandidates, embeddingOf } from '../../curation/candidates';
import { judgeLabels } from '../../curation/judge';
import { fingerprintImages } from '../../curation/fingerprints';
import { labelledImages, type Labelled, type LabelledOptions } from '../../curation/labelled';
import { mapPlacesOf } from '../../curation/mapPlaces';
import { scoresOf } from '../../curation/modelScores';
import { nearPairs } from '../../curation/nearPairs';
import { rankByBackground, rankByDisagreement, rankByDuplicates, rankByLabel, rankByUncertainty, type RankedImage, type Ranking } from '../../curation/ranking';
import { imagesSeenBy } from '../../curation/training/seen';
import { verdictsOf } from '../../curation/verdicts';
import { SmearLensError } from '../../errors';
import { writeWhole } from '../../evaluation/outFolder';
import type { Spawn } from '../../evaluation/run/pool';
import { imageKey, walkImages } from '../../images/folder';
import { resolveModel } from '../../models/resolve';
import type { ClassInfo, ProviderChoice } from '../../protocol/analysis';
import { RESEARCH_USE } from '../../protocol/format';
import type { Output } from '../output';

export interface LabelIssueOptions extends LabelledOptions {
  readonly by: Ranking;
  /** As `resolveModel` takes them. */
  readonly models: readonly string[];
  /** The network whose features heads are trained on and near duplicates are looked for by. */
  readonly backbone: string;
  readonly provider: ProviderChoice;
  /** A .csv or .json file. */
  readonly out?: string | undefined;
  /** How many are told; all where undefined. */
  readonly top?: number | undefined;
}

/** Milliseconds between two lines of progress for machines. */
const TELL_EVERY = 1000;

/** Tells one row an image, those to look at first first. */
export async function labelIssues(options: LabelIssueOptions, spawn: Spawn, output: Output, signal: AbortSignal): Promise<void> {
  const events = eventsFor(output);
  const all = await rank(options, { ...events, spawn, signal, log: (text: string) => output.log(text) });
  output.progress('');
  const rows = all.slice(0, options.top);
  if (options.out !== undefined) await writeWhole(options.out, options.out.toLowerCase().endsWith('.json') ? jsonOf(options.by, rows) : csvOf(rows));
  if (options.out === undefined || output.json) for (const row of rows) output.result(row, () => `${row.score.toFixed(3)}  ${row.path}\n       ${row.reason.text}`);
  output.remark(`${rows.length === all.length ? `${all.length} images` : `The first ${rows.length} of ${all.length} images`}${options.out === undefined ? '' : ` in ${path.normalize(options.out)}`}. ${RESEARCH_USE}`);
}

type Events = ReturnType<typeof eventsFor> & { readonly spawn: Spawn; readonly signal: AbortSignal; readonly log: (text: string) => void };

async function rank(options: LabelIssueOptions, events: Events): Promise<RankedImage[]> {
  const { folder, by, models, backbone } = options;
  if (by === 'label') {
    const { images, classes } = await labelled(options, events);
    const judged = await judgeLabels(images, { ...events, model: backbone, classes: classes.length });
    if (judged.unjudged.length > 0) events.log(`${judged.unjudged.length} images are not judged: no other group or run of files has their class.`);
    const { id, sha256 } = await resolveModel(backbone);
    const verdicts = verdictsOf(judged.images, [{ id: `heads on ${id}`, sha256, probabilities: judged.probabilities }], idsOf(classes));
    return withVerdicts(rankByLabel(judged.images, judged, idsOf(classes)), verdicts);
  }
  if (by === 'duplicates') {
    const { images, classes } = await labelled(options, events);
    const labels = new Map(images.map((image) => [image.path, image.label]));
    const printed = await fingerprintImages(folder, { ...events, threads: availableParallelism(), failed: (file, error) => events.failed(imageKey(folder, file), error) });
    const embedding = await embeddingOf(printed, { ...events, model: backbone }, { signal: events.signal });
    const { threshold, pairs } = await nearPairs(printed, { signal: events.signal, candidates: allOf(cutoutCandidates({ signal: events.signal }), embedding.candidates) });
    if (threshold === undefined) throw new SmearLensError('input-invalid', `${folder}: its images are so alike that near duplicates cannot be told from others.`, 'Exact duplicates are found by their sha256; rank by label instead.');
    return rankByDuplicates(printed.map((image) => ({ ...image, label: labels.get(image.path) })), pairs, idsOf(classes));
  }
  const judges = by === 'disagreement' ? models : models.slice(0, 1);
  const seen = new Set((await Promise.all(judges.map(imagesSeenBy))).flatMap((own) => [...own]));
  const ranked = await rankByModels(by, await allImages(folder, events.failed), { ...options, models: judges }, events);
  const unseen = ranked.filter(({ sha256 }) => !seen.has(sha256));
  if (unseen.length < ranked.length) events.log(`${ranked.length - unseen.length} images are not ranked: a head was trained on them, and what it says of them is remembered.`);
  return unseen;
}

async function rankByModels(by: Exclude<Ranking, 'label' | 'duplicates'>, images: readonly { path: string; file: string }[], { models, provider }: LabelIssueOptions, events: Events): Promise<RankedImage[]> {
  if (by === 'background') {
    const { images: placed, places, model } = await mapPlacesOf(images, { ...events, model: models[0], provider });
    const classes = idsOf(model.classes);
    const scored = { ...model, probabilities: places.flatMap(({ probabilities }) => probabilities), inDomain: places.map(({ inDomain }) => inDomain) };
    return withVerdicts(rankByBackground(placed, places, classes, model.name), verdictsOf(placed, [scored], classes));
  }
  const { images: scored, classes, models: scoring, probabilities, inDomain } = await scoresOf(images, { ...events, models, provider });
  const scores = scoring.map(({ id, name, sha256 }, m) => ({ id, sha256, model: name, probabilities: probabilities[m], inDomain: inDomain[m] }));
  const rows = by === 'disagreement' ? rankByDisagreement(scored, scores, idsOf(classes)) : rankByUncertainty(scored, scores[0], idsOf(classes), by);
  return withVerdicts(rows, verdictsOf(scored, scores, idsOf(classes)));
}

function withVerdicts(rows: readonly RankedImage[], verdicts: ReadonlyMap<string, RankedImage['verdicts']>): RankedImage[] {
  return rows.map((row) => ({ ...row, verdicts: verdicts.get(row.path) }));
}

/** A guessed group is left to the folds, which may cut it. */
async function labelled(options: LabelIssueOptions, { failed, log }: Events): Promise<Labelled> {
  const found = await labelledImages(options, failed);
  if (found.unlabelled > 0) log(`${found.unlabelled} images have no label of the classes ${idsOf(found.classes).join(', ')} and are left out.`);
  if (found.classes.length < 2) throw new SmearLensError('input-invalid', `${options.folder}: its labels name one class only.`, 'Labels are checked against each other: give images of at least two classes.');
  return { ...found, images: found.images.map((image) => (image.groupSource === 'given' ? image : { ...image, group: undefined })) };
}

async function allImages(folder: string, failed: (file: string, error: unknown) => void): Promise<{ path: string; file: string }[]> {
  const images: { path: string; file: string }[] = [];
  for await (const file of walkImages(folder, (inner, error) => failed(imageKey(folder, inner), error))) images.push({ path: imageKey(folder, file), file });
  if (images.length > 0) return images;
  throw new SmearLensError('image-not-found', `${folder}: holds no images.`, 'Give a folder with JPEG, PNG, TIFF, BMP or WebP files.');
}

/** The classes of a model by their ids. @throws SmearLensError where it cannot be read */
export async function classIdsOf(model: string): Promise<readonly string[] | undefined> {
  return (await resolveModel(model)).classes?.map(({ id }) => id);
}

function idsOf(classes: readonly ClassInfo[]): string[] {
  return classes.map(({ id }) => id);
}

function eventsFor(output: Output): { progress: (done: number, total: number) => void; training: (done: number, total: number) => void; failed: (file: string, error: unknown) => void } {
  let told = -Infinity;
  const tell = (words: string, step: string) => (done: number, total: number): void => {
    output.progress(`${done} of ${total} ${words}`);
    if (!output.json || performance.now() - told < TELL_EVERY) return;
    told = performance.now();
    output.result({ progress: { step, done, total } }, () => '');
  };
  return {
    progress: tell('images', 'images'),
    training: tell('heads trained', 'heads'),
    failed: (file, error) => {
      output.progress('');
      output.failure(file, error);
    },
  };
}

function jsonOf(by: Ranking, rows: readonly RankedImage[]): string {
  return `${JSON.stringify({ researchUse: RESEARCH_USE, by, rows }, null, 2)}\n`;
}

function csvOf(rows: readonly RankedImage[]): string {
  const columns = ['path', 'sha256', 'label', 'predicted', 'score', 'kind', 'reason'];
  return stringify([columns, ...rows.map(({ path: key, sha256, label, predicted, score, reason }) => [key, sha256, label ?? '', predicted ?? '', String(score), reason.kind, reason.text])], { record_delimiter: '\n' });
}
