/** Many masked passes over one image in short steps, so that other work can come between. */
import { runMasked, type MaskedSession } from './masked';

/** Milliseconds: what waits behind a batch waits this long. */
const BATCH_MS = 100;
const FIRST_BATCH = 4;

export interface MaskedPasses {
  /** Masks in all. */
  readonly count: number;
  /** Writes the i-th mask, [h, w], into `mask`, which holds zeros. */
  readonly write: (i: number, mask: Float32Array) => void;
  /** Takes the logits of the i-th mask, [classes]. */
  readonly read: (i: number, logits: Float32Array) => void;
}

/**
 * Runs them in batches of about {@link BATCH_MS}, and yields how many are done after each.
 * @param session the session, kept from being closed or opened anew
 * @param fill as {@link runMasked} takes it
 * @throws SmearLensError `numeric` where a score is no number
 */
export async function* maskedPasses(session: () => Promise<MaskedSession>, pixels: Float32Array, fill: readonly number[], { count, write, read }: MaskedPasses): AsyncGenerator<number> {
  let batch = FIRST_BATCH;
  for (let done = 0; done < count; ) {
    const open = await session();
    const { layer, prepared, largestBatch } = open;
    const size = layer.height * layer.width;
    const now = Math.min(batch, largestBatch, count - done);
    const masks = new Float32Array(now * size);
    for (let i = 0; i < now; i++) write(done + i, masks.subarray(i * size, (i + 1) * size));
    const start = performance.now();
    const { logits } = await runMasked(open, pixels, masks, fill);
    const each = (performance.now() - start) / now;
    for (let i = 0; i < now; i++) read(done + i, logits.subarray(i * prepared.classes, (i + 1) * prepared.classes));
    done += now;
    batch = Math.max(1, Math.min(2 * batch, largestBatch, Math.floor(BATCH_MS / each)));
    yield done;
  }
}
