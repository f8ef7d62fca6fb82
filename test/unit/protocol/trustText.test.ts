/** What is said of the checks: the numbers, and the opposite where it holds. */
import { describe, expect, it } from 'vitest';
import { deletionContest, insertionContest, roadContest } from '../../../src/protocol/faithfulness';
import type { ClassInfo, Explanation } from '../../../src/protocol/analysis';
import type { Counterfactuals, Faithfulness, Randomisation } from '../../../src/protocol/trust';
import { counterfactualVerdict, faithfulnessSentence, nearlySameMaps, randomisationSentence, randomisationVerdict, sharesOfFlips, flipsSentence } from '../../../src/protocol/trustText';

const classes: ClassInfo[] = [{ id: 'a', name: 'A' }, { id: 'b', name: 'B' }];
const flatCurve = (value: number): number[] => [value, value];

/** An image that scores 4 and 0 when blurred; the map's curves and those of four controls. */
function removal(map: number, controls: readonly number[], more: Partial<Faithfulness> = {}): Faithfulness {
  const curves = { map: flatCurve(4 - map), controls: controls.map((c) => flatCurve(4 - c)) };
  const insertion = { map: flatCurve(map), controls: controls.map(flatCurve) };
  return { map: { method: 'grad-cam', variant: 'none', classIndex: 0 }, replacement: 'blur', fractions: [0.25, 0.75], controls: controls.map((_, i) => `control ${i}`), original: 4, replaced: 0, deletion: curves, insertion, flat: false, done: 9, total: 9, provider: 'cpu', milliseconds: 1, ...more };
}

