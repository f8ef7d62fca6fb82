/** The engine as seen from the main thread of the inference process: the same methods, run on the worker thread. */
import type { Worker } from 'node:worker_threads';
import { fromErrorInfo, type ErrorInfo } from '../errors';
import type { Engine } from './engine';

/** The calls of {@link Engine} that cross to the worker. `dispose` does not: the process ends instead. */
export type RemoteEngine = Pick<Engine, 'analyse' | 'describe' | 'layers' | 'doctor'>;
type Method = keyof RemoteEngine;

/** Main thread to worker. */
export type ToEngineThread = {
  [M in Method]: { readonly id: number; readonly method: M; readonly args: Parameters<RemoteEngine[M]> };
}[Method];

/** Worker to main thread. */
export type FromEngineThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'value'; readonly id: number; readonly value: Awaited<ReturnType<RemoteEngine[Method]>> }
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
    // Only a whole buffer can change hands; a view of a larger one would take its neighbours along.
    const own = input.byteLength === input.buffer.byteLength ? input : input.slice();
    return this.call('analyse', [own, model, explain], [own.buffer as ArrayBuffer]);
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
    const reply = new Promise<unknown>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.worker.postMessage({ id, method, args }, transfer);
    return reply as ReturnType<RemoteEngine[M]>;
  }

  private settle(message: Extract<FromEngineThread, { id: number }>): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'value') waiting?.resolve(message.value);
    else waiting?.reject(fromErrorInfo(message.error));
  }
}
