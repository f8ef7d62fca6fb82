/** What a training leaves behind: the model with its manifest, its figures, and how it came about. */
import * as path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { writeWhole } from '../../evaluation/outFolder';
import { metricsJson } from '../../evaluation/metrics/json';
import { writePredictions } from '../../evaluation/predictionsCsv';
import type { PredictionSet } from '../../evaluation/types';
import type { FeatureTensor } from '../../explain/features';
import type { Prepared } from '../../explain/prepare';
import { writeWithHead } from '../../heads/headModel';
import type { TrainedHead } from '../../heads/training';
import type { Manifest } from '../../models/manifest';
import { hashFile } from '../../models/resolve';
import { RESEARCH_USE } from '../../protocol/format';
import type { Epoch } from '../../protocol/training';
import { STUDY_RANGES } from '../augment/transform';
import { TOOL } from './outFolder';
import type { Parts } from './parts';
import type { HeadTrainingOptions, TrainedModel, TrainingImage } from './trainHead';

export interface Written {
  readonly p: Prepared;
  readonly features: FeatureTensor;
  readonly trained: TrainedHead;
  readonly predictions: PredictionSet;
  readonly parts: Parts;
  readonly images: readonly TrainingImage[];
  readonly options: HeadTrainingOptions;
}

/** The table of images in a head's folder: those of split `train` it has seen. */
export const IMAGES_CSV = 'images.csv';

/**
 * The manifest comes last: it holds the sha256 of what it describes.
 * @throws SmearLensError `output-unwritable`
 */
export async function writeTrained(model: TrainedModel, written: Written): Promise<void> {
  const { out, metrics, history, classes } = model;
  const { p, features, trained, predictions, images, parts } = written;
  const at = (name: string): string => path.join(out, name);
  const output = await writeWithHead(p, features, trained.head, at('model.onnx'));
  await writePredictions(predictions, at('predictions.csv'));
  await writeWhole(at('metrics.json'), metricsJson({ researchUse: RESEARCH_USE, part: model.plan.figures, notes: model.plan.notes, ...metrics }));
  const rows = history.map(rowOf);
  await writeWhole(at('history.json'), `${JSON.stringify({ researchUse: RESEARCH_USE, best: model.best, ending: model.ending, epochs: rows }, null, 2)}\n`);
  await writeWhole(at('history.csv'), stringify(rows, { header: true }));
  const table = images.map(({ path: key, sha256, label, group, groupSource }) => ({ path: key, sha256, label: classes[label].id, group: group ?? '', groupSource, split: parts.partOf.get(key) }));
  await writeWhole(at(IMAGES_CSV), stringify(table, { header: true, columns: ['path', 'sha256', 'label', 'group', 'groupSource', 'split'] }));
  const manifest = manifestOf(model, written, output, await hashFile(at('model.onnx')));
  await writeWhole(at('model.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Names as in Keras's histories, but for what we call held out. */
function rowOf({ epoch, training, heldOut }: Epoch): { epoch: number; loss: number; accuracy: number; heldOutLoss: number; heldOutAccuracy: number } {
  return { epoch, loss: training.loss, accuracy: training.accuracy, heldOutLoss: heldOut.loss, heldOutAccuracy: heldOut.accuracy };
}

function manifestOf({ plan, classes, best, ending, metrics, history, out }: TrainedModel, { p, features, trained, options }: Written, output: string, sha256: string): Manifest {
  const { resolved, graph } = p;
  const { optimiser, batch, l2, patience, epochs, seed, balanced, views, test, holdout, version } = options;
  const name = path.basename(path.resolve(out));
  const interval = metrics.intervals.accuracy;
  return {
    schemaVersion: 1,
    id: name.replace(/^[^A-Za-z0-9]+/, '').replace(/[^A-Za-z0-9._-]+/g, '-') || 'head',
    name,
    architecture: `${plan.backbone}, frozen, with a softmax head`,
    file: 'model.onnx',
    sha256,
    classes: classes.map(({ id, name: own, description, superclass }) => ({ id, name: own, ...(description === undefined ? {} : { description }), ...(superclass === undefined ? {} : { superclass }) })),
    input: resolved.input,
    output: { name: output, kind: 'logits', activation: 'softmax' },
    explain: { layer: graph.has(resolved.layer) && graph.ancestors(features.tensor).has(resolved.layer) ? resolved.layer : 'auto' },
    training: {
      tool: TOOL,
      version,
      researchUse: RESEARCH_USE,
      backbone: { id: plan.backbone, sha256: resolved.sha256, features: features.tensor, size: features.size, preprocessing: resolved.classes === undefined ? "assumed: ImageNet's mean and standard deviation, as for every file without a manifest" : "the backbone's own" },
      labels: typeof options.labels === 'string' ? options.labels : `csv ${path.basename(options.labels.csv)}`,
      images: plan.counts,
      leftOut: plan.leftOut,
      split: { by: plan.split, groups: plan.groups, ...(plan.split === 'given' ? {} : { test, holdout }), seed },
      views: { each: views, total: plan.views, ...(views > 0 ? { ranges: STUDY_RANGES } : {}) },
      optimiser: { kind: optimiser, learningRate: trained.rate, batch, l2, patience, epochs, seed, classWeights: balanced ? 'balanced' : 'none' },
      epochs: { done: history.length, kept: best, ending },
      figures: { part: plan.figures, n: metrics.n, accuracy: metrics.accuracy, interval: [interval?.low ?? null, interval?.high ?? null], balancedAccuracy: metrics.balancedAccuracy, macroF1: metrics.macro.f1 },
      notes: plan.notes,
    },
  };
}
