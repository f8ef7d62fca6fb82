import { toErrorInfo, type ErrorInfo } from '../errors';
import type { MapInquiry, MapAnswer } from '../protocol/inquiry';
import { begun, ended, finished, isAnswered, progressed, type InquiryKind, type InquiryState, type InquiryStates } from '../protocol/inquiryState';

export interface InquiriesOptions {
  /** Has it computed; never ends at once. @throws SmearLensError by rejection */
  readonly call: (inquiry: MapInquiry, options: { readonly signal: AbortSignal; readonly onProgress: (answer: MapAnswer) => void }) => Promise<MapAnswer>;
  /** `states` are others than before. */
  readonly changed: () => void;
  readonly failed: (error: ErrorInfo) => void;
}

interface Running {
  readonly asked: MapInquiry;
  readonly abort: AbortController;
  readonly over: Promise<void>;
}

/** What has been asked about one smear beyond its analysis, one inquiry of each kind at a time. Without 'vscode'. */
export class Inquiries {
  /** Replaced at each change. */
  states: InquiryStates = {};
  private readonly running = new Map<InquiryKind, Running>();

  constructor(private readonly options: InquiriesOptions) {}

  /** Has it computed, unless it is under way or answered. Resolves once it has ended, however: `states` says how. */
  ask(asked: MapInquiry): Promise<void> {
    const before = this.states[asked.kind];
    if (before && isAnswered(before, asked)) return Promise.resolve();
    const running = this.running.get(asked.kind);
    if (running && JSON.stringify(running.asked) === JSON.stringify(asked)) return running.over;
    running?.abort.abort();
    const abort = new AbortController();
    this.set(asked.kind, begun(before, asked));
    const over = this.compute(asked, abort.signal);
    this.running.set(asked.kind, { asked, abort, over });
    return over;
  }

  /** The reviewer has seen enough: what there is stays. */
  stop(kind: InquiryKind): void {
    if (this.cancel(kind)) this.set(kind, this.endOf(kind, { stopped: true }));
  }

  /** Nobody looks any more: what there is stays, and is gone on with when somebody asks again. */
  leave(): void {
    for (const kind of [...this.running.keys()]) if (this.cancel(kind)) this.set(kind, this.endOf(kind, {}));
  }

  /** It is another image now, or another model: nothing of it holds any more. */
  clear(): void {
    for (const kind of [...this.running.keys()]) this.cancel(kind);
    if (Object.keys(this.states).length === 0) return;
    this.states = {};
    this.options.changed();
  }

  private async compute(asked: MapInquiry, signal: AbortSignal): Promise<void> {
    const { kind } = asked;
    const update = (next: (state: InquiryState) => InquiryState | undefined): void => {
      const state = this.states[kind];
      // Stopped, left, dropped or asked anew meanwhile: this answer is nobody's any more.
      if (state && !signal.aborted) this.set(kind, next(state));
    };
    try {
      const answer = await this.options.call(asked, { signal, onProgress: (so) => update((state) => progressed(state, so)) });
      if (!signal.aborted) this.running.delete(kind);
      update((state) => finished(state, answer));
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toErrorInfo(thrown);
      this.running.delete(kind);
      this.options.failed(error);
      update((state) => ended(state, { error }));
    }
  }

  /** Whether there was something to cancel. */
  private cancel(kind: InquiryKind): boolean {
    const running = this.running.get(kind);
    this.running.delete(kind);
    running?.abort.abort();
    return running !== undefined;
  }

  private endOf(kind: InquiryKind, reason: Pick<InquiryState, 'stopped'>): InquiryState | undefined {
    const state = this.states[kind];
    return state && ended(state, reason);
  }

  private set(kind: InquiryKind, state: InquiryState | undefined): void {
    const { [kind]: _before, ...others } = this.states;
    this.states = state ? { ...others, [kind]: state } : others;
    this.options.changed();
  }
}
