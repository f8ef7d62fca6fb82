/** Transfer learning: a new head on a frozen network, from a folder's labels to a model that can be opened. */
import * as path from 'node:path';
import { SmearLensError } from '../../errors';
import { inSteps } from '../../evaluation/inSteps';
import { likeliest } from '../../evaluation/metrics/likeliest';
import { metricsSteps } from '../../evaluation/metrics/metrics';
import type { Spawn } from '../../evaluation/run/pool';
import type { LabelledImage } from '../../evaluation/truth';
import type { Metrics, PredictionSet } from '../../evaluation/types';
import { featureTensorOf } from '../../explain/features';
import { prepare } from '../../explain/prepare';
import { featuresOf, type Features } from '../../heads/features';
import { probabilitiesOf, type HeadData, type SoftmaxHead } from '../../heads/softmaxHead';
import { trainByEpochs, type TrainingOptions } from '../../heads/training';
import { resolveModel } from '../../models/resolve';
import type { ClassInfo } from '../../protocol/analysis';
import type { Ending, Epoch, TrainingPlan } from '../../protocol/training';
import { drawChange, STUDY_RANGES } from '../augment/transform';
import { labelledImages, type Labelled, type LabelledOptions } from '../labelled';
import type { Part } from '../split';
import { claimOutFolder } from './outFolder';
import { partsOf, type PartOptions, type Parts } from './parts';
import { writeTrained } from './write';

export interface HeadTrainingOptions extends LabelledOptions, PartOptions, Pick<TrainingOptions, 'optimiser' | 'rate' | 'epochs' | 'batch' | 'l2' | 'patience' | 'balanced'> {
  /** The network whose features the head is trained on, as `resolveModel` takes it. */
  readonly backbone: string;
  /** Changed copies of each training image, by the study's augmentation. */
  readonly views: number;
  readonly out: string;
  /** Files of somebody else's in `out` may be replaced. */
  readonly force: boolean;
  /** Of SmearLens. */
  readonly version: string;
}

export interface HeadTrainingEvents {
  readonly spawn: Spawn;
  /** While features are computed, it cancels (they are kept); while the head is trained, training ends with the best head so far, which is written. */
  readonly signal: AbortSignal;
  readonly log: (text: string) => void;
  readonly progress: (step: 'images' | 'views', done: number, total: number) => void;
  readonly failed: (path: string, error: unknown) => void;
  /** Told once what is trained on. */
  readonly planned: (plan: TrainingPlan) => void;
  readonly onEpoch: (epoch: Epoch) => void;
}

/** All that becomes of a training. */
export interface TrainedModel {
  readonly out: string;
  readonly classes: readonly ClassInfo[];
  readonly plan: TrainingPlan;
  readonly history: readonly Epoch[];
  /** The epoch whose head was kept. */
  readonly best: number;
  readonly ending: Ending;
  readonly seconds: number;
  /** Of the part that `plan.figures` names. */
  readonly metrics: Metrics;
}

/** An image that was trained on or judged. */
export type TrainingImage = LabelledImage & { readonly sha256: string };

const PARTS: readonly Part[] = ['train', 'validation', 'test'];

/**
 * Trains and writes: model.onnx, model.json, metrics.json, predictions.csv, history.json, history.csv and images.csv in `out`.
 * @throws SmearLensError `cancelled`, `input-invalid` where the labels are too few, `output-unwritable`, and what opening the network throws
 */
