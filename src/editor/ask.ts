import type { AnswerTo, Inquiry } from '../protocol/inquiry';
import type { ModelChoice } from '../protocol/inference';
import type { InferenceService } from './inferenceService';

export interface Question<K extends Inquiry['kind']> {
  readonly imagePath: string;
  readonly model: ModelChoice;
  readonly inquiry: Inquiry & { readonly kind: K };
}

export interface AskOptions<K extends Inquiry['kind']> {
  readonly signal: AbortSignal;
  readonly onProgress?: ((answer: AnswerTo<K>) => void) | undefined;
}

/** Asks more about an image, behind all that somebody waits to see. @throws SmearLensError, by rejection */
export async function ask<K extends Inquiry['kind']>(inference: InferenceService, question: Question<K>, { signal, onProgress }: AskOptions<K>): Promise<AnswerTo<K>> {
  // An answer is of the kind that was asked for.
  const answer = await inference.call('inquire', question, { priority: 'background', signal, onProgress: (so) => onProgress?.(so as AnswerTo<K>) });
  return answer as AnswerTo<K>;
}
