/** How long a cancelled call that is being worked on may go on before it is taken for stuck. */
import type { ToInference } from '../protocol/inference';

type Call = Extract<ToInference, { kind: 'call' }>;

/** A call may take so many times as long as the longest of its kind: another image may be larger, the machine busier. */
const MARGIN = 3;

/**
 * Learns from the calls that were answered. A run cannot be interrupted, so the only way to end a cancelled one is to end
 * the process, after which all models are loaded anew: far dearer than one run, and due only where a run will not end.
 */
export class CancelGrace {
  /** The longest time from start to reply, in milliseconds, by kind of call. */
  private readonly longest = new Map<string, number>();
  /** The kinds that the present process has answered: what they need is loaded. */
  private readonly loaded = new Set<string>();

  /**
   * @param shortestMs what every call is given
   * @param loadingMs what a call is given at least while none of its kind has been answered: it may be loading a model
   */
  constructor(
    private readonly shortestMs: number,
    private readonly loadingMs: number,
  ) {}

  /** A call got its reply (not an error: that can come before the work) so many milliseconds after it was started. */
  answered(call: Call, milliseconds: number): void {
    const kind = kindOf(call);
    this.longest.set(kind, Math.max(milliseconds, this.longest.get(kind) ?? 0));
    this.loaded.add(kind);
  }

  /** The process has ended; the next one has nothing loaded. */
  processEnded(): void {
    this.loaded.clear();
  }

  /** In milliseconds from its being cancelled. */
  of(call: Call): number {
    const kind = kindOf(call);
    return Math.max(this.shortestMs, MARGIN * (this.longest.get(kind) ?? 0), this.loaded.has(kind) ? 0 : this.loadingMs);
  }
}

/** Calls that do the same on whatever image: what one model takes says nothing of another, nor of another layer's session. */
function kindOf({ name, request }: Call): string {
  return JSON.stringify([name, { ...request, imagePath: undefined }]);
}
