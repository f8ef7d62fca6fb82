/**
 * Recipro-CAM (Byun & Lee 2022): what the head makes of each position of a layer by itself. It needs no gradients. The scores of all
 * classes come from the same passes.
 */
import type { ReciproCam } from '../protocol/reciproCam';
import { camMapOf } from './camMap';
import type { MaskedSession } from './masked';
import { maskedPasses } from './maskedPasses';
import { probabilitiesOf } from './probabilities';

export interface ReciproCamOptions {
  /** Class indices to make maps of. */
  readonly rows: readonly number[];
  readonly activation: 'softmax' | 'sigmoid';
}

/** The 3×3 neighbourhood that a position is shown with, by the distance in rows and columns: a Gaussian, 1/4 in its middle. */
const GAUSSIAN = [[1 / 4, 1 / 8], [1 / 8, 1 / 16]];

/**
 * A position's value is the probability of the class where the layer's activation is multiplied by that position's Gaussian mask, which
 * is cut off at the layer's edges. (The authors' published code keeps by default the one position alone, and its `is_gaussian` spreads
 * the features of the middle over the neighbourhood.)
 * @param session with masks on the layer, kept from being closed or opened anew: other calls may come between two steps
 * @throws SmearLensError `numeric` where a score is no number
 */
export async function* reciproCam(session: () => Promise<MaskedSession>, pixels: Float32Array, { rows, activation }: ReciproCamOptions): AsyncGenerator<ReciproCam, ReciproCam> {
  const start = performance.now();
  const { layer, prepared, provider } = await session();
  const { channels, height, width } = layer;
  const count = height * width;
  const values = rows.map(() => new Float32Array(count));
  const passes = {
    count,
    write: (at: number, mask: Float32Array): void => mask.set(gaussianAt(Math.floor(at / width), at % width, height, width)),
    read: (at: number, logits: Float32Array): void => {
      const probabilities = probabilitiesOf(Array.from(logits), activation, 1);
      rows.forEach((row, i) => (values[i][at] = probabilities[row]));
    },
  };
  const state = (done: number): ReciproCam => ({
    layer: layer.tensor,
    channels,
    height,
    width,
    done,
    total: count,
    maps: rows.map((classIndex, i) => camMapOf(prepared.model.file, { method: 'recipro-cam', variant: 'none', classIndex, raw: values[i].slice() })),
    provider,
    milliseconds: performance.now() - start,
  });
  for await (const done of maskedPasses(session, pixels, [0, 0, 0], passes)) if (done < count) yield state(done);
  return state(count);
}

/** The mask of one position: [height, width]. */
export function gaussianAt(row: number, column: number, height: number, width: number): Float32Array {
  const mask = new Float32Array(height * width);
  for (let y = Math.max(0, row - 1); y <= Math.min(height - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(width - 1, column + 1); x++) mask[y * width + x] = GAUSSIAN[Math.abs(y - row)][Math.abs(x - column)];
  }
  return mask;
}
