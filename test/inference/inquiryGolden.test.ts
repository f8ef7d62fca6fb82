/** Score-CAM, more methods and Recipro-CAM against PyTorch, by the committed references of test/fixtures/scorecam. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ExplainEngine } from '../../src/explain/engine';
import type { CamMap, CamMethod, CamVariant } from '../../src/protocol/analysis';
import type { Inquiry, InquiryAnswer } from '../../src/protocol/inquiry';
import { about, fixture } from './commandLine';
import { floats } from './floats';
import { relativeError } from './relativeError';

interface Golden {
  readonly name: string;
  readonly layer: string;
  readonly input?: string;
  readonly rows: readonly number[];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly tolerance: number;
  readonly fill?: [number, number, number];
  readonly differentiable: boolean;
  readonly scoreCam: { readonly flatChannels: number; readonly baseline: number[]; readonly maps: Record<string, string>; readonly weightVariation: Record<string, number[]> };
  readonly moreMethods: Record<string, string>;
  readonly reciproCam: string;
}

const golden = JSON.parse(fs.readFileSync(path.join(__dirname, '../fixtures/scorecam/golden.json'), 'utf8')) as Golden[];
const engine = new ExplainEngine({ log: () => undefined });
afterAll(() => engine.dispose());

describe.each(golden.map((g) => [`${g.name}${g.fill ? ` filled with ${g.fill.join()}` : ''}`, g] as const))('%s', (_, g) => {
  const input = floats(g.input ?? about<{ samples: { input: string }[] }>(g.name).samples[0].input);

  async function ask<K extends Inquiry['kind']>(inquiry: Inquiry & { kind: K }, by = engine): Promise<{ partial: Extract<InquiryAnswer, { kind: K }>[]; whole: Extract<InquiryAnswer, { kind: K }> }> {
    const partial: InquiryAnswer[] = [];
    const steps = by.inquire(input, { path: fixture(g.name), provider: 'cpu', layer: g.layer }, inquiry);
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return { partial, whole: value } as never;
      partial.push(value);
    }
  }

  /** The maps of a method, class by class: an error is of the class's own largest value. */
  function compare(maps: readonly CamMap[], method: CamMethod, variant: CamVariant, expected: Float32Array): void {
    const size = g.height * g.width;
    const found = maps.filter((m) => m.method === method && m.variant === variant);
    expect(found.map((m) => m.classIndex)).toEqual(g.rows);
    found.forEach(({ raw, classIndex, flat }, i) => {
      const reference = expected.subarray(i * size, (i + 1) * size);
      const what = `${method} ${variant} of class ${classIndex}`;
      expect(flat, what).toBe(reference.every((v) => v === reference[0]));
      if (flat) expect(Array.from(raw), what).toEqual(Array.from(reference));
      else expect(relativeError(raw, reference), what).toBeLessThan(g.tolerance);
    });
  }

  const shape = { layer: g.layer, channels: g.channels, height: g.height, width: g.width };

  it('Score-CAM', async () => {
    const { whole } = await ask({ kind: 'score-cam', mode: 'exact', fill: g.fill });
    expect(whole).toMatchObject({ kind: 'score-cam', ...shape, mode: 'exact', flatChannels: g.scoreCam.flatChannels, done: g.channels - g.scoreCam.flatChannels, total: g.channels - g.scoreCam.flatChannels });
    expect(relativeError(whole.baseline.probabilities, g.scoreCam.baseline)).toBeLessThan(g.tolerance);
    for (const variant of ['authors', 'channel-softmax'] as const) {
      compare(whole.maps, 'score-cam', variant, floats(g.scoreCam.maps[variant]));
      const variations = whole.maps.filter((m) => m.variant === variant).map((m) => m.weightVariation ?? NaN);
      expect(relativeError(variations, g.scoreCam.weightVariation[variant])).toBeLessThan(g.tolerance);
    }
    if (g.fill) whole.baseline.fill.forEach((value, i) => expect(value).toBeCloseTo(g.fill?.[i] ?? NaN, 6));
  });

  it.skipIf(!g.differentiable)('HiResCAM, LayerCAM, XGrad-CAM, Eigen-CAM', async () => {
    const { whole } = await ask({ kind: 'more-methods' });
    expect(whole).toMatchObject({ kind: 'more-methods', ...shape, done: whole.total });
    for (const method of ['hirescam', 'layercam', 'xgrad-cam'] as const) compare(whole.maps, method, 'none', floats(g.moreMethods[method]));
    const eigen = floats(g.moreMethods['eigen-cam']);
    compare(whole.maps, 'eigen-cam', 'none', Float32Array.from(g.rows.flatMap(() => Array.from(eigen))));
  });

  it.skipIf(g.differentiable)('has no gradient: more methods say what does without', async () => {
    await expect(ask({ kind: 'more-methods' })).rejects.toMatchObject({ code: 'op-not-differentiable', hint: expect.stringContaining('Recipro-CAM') as string });
  });

  it('Recipro-CAM', async () => {
    const { whole } = await ask({ kind: 'recipro-cam' });
    expect(whole).toMatchObject({ kind: 'recipro-cam', ...shape, done: g.height * g.width, total: g.height * g.width });
    compare(whole.maps, 'recipro-cam', 'none', floats(g.reciproCam));
  });

  it('partial answers grow towards the whole', async () => {
    // One that has computed nothing yet: what is known is not computed again.
    const fresh = new ExplainEngine({ log: () => undefined });
    for (const inquiry of [{ kind: 'score-cam', mode: 'exact' }, { kind: 'recipro-cam' }] as const) {
      const { partial, whole } = await ask(inquiry, fresh);
      expect(partial.length, inquiry.kind).toBeGreaterThan(0);
      const done = [...partial, whole].map((a) => a.done);
      expect(done, inquiry.kind).toEqual([...new Set(done)].sort((a, b) => a - b));
      expect(partial.every((a) => a.total === whole.total && a.done < whole.total && a.maps.length === whole.maps.length), inquiry.kind).toBe(true);
      expect(whole.done, inquiry.kind).toBe(whole.total);
    }
    await fresh.dispose();
  });
});
