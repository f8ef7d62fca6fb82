/** Parts of an evaluation run that need no model. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClassMapping } from '../../../src/evaluation/mapping';
import { Batcher } from '../../../src/evaluation/run/batcher';
import { threadsFor } from '../../../src/evaluation/run/crew';
import { plan } from '../../../src/evaluation/run/plan';
import type { Pool } from '../../../src/evaluation/run/pool';
import { ProgressMeter, progressText } from '../../../src/evaluation/run/progress';
import { modelsOf } from '../../../src/evaluation/run/settings';
import type { PredictCall } from '../../../src/evaluation/run/thread';
import { isLabelled, openTruth, splitsToEvaluate } from '../../../src/evaluation/truth';
import { imageKey, walkImages } from '../../../src/images/folder';

const GB = 2 ** 30;
const root = mkdtempSync(join(tmpdir(), 'smearlens-run-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('threadsFor', () => {
  it('runs as many models side by side as there are cores, on a thread each', () => expect(threadsFor(9e6, 8, 16 * GB)).toEqual({ decode: 2, predict: 8, perRun: 1 }));
  it('runs large models on fewer, which share the cores', () => expect(threadsFor(0.5 * GB, 8, 16 * GB)).toEqual({ decode: 2, predict: 3, perRun: 2 }));
  it('always runs one', () => expect(threadsFor(20 * GB, 1, GB)).toEqual({ decode: 1, predict: 1, perRun: 1 }));
});

describe('ProgressMeter', () => {
  it('tells the rate of the last ten seconds and what is left', () => {
    let now = 0;
    const meter = new ProgressMeter(1000, () => now);
    expect(meter.at(0)).toEqual({ done: 0, total: 1000, imagesPerSecond: null, secondsLeft: null });
    for (; now < 20_000; now += 500) meter.at(now / 50);
    expect(meter.at(400)).toMatchObject({ imagesPerSecond: expect.closeTo(20, 0) as number, secondsLeft: expect.closeTo(30, 0) as number });
    // Known images went fast; now a model runs.
    for (let i = 1; i <= 30; i++, now += 500) meter.at(400 + i);
    expect(meter.at(430).imagesPerSecond).toBeCloseTo(2, 0);
  });
});

it('progressText says how far it is, how fast and how long still', () => {
  const progress = { done: 3, total: 9000, imagesPerSecond: null, secondsLeft: null };
  expect(progressText(progress)).toBe('3 of 9000 images');
  expect(progressText({ ...progress, imagesPerSecond: 9.46, secondsLeft: 59.2 })).toBe('3 of 9000 images, 9.5 images/s, 1 min left');
  expect(progressText({ ...progress, imagesPerSecond: 12.3, secondsLeft: 44.1 })).toBe('3 of 9000 images, 12 images/s, 45 s left');
  expect(progressText({ ...progress, imagesPerSecond: 1.25, secondsLeft: 7190 })).toBe('3 of 9000 images, 1.3 images/s, 2 h 0 min left');
});

describe('Batcher', () => {
  const calls: PredictCall[] = [];
  const pool = {
    call: (call: PredictCall) => {
      calls.push(call);
      return Promise.resolve({ scores: call.tensorOf.map((t) => (t === null ? null : call.images.map((tensors) => ({ logits: [tensors[t][0]] })))), milliseconds: call.tensorOf.map(() => 1) });
    },
  } as unknown as Pool;

  it('fills batches, never waits for what is not on its way, and keeps apart what is not wanted alike', async () => {
    const batcher = new Batcher(pool, 3, [0, 1]);
    for (let i = 0; i < 5; i++) batcher.expect();
    const tensors = (i: number): Float32Array[] => [Float32Array.of(i), Float32Array.of(10 * i)];
    const answers = [1, 2, 3, 4].map((i) => {
      const answer = batcher.predict(tensors(i), [true, i !== 4]);
      batcher.arrived();
      return answer;
    });
    expect(calls.map((c) => c.images.length)).toEqual([3]);
    // The fifth cannot be read.
    batcher.arrived();
    expect(calls.map((c) => [c.images.length, c.tensorOf])).toEqual([[3, [0, 1]], [1, [0, null]]]);
    expect(await Promise.all(answers)).toEqual([[{ logits: [1] }, { logits: [10] }], [{ logits: [2] }, { logits: [20] }], [{ logits: [3] }, { logits: [30] }], [{ logits: [4] }, null]]);
    expect(batcher.milliseconds).toEqual([2, 2]);
  });
});

describe('modelsOf', () => {
  it('refuses a model with one output, whose share would always be 1', async () => {
    const opened = { id: 'binary', name: 'Binary', sha256: '', classes: [{ id: 'blast', name: 'blast' }], provider: 'cpu', activation: 'sigmoid', batch: 1 } as const;
    await expect(modelsOf([], [opened], false)).rejects.toMatchObject({ code: 'model-unsupported', message: expect.stringContaining('Binary has one output') as string });
  });
});

describe('walkImages', () => {
  it.skipIf(process.platform === 'win32')('walks a folder under its own name, whatever links to it, in the order of the whole paths', async () => {
    const folder = join(root, 'walk');
    for (const file of ['b/1.png', 'b-2/1.png', 'a/in/1.png', '.data/2.png']) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    mkdirSync(join(root, 'outside'));
    writeFileSync(join(root, 'outside/1.png'), '');
    symlinkSync(join(folder, 'b'), join(folder, 'a/1-link'));
    symlinkSync(folder, join(folder, 'a/up'));
    symlinkSync(join(folder, '.data'), join(folder, 'd'));
    symlinkSync(join(root, 'outside'), join(folder, 'c'));
    symlinkSync(join(root, 'outside'), join(folder, 'e'));
    symlinkSync(folder, join(root, 'outside/back'));
    const keys: string[] = [];
    for await (const file of walkImages(folder)) keys.push(imageKey(folder, file));
    expect(keys).toEqual(['a/in/1.png', 'b-2/1.png', 'b/1.png', 'c/1.png', 'd/2.png']);
  });
});

describe('plan', () => {
  const classes = ['Benign', 'Pre'].map((id) => ({ id, name: id }));
  const folder = join(root, 'plan');
  beforeAll(() => {
    for (const file of ['train/Benign/1.png', 'val/Pre/2.png', 'test/Pre/slide 3/3.png', 'test/benign/4.png', 'test/other/5.png', '6.png']) {
      mkdirSync(join(folder, file, '..'), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
  });
  const truth = (more: object = {}): ReturnType<typeof openTruth> => openTruth({ folder, labels: 'folders', groups: 'none', ...more }, new ClassMapping(classes));
  const options = { classes, splits: undefined, shard: { index: 1, count: 1 } };

  it('takes the nearest folder that is a class, and the test split', async () => {
    const { count, perClass, mapping, unlabelled, hasSplits } = await plan(await truth(), options);
    expect({ count, perClass, mapping, unlabelled, hasSplits }).toEqual({ count: 4, perClass: [1, 1], mapping: { Benign: 'Benign', Pre: 'Pre', benign: 'Benign', other: null }, unlabelled: 2, hasSplits: true });
  });

  it('leaves the validation part out of the figures', async () => {
    const own = await truth({ validation: { split: 'validation' } });
    const { roleOf } = await plan(own, { ...options, splits: ['train', 'test'] });
    const roles: string[] = [];
    for await (const image of own.images(() => undefined)) if (isLabelled(image)) roles.push(`${image.path} ${roleOf(image)}`);
    expect(roles).toEqual(['test/Pre/slide 3/3.png headline', 'test/benign/4.png headline', 'train/Benign/1.png headline', 'val/Pre/2.png validation']);
  });

  it('names the same listing for every shard, and another for other splits', async () => {
    const listing = async (more: object): Promise<string> => (await plan(await truth(), { ...options, ...more })).listing;
    const whole = await listing({});
    expect(await listing({ shard: { index: 2, count: 3 } })).toBe(whole);
    expect(await listing({ splits: ['train'] })).not.toBe(whole);
  });
});

describe('splitsToEvaluate', () => {
  it('takes the test split, all images where there are no splits, and asks otherwise', () => {
    expect(splitsToEvaluate(['test', 'train'], undefined)).toEqual(['test']);
    expect(splitsToEvaluate([], undefined)).toBeUndefined();
    expect(splitsToEvaluate(['a', 'b'], ['b'])).toEqual(['b']);
    expect(() => splitsToEvaluate(['a', 'b'], undefined)).toThrow(/splits a, b; figures over all of them would mix/);
    expect(() => splitsToEvaluate(['a', 'b'], ['c'])).toThrow(/no split 'c'/);
  });
});