describe('removal', () => {
  it('is an area by the trapezoidal rule, and a place among the controls', () => {
    // 4 → 1 → 1 at 0, ¼, ¾ lies (¼ · 1.5 + ½ · 3) / ¾ = 2.5 below 4.
    const { map, matched, difference, asMuch, percentile } = deletionContest(removal(3, [1, 3, 2, 3.5]));
    expect(map).toBeCloseTo(2.5, 12);
    expect(matched).toBeCloseTo(((1 + 3 + 2 + 3.5) / 4) * (2.5 / 3), 12);
    expect(difference).toBeCloseTo(map - matched, 12);
    expect([asMuch, percentile]).toEqual([2, (2 + 0.5) / 4]);
    expect(insertionContest(removal(3, [1, 3, 2, 3.5])).map).toBeCloseTo(2.5, 12);
  });

  it('by ROAD is half the mean difference of the two orders', () => {
    expect(roadContest(removal(3, [1, 2])).map).toBeCloseTo((3 - 1) / 2, 12);
    expect(roadContest(removal(3, [1, 2])).controls).toEqual([-1, 0]);
  });

  it('is said with its numbers', () => {
    expect(faithfulnessSentence(removal(3, [1, 1, 1, 1]))).toBe('Removing the marked areas lowers the score more than matched controls do: 2.50 against 0.83 (of 4 controls 0 lower it as much); showing them alone raises it more: 2.50 against 0.83 (of 4 controls 0 raise it as much).');
    expect(faithfulnessSentence(removal(2, [1, 1, 1, 3]))).toMatch(/hardly more than matched controls do: 1\.67 against 1\.25 \(of 4 controls 1 lower/);
    expect(faithfulnessSentence(removal(1, [2, 2, 2, 2]))).toMatch(/no more than matched controls do: 0\.83 against 1\.67 \(of 4 controls 4 lower/);
  });

  it('is not judged where it cannot be', () => {
    expect(faithfulnessSentence(removal(3, [1, 1, 1, 1], { done: 5 }))).toBeUndefined();
    expect(faithfulnessSentence(removal(0, [], { flat: true }))).toMatch(/flat/);
    expect(faithfulnessSentence(removal(3, [1]))).toMatch(/1 matched controls do not tell/);
    expect(faithfulnessSentence(removal(3, [1, 1, 1, 1], { replaced: 4.5 }))).toMatch(/4\.50 against 4\.00.*cannot judge/);
  });
});

describe('changed images', () => {
  const answer = (after: readonly number[]): Counterfactuals => ({ logits: [2, 1], changed: [{ change: 'grey', logits: after }], skipped: [], flips: [], done: 2, total: 2, provider: 'cpu' });

  it('keep the verdict or change it', () => {
    expect(counterfactualVerdict({ change: 'grey', logits: [1.5, 1] }, [2, 1], classes)).toEqual({ scoreChange: -0.5, flipsTo: undefined, sentence: 'Without colour the verdict stays A (score −0.50).' });
    expect(counterfactualVerdict({ change: 'recoloured', towards: 1, logits: [2.25, 3] }, [2, 1], classes)).toEqual({ scoreChange: 0.25, flipsTo: 1, sentence: 'With the colours of B the verdict changes from A to B (score +0.25).' });
  });

  it('are counted over a set', () => {
    const colours: Counterfactuals = { ...answer([0, 1]), changed: [{ change: 'recoloured', towards: 0, logits: [2, 0] }, { change: 'recoloured', towards: 1, logits: [0, 2] }] };
    const flips = sharesOfFlips([answer([0, 1]), answer([1, 0]), answer([3, 1]), colours]);
    expect(flips).toEqual([
      { change: 'grey', images: 3, flips: 1 },
      { change: 'recoloured', towards: 0, images: 1, flips: 0 },
      { change: 'recoloured', towards: 1, images: 1, flips: 1 },
    ]);
    expect(flipsSentence(flips, classes)).toBe('Over the 3 images checked with this model so far, the verdict changes without colour 1 of 3 (33 %), with the colours of A 0 of 1 (0.0 %), with the colours of B 1 of 1 (100 %).');
    expect(flipsSentence(flips.slice(1), classes)).toBeUndefined();
  });
});

describe('random weights', () => {
  const answer = (correlations: number[], flat = 0): Randomisation => ({ layer: 'x', images: 1, stages: [{ part: 'head', tensors: 1, correlations, flat }], done: 3, total: 3 });

  it('pass below a median of 0.5, whatever the sign', () => {
    expect(randomisationVerdict(answer([-0.2, 0.4, -0.9]))).toEqual({ median: 0.4, passes: true, compared: 3, flat: 0 });
    expect(randomisationSentence(answer([-0.2, 0.4, -0.9]))).toMatch(/change when its last weights are made random \(median \|Spearman\| 0\.40 over 3 maps of one image/);
    expect(randomisationSentence(answer([-0.5, 0.8, -0.9]))).toMatch(/stay much the same .*0\.80/);
  });

  it('say nothing where nothing was compared', () => {
    expect(randomisationSentence(answer([], 4))).toMatch(/only flat maps to compare \(4 of random weights\)/);
    expect(randomisationSentence({ ...answer([]), stages: [] })).toMatch(/no float32 weights/);
    expect(randomisationSentence({ ...answer([0.1]), done: 1 })).toBeUndefined();
  });
});

describe('the two likeliest classes', () => {
  const explanation = (second: number[]): Explanation => ({
    ...{ layer: 'x', height: 2, width: 2, channels: 1 },
    maps: [[1, 2, 3, 5], second].map((raw, classIndex) => ({ method: 'grad-cam', variant: 'none', classIndex, raw: Float32Array.from(raw), flat: false })),
  });

  it('have nearly identical maps, or not', () => {
    expect(nearlySameMaps(explanation([2, 4, 6, 11]), [1, 0], classes)).toEqual([expect.stringMatching(/^The Grad-CAM maps of A and B are nearly identical \(Pearson 1\.00, Spearman 1\.00\)/)]);
    expect(nearlySameMaps(explanation([5, 3, 2, 1]), [1, 0], classes)).toEqual([]);
    expect(nearlySameMaps(explanation([0, 0, 0, 0]), [1, 0], classes)).toEqual([]);
  });
});
