/** Threads of one kind, asked for whichever has the least to do. */
import type { Worker } from 'node:worker_threads';
import { fromErrorInfo } from '../../errors';
import type { FromThread, ThreadData, ToThread } from './thread';

export type Spawn = (data: ThreadData) => Worker;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class Pool {
  private readonly threads: Thread[] = [];

  add(worker: Worker): void {
    this.threads.push(new Thread(worker));
  }

  /** Takes the threads of another pool. */
  adopt(other: Pool): void {
    this.threads.push(...other.threads);
  }

  /** Asks the thread with the fewest calls; the answer is of the kind that the call's name promises. */
  call(call: ToThread['call'], transfer: ArrayBuffer[] = []): Promise<unknown> {
    const [least] = [...this.threads].sort((a, b) => a.load - b.load);
    return least.call(call, transfer);
  }

  /** Asks all of them. */
  callAll(call: ToThread['call']): Promise<unknown[]> {
    return Promise.all(this.threads.map((thread) => thread.call(call)));
  }

  /** Lets sessions go before their threads end: a thread that ends with an open session can take the process with it. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }
}

class Thread {
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private dead: Error | undefined;

  constructor(private readonly worker: Worker) {
    worker.on('message', (message: FromThread) => this.settle(message));
    worker.on('error', (error: Error) => this.die(error));
    worker.on('exit', () => this.die(new Error('A thread of the evaluation ended.')));
  }

  get load(): number {
    return this.waiting.size;
  }

  call(call: ToThread['call'], transfer: ArrayBuffer[] = []): Promise<unknown> {
    if (this.dead) return Promise.reject(this.dead);
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call } satisfies ToThread, transfer);
    });
  }

  async close(): Promise<void> {
    if (this.dead) return;
    const ended = new Promise((resolve) => this.worker.once('exit', resolve));
    // What failed in it was told where it mattered.
    await this.call('close').catch(() => this.worker.terminate());
    await ended;
  }

  private settle(message: FromThread): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ('error' in message) waiting?.reject(fromErrorInfo(message.error));
    else waiting?.resolve(message.value);
  }

  private die(error: Error): void {
    this.dead ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
