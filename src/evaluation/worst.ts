/** Which images a reader of an evaluation wants to see first. */
import { byPath } from './order';
import type { PredictionSet } from './types';

/** Images with a small picture in the report. */
export const MAX_PICTURES = 200;

/** An image that a model has wrong. */
export interface WrongImage {
  readonly path: string;
  /** Id of the model that is surest of its mistake, the first of several. */
  readonly model: string;
  /** Index of the class that it says. */
  readonly predicted: number;
}

/**
 * The images that any model has wrong, the surest wrong one first (then by path). An image without an answer of a model says nothing of where that looked.
 * @param sets by the model's id
 * @param limit so many at most
 */
export function worstOf(sets: ReadonlyMap<string, PredictionSet>, limit = MAX_PICTURES): WrongImage[] {
  const surest = new Map<string, WrongImage & { readonly confidence: number }>();
  for (const [model, { rows }] of sets) {
    for (const { path, label, predicted, probabilities } of rows) {
      if (label === predicted || predicted < 0) continue;
      const confidence = probabilities[predicted] || 0;
      if (confidence > (surest.get(path)?.confidence ?? -1)) surest.set(path, { path, model, predicted, confidence });
    }
  }
  return [...surest.values()]
    .sort((a, b) => b.confidence - a.confidence || byPath(a, b))
    .slice(0, limit)
    .map(({ path, model, predicted }) => ({ path, model, predicted }));
}
