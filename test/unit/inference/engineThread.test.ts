import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, expect, test, vi } from 'vitest';
import { SmearLensError } from '../../../src/errors';
import { EngineThread, type RemoteEngine } from '../../../src/inference/engineThread';
import { runWorker } from '../../../src/inference/worker';
import type { Analysis } from '../../../src/protocol/analysis';
import type { ModelChoice } from '../../../src/protocol/inference';
import type { InquiryAnswer } from '../../../src/protocol/inquiry';

const MODEL: ModelChoice = { path: 'model.onnx', provider: 'cpu', layer: 'auto' };
const open: MessagePort[] = [];
afterEach(() => open.splice(0).forEach((port) => port.close()));

const analysis: Omit<Analysis, 'image'> = {
  model: { id: 'm', name: 'M', sha256: '00', classes: [] },
  logits: [1],
  probabilities: [1],
  predicted: 0,
  provider: 'cpu',
  milliseconds: 1,
};

/** The two sides joined by a real message channel: what is sent is cloned and transferred as between threads. */
function joined(engine: Partial<RemoteEngine>): { thread: EngineThread; log: ReturnType<typeof vi.fn> } {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const log = vi.fn();
  const thread = new EngineThread(port1 as never, { log, death: () => undefined });
  runWorker(port2, (options) => {
    options.log('info', 'engine made');
    return engine as RemoteEngine;
  });
  return { thread, log };
}

test('it is ready when the engine is made, and passes on its log', async () => {
  const { thread, log } = joined({});
  await thread.ready;
  expect(log).toHaveBeenCalledWith('info', 'engine made');
});

test('the tensor changes hands, not a copy of it', async () => {
  const got: number[][] = [];
  const { thread } = joined({ analyse: async (input) => (got.push([...input]), analysis) });
  const tensor = Float32Array.of(1, 2, 3);
  expect(await thread.analyse(tensor, MODEL, true)).toEqual(analysis);
  expect(got).toEqual([[1, 2, 3]]);
  expect(tensor.byteLength).toBe(0);
});

test('a view of a larger buffer leaves that buffer alone', async () => {
  const got: number[][] = [];
  const { thread } = joined({ analyse: async (input) => (got.push([...input]), analysis) });
  const whole = Float32Array.of(1, 2, 3, 4);
  await thread.analyse(whole.subarray(1, 3), MODEL, true);
  expect(got).toEqual([[2, 3]]);
  expect([...whole]).toEqual([1, 2, 3, 4]);
});

test('errors keep their code, message and hint; defects become internal', async () => {
  const { thread } = joined({
    describe: () => Promise.reject(new SmearLensError('model-not-onnx', 'x.onnx is no model', 'Choose another.')),
    doctor: () => Promise.reject(new TypeError('undefined is not a function')),
  });
  await expect(thread.describe(MODEL)).rejects.toMatchObject({
    name: 'SmearLensError',
    code: 'model-not-onnx',
    message: 'x.onnx is no model',
    hint: 'Choose another.',
  });
  await expect(thread.doctor(MODEL)).rejects.toMatchObject({ code: 'internal', message: 'undefined is not a function' });
});

test('layers are asked of the worker', async () => {
  const choices = { automatic: 'relu', layers: [{ name: 'relu', op: 'Relu', channels: 8, height: 3, width: 4, differentiable: true }] };
  const asked: ModelChoice[] = [];
  const { thread } = joined({ layers: async (model) => (asked.push(model), choices) });
  expect(await thread.layers(MODEL)).toEqual(choices);
  expect(asked).toEqual([MODEL]);
});

const answer = (done: number): Extract<InquiryAnswer, { kind: 'recipro-cam' }> => ({ kind: 'recipro-cam', layer: 'relu', channels: 1, height: 1, width: 2, done, total: 3, maps: [], provider: 'cpu', milliseconds: 1 });

test('an inquiry is answered step by step, each when it is asked for, and lets go when nobody asks any more', async () => {
  const seen: string[] = [];
  const engine: Pick<RemoteEngine, 'inquire'> = {
    async *inquire(input, _model, { kind }) {
      try {
        for (let done = 1; done < 3; done++) {
          seen.push(`${kind} ${[...input].join()} ${done}`);
          yield answer(done);
        }
        return answer(3);
      } finally {
        seen.push('left');
      }
    },
  };
  const { thread } = joined(engine);
  const tensor = Float32Array.of(1, 2);
  const whole = thread.inquire(tensor, MODEL, { kind: 'recipro-cam' });
  expect(await whole.next()).toEqual({ done: false, value: answer(1) });
  expect(seen).toEqual(['recipro-cam 1,2 1']);
  expect(tensor.byteLength).toBe(0);
  expect(await whole.next()).toEqual({ done: false, value: answer(2) });
  expect(await whole.next()).toEqual({ done: true, value: answer(3) });
  const left = thread.inquire(Float32Array.of(3), MODEL, { kind: 'recipro-cam' });
  await left.next();
  await left.return(answer(0));
  // A call behind it is answered after it has ended.
  await expect(thread.describe(MODEL)).rejects.toBeDefined();
  expect(seen).toEqual(['recipro-cam 1,2 1', 'recipro-cam 1,2 2', 'left', 'recipro-cam 3 1', 'left']);
});

test('an inquiry that fails says why', async () => {
  const { thread } = joined({
    async *inquire() {
      throw new SmearLensError('numeric', 'not a number', 'Choose another.');
    },
  });
  await expect(thread.inquire(Float32Array.of(1), MODEL, { kind: 'recipro-cam' }).next()).rejects.toMatchObject({ code: 'numeric' });
});

test('a thread that fails or ends is reported as dead', () => {
  const worker = Object.assign(new EventEmitter(), { postMessage: () => undefined });
  const death = vi.fn();
  new EngineThread(worker as never, { log: () => undefined, death });
  worker.emit('error', new Error('out of memory'));
  worker.emit('exit', 1);
  expect(death.mock.calls.map(([reason]) => String(reason))).toEqual([
    expect.stringContaining('out of memory'),
    expect.stringContaining('code 1'),
  ]);
});
