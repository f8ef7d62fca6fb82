/** What models say of images, as the annotation log keeps it beside the label of who saw it. */
import type { ModelVerdict } from '../annotations/types';

/** A model that scored images. */
export interface ScoringModel {
  readonly id: string;
  readonly sha256: string;
  /** [images, classes], row-major. */
  readonly probabilities: ArrayLike<number>;
}

/**
 * @param classes ids
 * @returns by path, a verdict a model, in their order; of several likeliest classes the first is predicted
 */
export function verdictsOf(images: readonly { readonly path: string }[], models: readonly ScoringModel[], classes: readonly string[]): Map<string, ModelVerdict[]> {
  return new Map(images.map(({ path }, i) => [path, models.map(({ id, sha256, probabilities }) => verdict({ id, sha256 }, classes.map((_, c) => probabilities[i * classes.length + c]), classes))]));
}

function verdict(model: Pick<ModelVerdict, 'id' | 'sha256'>, row: readonly number[], classes: readonly string[]): ModelVerdict {
  return { ...model, predicted: classes[row.indexOf(Math.max(...row))] ?? null, probabilities: Object.fromEntries(classes.map((id, c) => [id, row[c]])) };
}
