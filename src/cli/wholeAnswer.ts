/** An inquiry to the engine, from its first step to its last. */
import type { ExplainEngine } from '../explain/engine';
import type { ModelChoice } from '../protocol/inference';
import type { AnswerTo, Inquiry } from '../protocol/inquiry';
import type { Output } from './output';

/** Whoever asks: about one network input, of one model. */
export interface Asker {
  readonly engine: ExplainEngine;
  readonly tensor: Float32Array;
  readonly choice: ModelChoice;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** The whole answer; undefined where it was interrupted, which is between two steps. */
export async function wholeAnswer<K extends Inquiry['kind']>({ engine, tensor, choice, output, signal }: Asker, inquiry: Inquiry & { kind: K }): Promise<AnswerTo<K> | undefined> {
  const steps = engine.inquire(tensor, choice, inquiry);
  try {
    for (;;) {
      const { done, value } = await steps.next();
      // An answer is of the kind that was asked for.
      if (done) return value as AnswerTo<K>;
      if (signal.aborted) {
        await steps.return(value);
        return undefined;
      }
      if ('total' in value) output.progress(`${inquiry.kind}: ${value.done} of ${value.total} passes`);
    }
  } finally {
    output.progress('');
  }
}
