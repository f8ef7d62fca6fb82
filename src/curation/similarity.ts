/** An order in which like pictures stand beside each other. */
import { setImmediate } from 'node:timers/promises';
import { SmearLensError } from '../errors';
import { COARSE_VALUES, coarseOf, type Fingerprint } from '../images/fingerprint';

/** Milliseconds after which others get their turn. */
const TURN = 50;

/**
 * A chain from each picture to the nearest one that is not in it yet, by what fingerprints have in common in all eight orientations
 * (Euclidean distance of coarse vectors, 34 numbers). Quadratic: some 2 s for 10,000 pictures.
 * @returns indices, each once, beginning with 0
 * @throws SmearLensError `cancelled`
 */
export async function similarityOrder(fingerprints: readonly Fingerprint[], signal: AbortSignal): Promise<number[]> {
  const count = fingerprints.length;
  if (count === 0) return [];
  const coarse = new Float32Array(count * COARSE_VALUES);
  fingerprints.forEach((fingerprint, i) => coarse.set(coarseOf(fingerprint), i * COARSE_VALUES));
  const left = Array.from({ length: count - 1 }, (_, i) => i + 1);
  const order = [0];
  let turn = performance.now();
  while (left.length > 0) {
    const last = order[order.length - 1] * COARSE_VALUES;
    let nearest = 0;
    let least = Infinity;
    for (const [place, index] of left.entries()) {
      let distance = 0;
      for (let k = 0; k < COARSE_VALUES && distance < least; k++) distance += (coarse[last + k] - coarse[index * COARSE_VALUES + k]) ** 2;
      if (distance < least) [nearest, least] = [place, distance];
    }
    order.push(left[nearest]);
    left.splice(nearest, 1);
    if (performance.now() - turn < TURN) continue;
    await setImmediate();
    if (signal.aborted) throw new SmearLensError('cancelled', 'Ordering by likeness was cancelled.', 'Start it again.');
    turn = performance.now();
  }
  return order;
}
