/** Many masked passes over one image in short steps, so that other work can come between. */
import { Pace } from './batches';
import { runMasked, type MaskedSession } from './masked';

export interface MaskedPasses {
  /** Masks in all. */
  readonly count: number;
  /** Writes the i-th mask, [h, w], into `mask`, which holds zeros. */
  readonly write: (i: number, mask: Float32Array) => void;
  /** Takes the logits of the i-th mask, [classes]. */
  readonly read: (i: number, logits: Float32Array) => void;
}

/**
 * Runs them in short batches, and yields how many are done after each.
 * @param session the session, kept from being closed or opened anew
 * @param fill as {@link runMasked} takes it
 * @throws SmearLensError `numeric` where a score is no number
 */
export async function* maskedPasses(session: () => Promise<MaskedSession>, pixels: Float32Array, fill: readonly number[], { count, write, read }: MaskedPasses): AsyncGenerator<number> {
  const pace = new Pace();
  for (let done = 0; done < count; ) {
    const open = await session();
    const { layer, prepared } = open;
    const size = layer.height * layer.width;
    const now = pace.next(count - done, open);
    const masks = new Float32Array(now * size);
    for (let i = 0; i < now; i++) write(done + i, masks.subarray(i * size, (i + 1) * size));
    const start = performance.now();
    const { logits } = await runMasked(open, pixels, masks, fill);
    pace.took(now, performance.now() - start);
    for (let i = 0; i < now; i++) read(done + i, logits.subarray(i * prepared.classes, (i + 1) * prepared.classes));
    done += now;
    yield done;
  }
}
