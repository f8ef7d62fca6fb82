/**
 * The host's side of the inference process: starts it on first use, starts it anew when it dies, and sees to it that
 * every call is answered: by a reply, by an error, or by the news that it keeps killing the process.
 */
import type { SmearLensError} from '../errors';
import { fromErrorInfo } from '../errors';
import type { CallName, FromInference, InferenceCalls, Priority, ToInference } from '../protocol/inference';
import type { InquiryAnswer } from '../protocol/inquiry';
import { CancelGrace } from './cancelGrace';
import { childEnvironment, InferenceChild, type ChildOptions, type Death, type Log } from './child';
import { describeCall, diedTwice, disposed, keepsDying, wasCancelled } from './clientErrors';

type Reply = InferenceCalls[CallName]['reply'];

export interface ClientOptions extends Pick<ChildOptions, 'silentTicks' | 'startTicks'> {
  /** Path of the bundle, dist/inference.js. */
  readonly entry: string;
  /** Takes what the process logs, its stdout and its stderr. */
  readonly log: Log;
  /** Added to this process's environment. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /**
   * How long a cancelled call that is being worked on may take to end, in milliseconds; then the process is ended. It may
   * always take three times as long as the longest call of its kind has taken.
   */
  readonly cancelGraceMs?: number | undefined;
  /** The same while the process has answered no call of that kind: it may be loading the model. */
  readonly loadGraceMs?: number | undefined;
}

export interface CallOptions {
  /** `interactive` unless told otherwise. */
  readonly priority?: Priority | undefined;
  /** Aborting it cancels the call. */
  readonly signal?: AbortSignal | undefined;
  /** An event that may come once: when it is aborted, the call becomes interactive; if it already is, from the start. */
  readonly raised?: AbortSignal | undefined;
  /** Told the answers of an inquiry before the last one; from the start again where the process was replaced. */
  readonly onProgress?: ((answer: InquiryAnswer) => void) | undefined;
}

const CANCEL_GRACE_MS = 200;
const LOAD_GRACE_MS = 10_000;
/** Waits before the process is started again, in milliseconds, by the number of deaths since its last answer. */
const BACK_OFF_MS = [0, 100, 500, 2000];
/** So many deaths in a row that no call can be blamed for, and the calls are given up. */
const MAX_BLAMELESS_DEATHS = 4;

interface Entry {
  message: Extract<ToInference, { kind: 'call' }>;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: CallOptions['onProgress'];
  /** With the process: sent and not answered. */
  sent: boolean;
  /** When the process began to work on it or on its present step, in milliseconds of `performance.now()`. */
  startedAt: number | undefined;
  /** The caller has been told; the entry stays until the process has let go of it. */
  cancelled: boolean;
  /** Deaths of the process while this call was being worked on. */
  deaths: number;
}

export class InferenceClient {
  private readonly entries = new Map<number, Entry>();
  private readonly restartListeners = new Set<(reason: string) => void>();
  private child?: InferenceChild | undefined;
  private ready = false;
  private restartTimer?: NodeJS.Timeout | undefined;
  private deaths = 0;
  private blamelessDeaths = 0;
  private lastDeath?: Death | undefined;
  private readonly cancelGrace: CancelGrace;
  private lastId = 0;
  private isDisposed = false;

  constructor(private readonly options: ClientOptions) {
    this.cancelGrace = new CancelGrace(options.cancelGraceMs ?? CANCEL_GRACE_MS, options.loadGraceMs ?? LOAD_GRACE_MS);
  }

  /** Process id of the running inference process, if there is one. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Calls that wait for their answer and, where they were cancelled, for the process to let go of them. */
  get pending(): number {
    return this.entries.size;
  }

  /** `listener` is told each time a process that replaces a dead one is ready, and what the dead one died of. */
  onDidRestart(listener: (reason: string) => void): { dispose(): void } {
    this.restartListeners.add(listener);
    return { dispose: () => void this.restartListeners.delete(listener) };
  }

