import { describe, expect, it } from 'vitest';
import { SmearLensError } from '../../../src/errors';
import { MapChecker } from '../../../src/editor/mapChecker';
import type { ClassInfo } from '../../../src/protocol/analysis';
import type { TrustAnswer, TrustInquiry } from '../../../src/protocol/inquiry';
import type { MapInQuestion } from '../../../src/protocol/trust';

const CLASSES: ClassInfo[] = ['a', 'b'].map((id) => ({ id, name: id.toUpperCase() }));
const MAP: MapInQuestion = { method: 'grad-cam', variant: 'none', classIndex: 1, raw: Float32Array.of(0, 1), height: 1, width: 2 };
const NAME = { method: 'grad-cam', variant: 'none', classIndex: 1 } as const;

interface Call {
  readonly inquiry: TrustInquiry;
  readonly signal: AbortSignal;
  readonly resolve: (answer: TrustAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** With an inference process that is played by the test. */
function start(): { checker: MapChecker; next: () => Promise<Call>; calls: Call[] } {
  const calls: Call[] = [];
  const checker = new MapChecker({ call: (inquiry, signal) => new Promise((resolve, reject) => calls.push({ inquiry, signal, resolve, reject })), changed: () => undefined, failed: () => undefined });
  let taken = 0;
  const next = async (): Promise<Call> => {
    while (calls.length <= taken) await new Promise((resolve) => setImmediate(resolve));
    return calls[taken++];
  };
  return { checker, next, calls };
}

const flat = { map: NAME, replacement: 'blur', fractions: [], controls: [], original: 1, deletion: { map: [], controls: [] }, insertion: { map: [], controls: [] }, flat: true, done: 0, total: 0, provider: 'cpu', milliseconds: 0 } as const;
const answers: Record<TrustInquiry['kind'], TrustAnswer> = {
  'faithfulness': { kind: 'faithfulness', ...flat },
  'map-energy': { kind: 'map-energy', map: NAME, parts: [{ part: 'nuclei', energy: 0.5, area: 0.25 }], corners: [], scaleBar: false, flat: false },
  'counterfactuals': { kind: 'counterfactuals', logits: [2, 1], changed: [{ change: 'grey', logits: [0, 1] }], skipped: [], flips: [], done: 2, total: 2, provider: 'cpu' },
  'randomisation': { kind: 'randomisation', images: 1, layer: 'relu', stages: [{ part: 'head', tensors: 2, correlations: [0.1, -0.2], flat: 0 }], done: 2, total: 2 },
};

describe('MapChecker', () => {
  it('asks one thing after another, and has the findings so far at each step', async () => {
    const { checker, next } = start();
    const over = checker.check(MAP, 'all', CLASSES);
    const counts: number[] = [];
    for (const kind of ['faithfulness', 'map-energy', 'counterfactuals', 'randomisation'] as const) {
      const call = await next();
      expect(call.inquiry.kind).toBe(kind);
      expect(checker.checks?.running).toMatch(/…$/);
      counts.push(checker.checks?.sentences.length ?? -1);
      call.resolve(answers[kind]);
    }
    await over;
    expect(counts).toEqual([0, 1, 2, 3]);
    expect(checker.checks).toEqual({
      map: NAME,
      sentences: [expect.stringContaining('flat'), expect.stringContaining('nuclei'), expect.stringContaining('from A to B'), expect.stringContaining('0.15')],
    });
  });

  it('adds removal by ROAD to what is known', async () => {
    const { checker, next } = start();
    const all = checker.check(MAP, 'all', CLASSES);
    for (const kind of ['faithfulness', 'map-energy', 'counterfactuals', 'randomisation'] as const) (await next()).resolve(answers[kind]);
    await all;
    const road = checker.check(MAP, 'road', CLASSES);
    const call = await next();
    expect(call.inquiry).toMatchObject({ kind: 'faithfulness', replacement: 'road' });
    call.resolve({ kind: 'faithfulness', ...flat, replacement: 'road' });
    await road;
    expect(checker.checks?.sentences).toHaveLength(5);
  });

  it('keeps what it found when it is stopped, and drops it with the image', async () => {
    const { checker, next } = start();
    void checker.check(MAP, 'all', CLASSES);
    (await next()).resolve(answers.faithfulness);
    const { signal } = await next();
    checker.stop();
    expect(signal.aborted).toBe(true);
    expect(checker.checks).toMatchObject({ sentences: [expect.any(String)], running: undefined });
    checker.clear();
    expect(checker.checks).toBeUndefined();
  });

  it('says what went wrong, after what it found', async () => {
    const { checker, next } = start();
    const over = checker.check(MAP, 'all', CLASSES);
    (await next()).resolve(answers.faithfulness);
    (await next()).reject(new SmearLensError('inference-failed', 'It failed.', 'Try again.'));
    await over;
    expect(checker.checks).toMatchObject({ sentences: [expect.any(String)], error: { code: 'inference-failed' } });
  });

  it('begins anew with another map, of which alone it then tells', async () => {
    const { checker, next } = start();
    void checker.check(MAP, 'all', CLASSES);
    const first = await next();
    void checker.check({ ...MAP, classIndex: 0 }, 'all', CLASSES);
    const second = await next();
    expect(first.signal.aborted).toBe(true);
    first.resolve(answers.faithfulness);
    expect([checker.checks?.map.classIndex, checker.checks?.sentences.length]).toEqual([0, 0]);
    second.resolve(answers.faithfulness);
  });
});
