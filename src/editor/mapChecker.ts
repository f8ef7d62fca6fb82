import { toErrorInfo, type ErrorInfo } from '../errors';
import type { ClassInfo } from '../protocol/analysis';
import type { TrustAnswer, TrustInquiry } from '../protocol/inquiry';
import { checksOf, checkWords, sentencesOf, type ChecksAsked, type MapChecks } from '../protocol/mapChecks';
import type { MapInQuestion } from '../protocol/trust';

export interface MapCheckerOptions {
  /** @throws SmearLensError by rejection */
  readonly call: (inquiry: TrustInquiry, signal: AbortSignal) => Promise<TrustAnswer>;
  /** `checks` is another than before. */
  readonly changed: () => void;
  readonly failed: (error: ErrorInfo) => void;
}

/** Has a map of one smear checked, one inquiry after another. Without 'vscode'. */
export class MapChecker {
  /** Replaced at each change; undefined while nothing was asked. */
  checks: MapChecks | undefined;
  private abort = new AbortController();

  constructor(private readonly options: MapCheckerOptions) {}

  /** Begins anew; `road` adds to what is known of the same map. */
  async check(map: MapInQuestion, asked: ChecksAsked, classes: readonly ClassInfo[]): Promise<void> {
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    const { method, variant, classIndex } = map;
    let found: MapChecks = { map: { method, variant, classIndex }, sentences: asked === 'road' ? (this.checks?.sentences ?? []) : [] };
    try {
      for (const inquiry of checksOf(map, asked)) {
        this.set({ ...found, running: checkWords(inquiry) });
        const answer = await this.options.call(inquiry, signal);
        if (signal.aborted) return;
        found = { ...found, sentences: [...found.sentences, ...sentencesOf(answer, classes)] };
      }
      this.set(found);
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toErrorInfo(thrown);
      this.options.failed(error);
      this.set({ ...found, error });
    }
  }

  /** What was found stays; nothing more is looked into. */
  stop(): void {
    this.abort.abort();
    if (this.checks?.running) this.set({ ...this.checks, running: undefined });
  }

  /** It is another image now, or another model. */
  clear(): void {
    this.abort.abort();
    if (this.checks) this.set(undefined);
  }

  private set(checks: MapChecks | undefined): void {
    this.checks = checks;
    this.options.changed();
  }
}