  /**
   * Has the inference process do one call. Rejects with SmearLensError: the call's own error, `cancelled` as soon as
   * the signal is aborted, or `inference-died`.
   */
  call<N extends CallName>(
    name: N,
    request: InferenceCalls[N]['request'],
    { priority: wished = 'interactive', signal, raised, onProgress }: CallOptions = {},
  ): Promise<InferenceCalls[N]['reply']> {
    if (this.isDisposed) return Promise.reject(disposed());
    if (signal?.aborted) return Promise.reject(wasCancelled());
    const id = ++this.lastId;
    const priority = raised?.aborted ? 'interactive' : wished;
    // The union does not follow N; name and request belong together by this method's signature.
    const message = { kind: 'call', id, name, priority, request } as Entry['message'];
    return new Promise<Reply>((resolve, reject) => {
      const cancel = (): void => this.cancel(id);
      const raise = (): void => this.raise(id);
      const settled = (): void => {
        signal?.removeEventListener('abort', cancel);
        raised?.removeEventListener('abort', raise);
      };
      signal?.addEventListener('abort', cancel, { once: true });
      raised?.addEventListener('abort', raise, { once: true });
      this.entries.set(id, {
        message,
        resolve: (reply) => (settled(), resolve(reply)),
        reject: (error) => (settled(), reject(error)),
        onProgress,
        sent: false,
        startedAt: undefined,
        cancelled: false,
        deaths: 0,
      });
      this.advance();
    });
  }

