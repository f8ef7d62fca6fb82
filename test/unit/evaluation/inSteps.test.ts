import { describe, expect, it } from 'vitest';
import { inSteps } from '../../../src/evaluation/inSteps';
import { compareModels, compareSteps } from '../../../src/evaluation/metrics/compare';
import { metricsOf, metricsSteps } from '../../../src/evaluation/metrics/metrics';
import type { Steps } from '../../../src/evaluation/metrics/steps';
import { setOf } from './metrics/sets';

const set = setOf([0, 1, 0, 1], [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]]);
const other = setOf([0, 1, 0, 1], [[0.9, 0.1], [0.7, 0.3], [0.4, 0.6], [0.3, 0.7]]);

describe('inSteps', () => {
  it('comes to what the steps come to at once', async () => {
    expect(await inSteps(metricsSteps(set, { resamples: 100 }))).toEqual(metricsOf(set, { resamples: 100 }));
    const models = [{ id: 'a', set }, { id: 'b', set: other }];
    expect(await inSteps(compareSteps(models, { resamples: 100 }))).toEqual(compareModels(models, { resamples: 100 }));
  });

  it('lets events through between two steps, and ends at a cancel', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 0);
    // Without an end of its own.
    const endless = (function* (): Steps<void> {
      for (;;) yield;
    })();
    await expect(inSteps(endless, stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('takes each resample as a step', () => {
    let steps = 0;
    for (const _ of metricsSteps(set, { resamples: 100 })) steps++;
    expect(steps).toBe(100);
  });
});
