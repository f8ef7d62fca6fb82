import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Death } from '../../../src/inference/child';
import { InferenceClient, type CallOptions, type ClientOptions } from '../../../src/inference/client';
import type { LayerChoices } from '../../../src/protocol/inference';
import { settled } from './deferred';
import { FakeChild } from './fakeChild';

vi.mock('../../../src/inference/child', async (original) => ({
  ...(await original<object>()),
  InferenceChild: (await import('./fakeChild')).FakeChild,
}));

const CRASH: Death = { reason: 'it was ended by SIGSEGV', deliberate: false, lastWords: '' };
const REPLY: LayerChoices = { automatic: 'relu', layers: [] };

let client: InferenceClient;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  FakeChild.all = [];
  client = newClient();
});
afterEach(async () => {
  await client.dispose();
  vi.useRealTimers();
});

function newClient(options: Partial<ClientOptions> = {}): InferenceClient {
  return new InferenceClient({ entry: 'inference.js', log: () => undefined, ...options });
}

/** Asks for the layers of a model; every call that the tests need is as good as this one. */
function ask(options: CallOptions = {}, path = 'model.onnx'): Promise<string> {
  return client.call('layers', { model: { path, provider: 'cpu', layer: 'auto' } }, options).then(
    ({ automatic }) => automatic ?? 'none',
    (error: { code: string }) => error.code,
  );
}

/** The process that runs now, ready for calls. */
function upAndReady(): FakeChild {
  const child = FakeChild.all[FakeChild.all.length - 1];
  child.say({ kind: 'ready' });
  return child;
}

/** The calls that a process was sent, and in which priority. */
const calls = (child: FakeChild): unknown[] => child.sent.flatMap((m) => (m.kind === 'call' ? [[m.id, m.priority]] : []));
const orders = (child: FakeChild): unknown[] => child.sent.filter((m) => m.kind !== 'call');

describe('raising a call', () => {
  let raise: AbortController;
  beforeEach(() => (raise = new AbortController()));

  test('that was sent tells the process, once', async () => {
    const call = ask({ priority: 'background', raised: raise.signal });
    const child = upAndReady();
    expect(calls(child)).toEqual([[1, 'background']]);
    raise.abort();
    expect(orders(child)).toEqual([{ kind: 'raise', id: 1 }]);
    child.say({ kind: 'reply', id: 1, reply: REPLY });
    expect(await call).toBe('relu');
  });

  test('that was not yet sent has it sent as interactive', () => {
    void ask({ priority: 'background', raised: raise.signal });
    raise.abort();
    const child = upAndReady();
    expect([calls(child), orders(child)]).toEqual([[[1, 'interactive']], []]);
  });

  test('beforehand makes it interactive from the start', () => {
    raise.abort();
    void ask({ priority: 'background', raised: raise.signal });
    const child = upAndReady();
    expect([calls(child), orders(child)]).toEqual([[[1, 'interactive']], []]);
  });

  test('lasts when the process dies and the call is sent to the next one', async () => {
    void ask({ priority: 'background', raised: raise.signal });
    void ask({ priority: 'background' });
    const first = upAndReady();
    raise.abort();
    first.die(CRASH);
    await settled();
    vi.runAllTimers();
    const second = upAndReady();
    expect(second).not.toBe(first);
    expect([calls(second), orders(second)]).toEqual([[[1, 'interactive'], [2, 'background']], []]);
  });

  test('while no process is there has it sent as interactive to the next one', async () => {
    void ask({ priority: 'background', raised: raise.signal });
    const first = upAndReady();
    first.die(CRASH);
    await settled();
    raise.abort();
    vi.runAllTimers();
    expect(calls(upAndReady())).toEqual([[1, 'interactive']]);
    expect(orders(first)).toEqual([]);
  });

  test('that is interactive, cancelled or over tells the process nothing', async () => {
    const abort = new AbortController();
    void ask({ raised: raise.signal });
    const cancelled = ask({ priority: 'background', raised: raise.signal, signal: abort.signal });
    const over = ask({ priority: 'background', raised: raise.signal });
    const child = upAndReady();
    abort.abort();
    child.say({ kind: 'reply', id: 3, reply: REPLY });
    expect([await cancelled, await over]).toEqual(['cancelled', 'relu']);
    raise.abort();
    expect(orders(child)).toEqual([{ kind: 'cancel', id: 2 }]);
  });
});