  /** Ends the process and rejects what is pending. Resolves when the process is gone. */
  async dispose(): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.restartTimer);
    this.rejectAll(() => disposed());
    const { child } = this;
    child?.kill('SmearLens ended it', { deliberate: true });
    child?.hold(true);
    await child?.gone;
  }

  /** Starts the process if need be, and sends what may be sent. */
  private advance(): void {
    if (!this.child && !this.restartTimer && this.entries.size > 0) this.start();
    if (this.child && this.ready) for (const entry of this.sendable()) this.send(this.child, entry);
    // Only while somebody waits for an answer does the process keep this one from ending.
    const needed = [...this.entries.values()].some((entry) => !entry.cancelled);
    this.child?.hold(needed);
    if (!needed) this.restartTimer?.unref();
    else this.restartTimer?.ref();
  }

  /**
   * Calls that were being worked on when a process died go first and alone: if it dies again, the cause is known, and no
   * call fails for its neighbour's fault.
   */
  private sendable(): Entry[] {
    const entries = [...this.entries.values()];
    const suspect = entries.find((entry) => entry.deaths > 0);
    if (suspect) return entries.some((entry) => entry.sent) ? [] : [suspect];
    return entries.filter((entry) => !entry.sent);
  }

  private send(child: InferenceChild, entry: Entry): void {
    entry.sent = true;
    child.send(entry.message);
  }

  private start(): void {
    const { entry, log, env, silentTicks, startTicks } = this.options;
    const environment = childEnvironment({ ...process.env, ...env });
    const child = new InferenceChild({ entry, log, env: environment, silentTicks, startTicks }, (message) =>
      this.receive(message),
    );
    this.child = child;
    void child.gone.then((death) => this.buried(death));
  }

  private receive(message: FromInference): void {
    switch (message.kind) {
      case 'heartbeat':
        return;
      case 'log':
        return this.options.log(message.level, message.text);
      case 'ready':
        return this.becomeReady();
      case 'started': {
        const entry = this.entries.get(message.id);
        if (entry) entry.startedAt = performance.now();
        return;
      }
      case 'progress': {
        const entry = this.entries.get(message.id);
        if (!entry) return;
        this.steppedOn(entry);
        if (!entry.cancelled) entry.onProgress?.(message.answer);
        return;
      }
      case 'reply':
        return this.settle(message.id, (entry) => {
          this.steppedOn(entry);
          entry.resolve(message.reply);
        });
      case 'error':
        return this.settle(message.id, (entry) => entry.reject(fromErrorInfo(message.error)));
      case 'cancelled':
        return this.settle(message.id, (entry) => entry.reject(wasCancelled()));
    }
  }

  /** A call has come as far as one may expect to hear of it again. */
  private steppedOn(entry: Entry): void {
    if (entry.startedAt === undefined) return;
    this.cancelGrace.answered(entry.message, performance.now() - entry.startedAt);
    entry.startedAt = performance.now();
  }

  private becomeReady(): void {
    this.ready = true;
    const { lastDeath } = this;
    this.lastDeath = undefined;
    this.advance();
    if (lastDeath) for (const listener of this.restartListeners) listener(lastDeath.reason);
  }

  private settle(id: number, how: (entry: Entry) => void): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.entries.delete(id);
    this.deaths = this.blamelessDeaths = 0;
    how(entry);
    this.advance();
  }

  private raise(id: number): void {
    const entry = this.entries.get(id);
    if (!entry || entry.message.priority === 'interactive') return;
    // Sent as it is now, should the call be sent later or again.
    entry.message = { ...entry.message, priority: 'interactive' };
    if (entry.sent) this.child?.send({ kind: 'raise', id });
  }

  private cancel(id: number): void {
    const entry = this.entries.get(id);
    if (!entry || entry.cancelled) return;
    entry.cancelled = true;
    entry.reject(wasCancelled());
    if (entry.sent && this.child) {
      this.child.send({ kind: 'cancel', id });
      this.endUnlessLetGo(entry, this.child);
    } else this.entries.delete(id);
    this.advance();
  }

  private endUnlessLetGo(entry: Entry, child: InferenceChild): void {
    const look = (): void => {
      if (this.entries.get(entry.message.id) !== entry || this.child !== child) return;
      // A call that has not begun will not begin any more; only the news of it is late.
      if (entry.startedAt === undefined) return this.endUnlessLetGo(entry, child);
      child.kill(`a cancelled call did not end (${describeCall(entry.message)})`, { deliberate: true });
    };
    // After the time is up, what the process has sent meanwhile is read before it is judged.
    setTimeout(() => setImmediate(look), this.cancelGrace.of(entry.message)).unref();
  }

  private buried(death: Death): void {
    this.child = undefined;
    this.ready = false;
    this.lastDeath = death;
    this.cancelGrace.processEnded();
    if (this.isDisposed) return;
    this.options.log(death.deliberate ? 'info' : 'error', `The inference process ended: ${death.reason}.`);
    this.takeBack(death);
    if (this.blamelessDeaths >= MAX_BLAMELESS_DEATHS) this.giveUp(death);
    if (this.entries.size === 0) return;
    const wait = BACK_OFF_MS[Math.min(this.deaths, BACK_OFF_MS.length - 1)];
    this.restartTimer = setTimeout(() => {
      this.restartTimer = undefined;
      this.advance();
    }, wait);
  }

  /** Every call comes back to be sent again, but for the cancelled and those that have brought it down twice. */
  private takeBack(death: Death): void {
    const started = [...this.entries.values()].filter((entry) => entry.startedAt !== undefined && !death.deliberate);
    for (const entry of started) entry.deaths += 1;
    if (!death.deliberate) this.deaths += 1;
    if (!death.deliberate && started.length === 0) this.blamelessDeaths += 1;
    for (const [id, entry] of this.entries) {
      entry.sent = false;
      entry.startedAt = undefined;
      if (entry.cancelled) this.entries.delete(id);
      else if (entry.deaths >= 2) {
        this.entries.delete(id);
        entry.reject(diedTwice(entry.message, death));
      }
    }
  }

  private giveUp(death: Death): void {
    this.blamelessDeaths = this.deaths = 0;
    this.rejectAll(() => keepsDying(MAX_BLAMELESS_DEATHS, death));
  }

  private rejectAll(error: () => SmearLensError): void {
    const entries = [...this.entries.values()];
    this.entries.clear();
    for (const entry of entries) entry.reject(error());
  }
}
