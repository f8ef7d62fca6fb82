/** What models say of images, as the annotation log keeps it beside the label of who saw it. */
import type { EventContext, ModelVerdict } from '../annotations/types';

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

/**
 * What a label carries of the models whose verdicts its reviewer had seen by then. Who has seen a verdict once has seen it for good.
 * @param seen verdicts in sight, the one looked at first
 * @param before the reviewer's own label, if there is one
 */
export function contextOfSeen(seen: readonly ModelVerdict[], before: EventContext | undefined): Pick<EventContext, 'model' | 'alsoSaw' | 'sawModelFirst'> {
  const earlier = before?.sawModelFirst && before.model ? [before.model, ...(before.alsoSaw ?? [])] : [];
  const all = [...seen, ...earlier];
  const [model, ...others] = all.filter(({ sha256 }, i) => all.findIndex((verdict) => verdict.sha256 === sha256) === i);
  return model ? { model, sawModelFirst: true, ...(others.length > 0 ? { alsoSaw: others } : {}) } : {};
}

function verdictOf({ id, sha256, probabilities, inDomain }: ScoringModel, image: number, classes: readonly string[]): ModelVerdict {
  const row = classes.map((_, c) => probabilities[image * classes.length + c]);
  const predicted = inDomain?.[image] === false ? null : (classes[row.indexOf(Math.max(...row))] ?? null);
  return { id, sha256, predicted, probabilities: Object.fromEntries(classes.map((name, c) => [name, row[c]])) };
}
