/** Runs what comes in steps beside everything else that the process has to do. */
import { setImmediate } from 'node:timers/promises';
import { SmearLensError } from '../errors';
import type { Steps } from './metrics/steps';

/**
 * @param signal stops it between two steps
 * @throws SmearLensError `cancelled`
 */
export async function inSteps<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    // Ctrl+C is told of here and nowhere else.
    await setImmediate();
    if (signal?.aborted) throw new SmearLensError('cancelled', 'The figures were not computed to the end.', 'Start it again.');
  }
}
