/** Probabilities that each image gets from a head that was trained without it and its neighbours. */
import { setImmediate } from 'node:timers/promises';
import { SmearLensError } from '../errors';
import { probabilitiesOf, trainHead, type HeadData } from './softmaxHead';

export interface OutOfSampleOptions {
  readonly l2: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how many folds are done. */
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

export interface OutOfSample {
  /** [n, classes], row-major; NaN for rows that are not judged. */
  readonly probabilities: Float64Array;
  /** Rows whose class lies in their own fold alone (a single patient, say): a head that never saw the class cannot judge them. */
  readonly unjudged: readonly number[];
}

/**
 * Trains one head a fold on all other folds.
 * @param folds as `blockFolds` gives them
 * @throws SmearLensError `input-invalid` where the others hold fewer than two classes, `cancelled`
 */
export async function outOfSample(data: HeadData, folds: Int32Array, { l2, signal, progress }: OutOfSampleOptions): Promise<OutOfSample> {
  const { classes, labels } = data;
  const probabilities = new Float64Array(folds.length * classes).fill(NaN);
  const unjudged: number[] = [];
  const names = [...new Set(folds)].sort((a, b) => a - b);
  let turn = performance.now();
  const goOn = async (): Promise<boolean> => {
    if (performance.now() - turn > 50) {
      await setImmediate();
      turn = performance.now();
    }
    return !signal?.aborted;
  };
  const indices = Array.from(folds, (_, i) => i);
  for (const [done, fold] of names.entries()) {
    progress?.(done, names.length);
    const held = indices.filter((i) => folds[i] === fold);
    const rest = indices.filter((i) => folds[i] !== fold);
    const seen = new Set(rest.map((i) => labels[i]));
    if (seen.size < 2) throw new SmearLensError('input-invalid', 'Without one part of the images fewer than two classes are left: no head can be trained to judge that part.', 'Give images of at least two classes, each from several runs of files or patients.');
    const head = await trainHead(data, { l2, goOn }, rest);
    if (signal?.aborted) throw new SmearLensError('cancelled', 'Training heads was cancelled.', 'Start it again.');
    const own = probabilitiesOf(head, data, held);
    held.forEach((i, k) => {
      if (seen.has(labels[i])) probabilities.set(own.subarray(k * classes, (k + 1) * classes), i * classes);
      else unjudged.push(i);
    });
  }
  return { probabilities, unjudged: unjudged.sort((a, b) => a - b) };
}