export async function trainHeadOn(options: HeadTrainingOptions, events: HeadTrainingEvents): Promise<TrainedModel> {
  await claimOutFolder(options.out, options.force);
  const found = await labelledImages(options, events.failed);
  const { classes, images } = withImages(found);
  if (classes.length < 2) throw new SmearLensError('input-invalid', `${options.folder}: its labels name one class only (${classes[0].id}).`, 'A head tells classes apart: label images of at least two.');
  const p = await prepare(await resolveModel(options.backbone));
  const backbone = nameOf(p.resolved.id, p.resolved.onnxPath);
  const { spawn, signal, log, failed } = events;
  const shared = { model: options.backbone, spawn, signal, log, failed };
  const base = await featuresOf(images, { ...shared, progress: (done, total) => events.progress('images', done, total) });
  const parts = partsOf(base.images, classes, options);
  const rowsOf = (part: Part): number[] => base.images.flatMap(({ path: key }, i) => (parts.partOf.get(key) === part ? [i] : []));
  const [training, heldOut] = [rowsOf('train'), rowsOf('validation')];
  const views = await viewsOf(training.map((i) => base.images[i]), options, { ...shared, progress: (done, total) => events.progress('views', done, total) });
  const counts = Object.fromEntries(PARTS.map((part) => [part, Object.fromEntries(classes.map(({ id }, c) => [id, rowsOf(part).filter((i) => base.images[i].label === c).length]))])) as TrainingPlan['counts'];
  const plan: TrainingPlan = { classes: classes.map(({ id }) => id), backbone, counts, groups: parts.groups, split: parts.kind, figures: parts.figures, leftOut: found.reasons, cached: base.cached, views: views.images.length, notes: parts.notes };
  events.planned(plan);
  const data = joined(base, views, classes.length);
  const began = performance.now();
  const trained = await trainByEpochs(data, [...training, ...views.images.map((_, i) => base.images.length + i)], heldOut, { ...options, signal, onEpoch: events.onEpoch });
  const seconds = (performance.now() - began) / 1000;
  const predictions = predictionsOf(trained.head, data, base.images, rowsOf(parts.figures), classes, parts);
  // Whoever stopped the training wants what there is; figures take seconds.
  const metrics = await inSteps(metricsSteps(predictions, { seed: 1 }));
  const model: TrainedModel = { out: options.out, classes, plan, history: trained.history, best: trained.best, ending: trained.ending, seconds, metrics };
  await writeTrained(model, { p, features: featureTensorOf(p), trained, predictions, parts, images: base.images, options });
  return model;
}

/** Only the classes that an image has. */
function withImages({ classes, images }: Labelled): { readonly classes: readonly ClassInfo[]; readonly images: readonly LabelledImage[] } {
  const present = new Set(images.map(({ label }) => label));
  const kept = classes.map((_, c) => c).filter((c) => present.has(c));
  const now = new Map(kept.map((c, i) => [c, i]));
  return { classes: kept.map((c) => classes[c]), images: images.map((image) => ({ ...image, label: now.get(image.label) ?? 0 })) };
}

/** A bare file called model.onnx is known by its folder. */
function nameOf(id: string, file: string): string {
  return id === 'model' ? path.basename(path.dirname(file)) : id;
}

type View = TrainingImage & { readonly copy: number };

/** Features of the changed copies of these images. */
async function viewsOf(images: readonly TrainingImage[], { views, seed }: HeadTrainingOptions, shared: Omit<Parameters<typeof featuresOf<View>>[1], 'changeOf'>): Promise<Features<View>> {
  const wanted = images.flatMap((image) => Array.from({ length: views }, (_, k): View => ({ ...image, copy: k + 1 })));
  if (wanted.length === 0) return { images: [], size: 0, values: new Float32Array(), cached: 0 };
  return featuresOf(wanted, { ...shared, changeOf: ({ copy }, sha256) => drawChange(STUDY_RANGES, seed, sha256, copy) });
}

function joined(base: Features<LabelledImage>, views: Features<View>, classes: number): HeadData {
  const features = new Float32Array(base.values.length + views.values.length);
  features.set(base.values);
  features.set(views.values, base.values.length);
  return { features, size: base.size, labels: [...base.images, ...views.images].map(({ label }) => label), classes };
}

function predictionsOf(head: SoftmaxHead, data: HeadData, images: readonly TrainingImage[], rows: readonly number[], classes: readonly ClassInfo[], { groups }: Parts): PredictionSet {
  const p = probabilitiesOf(head, data, rows);
  return {
    classes,
    groupSource: groups,
    rows: rows.map((row, k) => {
      const { path: key, sha256, label, group } = images[row];
      const probabilities = Array.from(p.subarray(k * classes.length, (k + 1) * classes.length));
      return { path: key, sha256, label, predicted: likeliest(probabilities), probabilities, ...(group === undefined ? {} : { group }) };
    }),
  };
}
