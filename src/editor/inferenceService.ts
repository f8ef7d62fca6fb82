/** What the editor and the commands need of the inference process; `InferenceClient` is one, a test may bring another. */
import type { CallName, InferenceCalls, Priority } from '../protocol/inference';
import type { InquiryAnswer } from '../protocol/inquiry';

export interface CallOptions {
  readonly priority: Priority;
  /** Aborting it cancels the call, which then rejects with code `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** Aborting it makes a background call interactive, wherever it waits. */
  readonly raised?: AbortSignal | undefined;
  /** Told the answers of an inquiry before the last one. */
  readonly onProgress?: ((answer: InquiryAnswer) => void) | undefined;
}

export interface InferenceService {
  /** @throws SmearLensError, by rejection */
  call<N extends CallName>(name: N, request: InferenceCalls[N]['request'], options: CallOptions): Promise<InferenceCalls[N]['reply']>;
}
