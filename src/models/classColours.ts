/** The mean colours of each class's training images, where a manifest's free-form 'training' part tells them (`classColours`). */
import { SmearLensError } from '../errors';
import type { ClassInfo } from '../protocol/analysis';

/** Red, green, blue; 0 to 255, at network size: means over a class's images of each image's mean and standard deviation. */
export interface ClassColour {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * @returns one a class, in their order; undefined where the manifest tells none
 * @throws SmearLensError `manifest-invalid` where it tells them only in part, or not as numbers
 */
export function parseClassColours(training: Readonly<Record<string, unknown>> | undefined, classes: readonly ClassInfo[], manifest: string): ClassColour[] | undefined {
  const given = training?.classColours;
  if (given === undefined) return undefined;
  return classes.map(({ id }) => {
    const colour = (given as Record<string, Partial<ClassColour> | undefined> | null)?.[id];
    if (isColour(colour?.mean) && isColour(colour.std)) return { mean: colour.mean, std: colour.std };
    throw new SmearLensError('manifest-invalid', `${manifest}: 'training.classColours' has no mean and std of red, green and blue for the class '${id}'.`, "Add them (models/training/colours.py writes them), or remove 'classColours'.");
  });
}

function isColour(values: unknown): values is readonly [number, number, number] {
  return Array.isArray(values) && values.length === 3 && values.every((v) => typeof v === 'number' && Number.isFinite(v) && v >= 0 && v <= 255);
}