describe('no listener stays on the signals', () => {
  const ends: Record<string, (child: FakeChild, cancel: AbortController) => unknown> = {
    'a reply': (child) => child.say({ kind: 'reply', id: 1, reply: REPLY }),
    'an error': (child) => child.say({ kind: 'error', id: 1, error: { code: 'internal', message: 'm', hint: 'h' } }),
    'its being cancelled': (_child, cancel) => cancel.abort(),
    'the end of the client': () => client.dispose(),
  };

  test.each(Object.keys(ends))('of a call that ends by %s, raised or not', async (how) => {
    for (const isRaised of [false, true]) {
      client = newClient();
      const [raise, cancel] = [new AbortController(), new AbortController()];
      const call = ask({ priority: 'background', raised: raise.signal, signal: cancel.signal });
      const child = upAndReady();
      const listeners = (): number => getEventListeners(raise.signal, 'abort').length + getEventListeners(cancel.signal, 'abort').length;
      expect(listeners()).toBe(2);
      if (isRaised) raise.abort();
      ends[how](child, cancel);
      await call;
      expect(listeners()).toBe(0);
    }
  });
});

describe('a cancelled call that is being worked on', () => {
  /** One call, from its being sent to its reply, taking so long. */
  async function answered(child: FakeChild, id: number, milliseconds: number): Promise<void> {
    const call = ask();
    child.say({ kind: 'started', id });
    vi.advanceTimersByTime(milliseconds);
    child.say({ kind: 'reply', id, reply: REPLY });
    await call;
  }

  /** A call that is begun and then cancelled, for another model if one is named. */
  function cancelled(child: FakeChild, id: number, path?: string): void {
    const abort = new AbortController();
    void ask({ signal: abort.signal }, path);
    child.say({ kind: 'started', id });
    abort.abort();
  }

  /** Is the process left alone for so many milliseconds, and killed after one more? */
  async function killedAfter(child: FakeChild, milliseconds: number): Promise<boolean[]> {
    let reason = '';
    void child.gone.then((death) => (reason = death.reason));
    const killed: boolean[] = [];
    for (const step of [milliseconds - 1, 1]) {
      vi.advanceTimersByTime(step);
      await settled();
      await settled();
      killed.push(reason.startsWith('a cancelled call did not end (layers '));
    }
    return killed;
  }

  async function started(): Promise<FakeChild> {
    const first = ask();
    const child = upAndReady();
    child.say({ kind: 'reply', id: 1, reply: REPLY });
    await first;
    return child;
  }

  test('may load a model for ten seconds, then it is killed', async () => {
    void ask({}, 'waits for ever');
    const child = upAndReady();
    cancelled(child, 2);
    expect(await killedAfter(child, 10_000)).toEqual([false, true]);
  });

  test('may take 200 ms however fast its kind has been', async () => {
    const child = await started();
    await answered(child, 2, 1);
    cancelled(child, 3);
    expect(await killedAfter(child, 200)).toEqual([false, true]);
  });

  test('may take three times the longest of its kind', async () => {
    const child = await started();
    for (const [i, milliseconds] of [400, 1500, 300].entries()) await answered(child, i + 2, milliseconds);
    cancelled(child, 5);
    expect(await killedAfter(child, 4500)).toEqual([false, true]);
  });

  test('of another model may load that one', async () => {
    const child = await started();
    await answered(child, 2, 1);
    cancelled(child, 3, 'other.onnx');
    expect(await killedAfter(child, 10_000)).toEqual([false, true]);
  });

  test.each([[1, 10_000], [4000, 12_000]])('in a new process may load its model again, and take what its kind took before: %i ms, so %i', async (before, grace) => {
    const first = await started();
    await answered(first, 2, before);
    void ask();
    first.die(CRASH);
    await settled();
    vi.runAllTimers();
    const second = upAndReady();
    cancelled(second, 4);
    expect(await killedAfter(second, grace)).toEqual([false, true]);
  });

  test('has loaded nothing by an error', async () => {
    const first = ask();
    const child = upAndReady();
    child.say({ kind: 'started', id: 1 });
    child.say({ kind: 'error', id: 1, error: { code: 'image-empty', message: 'm', hint: 'h' } });
    await first;
    cancelled(child, 2);
    expect(await killedAfter(child, 10_000)).toEqual([false, true]);
  });

  test('that ends within its time leaves the process alone', async () => {
    const child = await started();
    await answered(child, 2, 400);
    cancelled(child, 3);
    vi.advanceTimersByTime(1199);
    child.say({ kind: 'cancelled', id: 3 });
    vi.runAllTimers();
    await settled();
    await settled();
    await answered(child, 4, 1);
    expect(FakeChild.all).toEqual([child]);
  });
});
