/** Gathers decoded images into batches for the predicting threads. */
import type { Pool } from './pool';
import type { ImageScores, Predicted } from './thread';

interface Waiting {
  readonly tensors: readonly Float32Array[];
  readonly resolve: (scores: readonly (ImageScores | null)[]) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher {
  /** By which models are wanted: those of one batch are the same. */
  private readonly waiting = new Map<string, { readonly wanted: readonly boolean[]; readonly images: Waiting[] }>();
  private expected = 0;
  /** By model: wall time of its runs, in milliseconds. */
  readonly milliseconds: number[];

  /** @param tensorOf by model: which of an image's tensors it takes */
  constructor(
    private readonly predictors: Pool,
    private readonly batch: number,
    private readonly tensorOf: readonly number[],
  ) {
    this.milliseconds = tensorOf.map(() => 0);
  }

  /** An image is being decoded: batches wait for it. */
  expect(): void {
    this.expected++;
  }

  /** An image that was expected is there, or will not come. */
  arrived(): void {
    this.expected--;
    if (this.expected === 0) for (const wanted of this.waiting.keys()) this.flush(wanted);
  }

  /** @returns by model; null for those that are not wanted */
  predict(tensors: readonly Float32Array[], wanted: readonly boolean[]): Promise<readonly (ImageScores | null)[]> {
    return new Promise((resolve, reject) => {
      const key = wanted.join();
      const queue = this.waiting.get(key) ?? { wanted, images: [] };
      this.waiting.set(key, queue);
      queue.images.push({ tensors, resolve, reject });
      if (queue.images.length >= this.batch) this.flush(key);
    });
  }

  private flush(key: string): void {
    const queue = this.waiting.get(key);
    this.waiting.delete(key);
    if (!queue) return;
    const { wanted, images } = queue;
    const buffers = images.flatMap(({ tensors }) => tensors.map((t) => t.buffer as ArrayBuffer));
    const call = { images: images.map(({ tensors }) => tensors), tensorOf: this.tensorOf.map((t, m) => (wanted[m] ? t : null)) };
    this.predictors.call(call, buffers).then(
      (answer) => {
        const { scores, milliseconds } = answer as Predicted;
        milliseconds.forEach((ms, m) => (this.milliseconds[m] += ms));
        images.forEach(({ resolve }, i) => resolve(scores.map((own) => own && own[i])));
      },
      (error: unknown) => images.forEach(({ reject }) => reject(error)),
    );
  }
}
