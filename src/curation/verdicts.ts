/** What models say of images, as the annotation log keeps it beside the label of who saw it. */
import type { ModelVerdict } from '../annotations/types';

/** A model that scored images. */
export interface ScoringModel {
  readonly id: string;
  readonly sha256: string;
  /** [images, classes], row-major. */
  readonly probabilities: ArrayLike<number>;
  /** By image; undefined where the model does not say. */
  readonly inDomain?: readonly (boolean | undefined)[] | undefined;
}

/**
 * @param classes ids
 * @returns by path, a verdict a model, in their order; of several likeliest classes the first is predicted, and outside the model's domain none
 */
export function verdictsOf(images: readonly { readonly path: string }[], models: readonly ScoringModel[], classes: readonly string[]): Map<string, ModelVerdict[]> {
  return new Map(images.map(({ path }, i) => [path, models.map((model) => verdictOf(model, i, classes))]));
}

function verdictOf({ id, sha256, probabilities, inDomain }: ScoringModel, image: number, classes: readonly string[]): ModelVerdict {
  const row = classes.map((_, c) => probabilities[image * classes.length + c]);
  const predicted = inDomain?.[image] === false ? null : (classes[row.indexOf(Math.max(...row))] ?? null);
  return { id, sha256, predicted, probabilities: Object.fromEntries(classes.map((name, c) => [name, row[c]])) };
}
