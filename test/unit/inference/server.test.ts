import { expect, test } from 'vitest';
import { SmearLensError } from '../../../src/errors';
import type { RemoteEngine } from '../../../src/inference/engineThread';
import { serve, type Preparation } from '../../../src/inference/server';
import type { Analysis } from '../../../src/protocol/analysis';
import type { FromInference, ModelChoice, ToInference } from '../../../src/protocol/inference';
import { settled } from './deferred';

const MODEL: ModelChoice = { path: 'model.onnx', provider: 'cpu', layer: 'auto' };
const IMAGE = { path: 'a.png', sha256: 'ff', width: 2, height: 1 };
const RESULT: Omit<Analysis, 'image'> = {
  model: { id: 'm', name: 'M', sha256: '00', classes: [] },
  logits: [0.5],
  probabilities: [1],
  predicted: 0,
  provider: 'cpu',
  milliseconds: 1,
};

function served(preparation: Partial<Preparation>, engine: Partial<RemoteEngine>): (message: ToInference) => Promise<FromInference[]> {
  const sent: FromInference[] = [];
  let deliver: (message: ToInference) => void = () => undefined;
  const channel = { send: (m: FromInference) => sent.push(m), onMessage: (listener: typeof deliver) => (deliver = listener) };
  serve(channel, preparation as Preparation, engine as RemoteEngine);
  return async (message) => {
    deliver(message);
    await settled();
    return sent.splice(0);
  };
}

const analyse: ToInference = {
  kind: 'call',
  id: 7,
  name: 'analyse',
  priority: 'interactive',
  request: { imagePath: 'a.png', model: MODEL, explain: true },
};

test('an analysis is the engine\'s result with the image that was decoded for it', async () => {
  const seen: unknown[] = [];
  const say = served(
    { analyse: async () => ({ image: IMAGE, tensor: Float32Array.of(1, 2) }) },
    { analyse: async (...args) => (seen.push(args), RESULT) },
  );
  expect(await say(analyse)).toEqual([
    { kind: 'started', id: 7 },
    { kind: 'reply', id: 7, reply: { ...RESULT, image: IMAGE } },
  ]);
  expect(seen).toEqual([[Float32Array.of(1, 2), MODEL, true]]);
});

test('describe, layers and doctor need no image, render no engine', async () => {
  const png = { png: Uint8Array.of(1), width: 1, height: 1 };
  const description = { model: RESULT.model, provider: 'cpu', layer: 'relu' } as const;
  const report = { versions: {}, providers: [] };
  const choices = { automatic: 'relu', layers: [] };
  const asked: ModelChoice[] = [];
  const say = served(
    { render: async () => png },
    { describe: async () => description, layers: async (model) => (asked.push(model), choices), doctor: async () => report },
  );
  const call = { kind: 'call', priority: 'interactive' } as const;
  expect(await say({ ...call, id: 1, name: 'render', request: { imagePath: 'a.tif', maxSide: 9 } })).toContainEqual({
    kind: 'reply',
    id: 1,
    reply: png,
  });
  expect(await say({ ...call, id: 2, name: 'describe', request: { model: MODEL } })).toContainEqual({
    kind: 'reply',
    id: 2,
    reply: description,
  });
  expect(await say({ ...call, id: 3, name: 'doctor', request: { model: MODEL } })).toContainEqual({
    kind: 'reply',
    id: 3,
    reply: report,
  });
  expect(await say({ ...call, id: 4, name: 'layers', request: { model: MODEL } })).toContainEqual({
    kind: 'reply',
    id: 4,
    reply: choices,
  });
  expect(asked).toEqual([MODEL]);
});

test('an error is answered with its code', async () => {
  const say = served(
    { analyse: () => Promise.reject(new SmearLensError('image-empty', 'a.png is empty', 'Copy it again.')) },
    {},
  );
  expect(await say(analyse)).toContainEqual({
    kind: 'error',
    id: 7,
    error: { code: 'image-empty', message: 'a.png is empty', hint: 'Copy it again.' },
  });
});

test('a raised call is worked on before those that came earlier', async () => {
  const say = served({ analyse: () => new Promise(() => undefined) }, {});
  expect(await say({ ...analyse, id: 1, priority: 'background' })).toEqual([{ kind: 'started', id: 1 }]);
  expect(await say({ ...analyse, id: 2, priority: 'background' })).toEqual([]);
  expect(await say({ ...analyse, id: 3, priority: 'background' })).toEqual([]);
  expect(await say({ kind: 'raise', id: 3 })).toEqual([{ kind: 'started', id: 3 }]);
});

test('a cancelled call is answered as cancelled', async () => {
  const say = served(
    {
      analyse: (_request, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    },
    {},
  );
  expect(await say(analyse)).toEqual([{ kind: 'started', id: 7 }]);
  expect(await say({ kind: 'cancel', id: 7 })).toEqual([{ kind: 'cancelled', id: 7 }]);
});
