/** Judges given labels by heads that never saw the image: features of a frozen network, folds of neighbouring files, one head a fold. */
import { blockFolds } from '../heads/blockFolds';
import { featuresOf, type FeatureOptions } from '../heads/features';
import { outOfSample } from '../heads/outOfSample';
import type { NamedImage } from '../evaluation/run/forEachImage';
import type { JudgedLabels } from './labelIssues';

export const DEFAULT_FOLDS = 5;
/** λ of the heads. */
export const DEFAULT_L2 = 0.03;

export interface LabelledFile extends NamedImage {
  readonly label: number;
  readonly group?: string | undefined;
}

export interface Judged<T> extends JudgedLabels {
  readonly images: readonly (T & { readonly sha256: string })[];
  readonly probabilities: Float64Array;
  /** Images whose class no other fold has, so that no head could judge them. */
  readonly unjudged: readonly (T & { readonly sha256: string })[];
}

export interface JudgeOptions extends FeatureOptions {
  readonly classes: number;
  readonly folds?: number | undefined;
  readonly l2?: number | undefined;
  /** Told how many heads are trained. */
  readonly training: (done: number, total: number) => void;
}

/** @throws SmearLensError `input-invalid` where the labels are too few to train on, `cancelled`, or what opening the network throws */
export async function judgeLabels<T extends LabelledFile>(images: readonly T[], options: JudgeOptions): Promise<Judged<T>> {
  const { classes, folds = DEFAULT_FOLDS, l2 = DEFAULT_L2, signal, training } = options;
  const table = await featuresOf(images, options);
  const labels = table.images.map(({ label }) => label);
  const { probabilities, unjudged } = await outOfSample({ features: table.values, size: table.size, labels, classes }, blockFolds(table.images, folds), { l2, signal, progress: training });
  const without = new Set(unjudged);
  const judged = table.images.map((_, i) => i).filter((i) => !without.has(i));
  const rows = new Float64Array(judged.length * classes);
  judged.forEach((i, k) => rows.set(probabilities.subarray(i * classes, (i + 1) * classes), k * classes));
  return { images: judged.map((i) => table.images[i]), labels: judged.map((i) => labels[i]), probabilities: rows, classes, unjudged: unjudged.map((i) => table.images[i]) };
}
