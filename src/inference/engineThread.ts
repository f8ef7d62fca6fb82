/** The engine as seen from the main thread of the inference process: the same methods, run on the worker thread. */
import type { Worker } from 'node:worker_threads';
import { fromErrorInfo, type ErrorInfo } from '../errors';
import type { InquiryAnswer } from '../protocol/inquiry';
import type { Engine } from './engine';

/** The calls of {@link Engine} that cross to the worker. `dispose` does not: the process ends instead. */
export type RemoteEngine = Pick<Engine, 'analyse' | 'inquire' | 'describe' | 'layers' | 'doctor'>;
/** Those that answer once. */
type Method = Exclude<keyof RemoteEngine, 'inquire'>;

/** Main thread to worker. */
export type ToEngineThread =
  | { [M in Method]: { readonly id: number; readonly method: M; readonly args: Parameters<RemoteEngine[M]> } }[Method]
  /** Begins an inquiry; its steps are asked for one by one. */
  | { readonly id: number; readonly method: 'inquire'; readonly args: Parameters<RemoteEngine['inquire']> }
  | { readonly id: number; readonly method: 'next' | 'return' };

export type InquiryStep = IteratorResult<InquiryAnswer, InquiryAnswer>;

/** Worker to main thread. */
export type FromEngineThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'value'; readonly id: number; readonly value: Awaited<ReturnType<RemoteEngine[Method]>> | InquiryStep }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorInfo }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string };

export type LogLevel = 'info' | 'warn' | 'error';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * Speaks to a worker that runs {@link import('./worker').runWorker}. A worker that ends by itself leaves its calls
 * unanswered: the process has to end too (`onDeath`), and the host replays them in a new one.
 */
export class EngineThread implements RemoteEngine {
  /** Resolves when the worker has loaded what it needs. */
  readonly ready: Promise<void>;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(
    private readonly worker: Pick<Worker, 'on' | 'postMessage'>,
    on: { log(level: LogLevel, text: string): void; death(reason: string): void },
  ) {
    this.ready = new Promise((resolve) => {
      worker.on('message', (message: FromEngineThread) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'log') on.log(message.level, message.text);
        else this.settle(message);
      });
    });
    worker.on('error', (error: Error) => on.death(`The engine's thread failed: ${error.stack ?? error.message}`));
    worker.on('exit', (code: number) => on.death(`The engine's thread ended with code ${code}.`));
  }

  analyse(...args: Parameters<Engine['analyse']>): ReturnType<Engine['analyse']> {
    const [input, model, explain] = args;
    const own = whole(input);
    return this.call('analyse', [own, model, explain], [own.buffer]);
  }

  async *inquire(...args: Parameters<Engine['inquire']>): ReturnType<Engine['inquire']> {
    const id = ++this.lastId;
    const [input, model, inquiry] = args;
    const own = whole(input);
    this.worker.postMessage({ id, method: 'inquire', args: [own, model, inquiry] } satisfies ToEngineThread, [own.buffer]);
    try {
      for (;;) {
        const step = (await this.reply(id, () => this.worker.postMessage({ id, method: 'next' } satisfies ToEngineThread))) as InquiryStep;
        if (step.done) return step.value;
        yield step.value;
      }
    } finally {
      this.worker.postMessage({ id, method: 'return' } satisfies ToEngineThread);
    }
  }

  describe(...args: Parameters<Engine['describe']>): ReturnType<Engine['describe']> {
    return this.call('describe', args);
  }

  layers(...args: Parameters<Engine['layers']>): ReturnType<Engine['layers']> {
    return this.call('layers', args);
  }

  doctor(...args: Parameters<Engine['doctor']>): ReturnType<Engine['doctor']> {
    return this.call('doctor', args);
  }

  private call<M extends Method>(
    method: M,
    args: Parameters<RemoteEngine[M]>,
    transfer: ArrayBuffer[] = [],
  ): ReturnType<RemoteEngine[M]> {
    const id = ++this.lastId;
    return this.reply(id, () => this.worker.postMessage({ id, method, args }, transfer)) as ReturnType<RemoteEngine[M]>;
  }

  private reply(id: number, post: () => void): Promise<unknown> {
    const reply = new Promise<unknown>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    post();
    return reply;
  }

  private settle(message: Extract<FromEngineThread, { id: number }>): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'value') waiting?.resolve(message.value);
    else waiting?.reject(fromErrorInfo(message.error));
  }
}

/** Only a whole buffer can change hands; a view of a larger one would take its neighbours along. */
function whole(input: Float32Array): Float32Array<ArrayBuffer> {
  return (input.byteLength === input.buffer.byteLength ? input : input.slice()) as Float32Array<ArrayBuffer>;
}
