/**
 * When things happened in the window. The workbench and the webview are documents of their own with clocks of their own, so all
 * times are milliseconds since 1970: `performance.timeOrigin` and the time since.
 */
import type { BrowserContext } from 'playwright-core';
import type { ToEditor } from '../../../src/protocol/editor';

/** A key pressed or a click, in the workbench or in the page. */
export interface Input {
  readonly what: string;
  readonly at: number;
}

/** How a smear came to be on show in one page, from its first mention until it was painted. */
export interface Arrival {
  readonly fileName: string;
  readonly outside: boolean;
  /** The webview's document was there. */
  readonly page: number;
  /** The first snapshot of this smear came from the host. */
  readonly told: number;
  /** The first one with its analysis came. */
  readonly analysed: number;
  /** The picture, the verdict and the overlay were in the document. */
  readonly built: number;
  /** The frame that shows them was painted. */
  readonly painted: number;
}

/** What the documents of one window report. */
export class Marks {
  private readonly inputs: Input[] = [];
  private readonly arrivals: Arrival[] = [];
  /** When commands came back to the page as messages. */
  private readonly commands: number[] = [];
  private wake: () => void = () => undefined;

  private constructor() {}

  /** Before the first page is opened. */
  static async in(context: BrowserContext): Promise<Marks> {
    const marks = new Marks();
    const into = <T>(list: T[]) => (entry: T) => {
      list.push(entry);
      marks.wake();
    };
    await context.exposeFunction('benchInput', into(marks.inputs));
    await context.exposeFunction('benchArrival', into(marks.arrivals));
    await context.exposeFunction('benchCommand', into(marks.commands));
    await context.addInitScript(watchDocument);
    return marks;
  }

  /** Carries out `act` and waits until it has brought the smear on show. The input that counts is the last one of its kind before. */
  async untilShown(fileName: string, input: string, act: () => Promise<void>): Promise<{ readonly input: number; readonly arrival: Arrival }> {
    const seen = this.arrivals.length;
    await act();
    const arrival = await this.next(() => this.arrivals.slice(seen).find((a) => a.fileName === fileName));
    return { input: this.lastInput(input, arrival.painted), arrival };
  }

  /** Carries out `act`, a key that is a command for the page: milliseconds from the key to the command's coming back. */
  async thereAndBack(key: string, act: () => Promise<void>): Promise<number> {
    const seen = this.commands.length;
    await act();
    const back = await this.next(() => this.commands[seen]);
    return back - this.lastInput(key, back);
  }

  private lastInput(what: string, before: number): number {
    const input = this.inputs.filter((i) => i.what === what && i.at <= before).at(-1);
    if (!input) throw new Error(`No input '${what}' was seen.`);
    return input.at;
  }

  private async next<T>(found: () => T | undefined): Promise<T> {
    for (;;) {
      const result = found();
      if (result !== undefined) return result;
      await new Promise<void>((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error('Nothing came on show for 60 seconds.')), 60_000);
        this.wake = () => (clearTimeout(limit), resolve());
      });
    }
  }
}

/** Runs in every document of the window, also in those that a content security policy closes to scripts of others. */
function watchDocument(): void {
  type Report = { benchInput(input: Input): void; benchArrival(arrival: Arrival): void; benchCommand(at: number): void };
  const report = window as unknown as Report;
  const at = (time = performance.now()): number => performance.timeOrigin + time;
  const onInput = (event: MouseEvent | KeyboardEvent): void => {
    if (event.isTrusted) report.benchInput({ what: 'key' in event ? event.key : event.type, at: at(event.timeStamp) });
  };

  const listen = (): void => {
    for (const type of ['keydown', 'click'] as const) window.addEventListener(type, onInput, { capture: true });
  };
  if (window === window.top) return listen();
  // The document of a webview is in a frame of its frame.
  if (window.parent === window.top) return;

  let page = 0;
  let first: { readonly fileName?: string; readonly told?: number; analysed?: number } = {};
  let reported = '';

  const onMessage = ({ data }: MessageEvent<ToEditor>): void => {
    if (data.kind === 'command') report.benchCommand(at());
    if (data.kind !== 'snapshot') return;
    const { fileName, state } = data.snapshot;
    const now = at();
    // Of one that comes back, only the newest stay counts.
    if (first.fileName !== fileName) first = { fileName, told: now };
    if (state.kind === 'done') first.analysed ??= now;
  };

  const visible = (id: string): boolean => (document.getElementById(id)?.getBoundingClientRect().width ?? 0) > 0;
  const shown = (): string => {
    const { state, image } = document.body.dataset;
    const complete = image === 'shown' && visible('image') && (state === 'outside' || (state === 'done' && visible('overlay')));
    return complete ? (document.getElementById('title')?.textContent ?? '') : '';
  };

  const look = (): void => {
    const fileName = shown();
    if (fileName === reported) return;
    reported = fileName;
    if (!fileName) return;
    const built = at();
    const outside = document.body.dataset['state'] === 'outside';
    const { told = NaN, analysed = NaN } = first;
    // A message that is posted in a frame's callback arrives when the frame has been painted.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => report.benchArrival({ fileName, outside, page, told, analysed, built, painted: at() });
      port2.postMessage(null);
    });
  };

  // VS Code writes the document anew in this window, which takes listeners and observers away.
  const waiting = setInterval(() => {
    if (!document.getElementById('research-use')) return;
    clearInterval(waiting);
    page = at();
    listen();
    window.addEventListener('message', onMessage, { capture: true });
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    look();
  }, 2);
}
