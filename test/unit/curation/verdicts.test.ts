import { describe, expect, it } from 'vitest';
import { contextOfSeen, verdictsOf } from '../../../src/curation/verdicts';

const a = { id: 'a', sha256: 'aa', probabilities: [0.2, 0.8, 0.5, 0.5] };
const b = { id: 'b', sha256: 'bb', probabilities: [0.9, 0.1, 0, 1] };

describe('what models say of images', () => {
  it('is known by path, a verdict a model, the first of several likeliest classes predicted', () => {
    const verdicts = verdictsOf([{ path: 'x' }, { path: 'y' }], [a, b], ['Pre', 'Pro']);
    expect(verdicts.get('x')).toEqual([
      { id: 'a', sha256: 'aa', predicted: 'Pro', probabilities: { Pre: 0.2, Pro: 0.8 } },
      { id: 'b', sha256: 'bb', predicted: 'Pre', probabilities: { Pre: 0.9, Pro: 0.1 } },
    ]);
    expect(verdicts.get('y')?.map(({ predicted }) => predicted)).toEqual(['Pre', 'Pro']);
    const outside = verdictsOf([{ path: 'x' }, { path: 'y' }], [{ ...a, inDomain: [false, true] }], ['Pre', 'Pro']);
    expect(['x', 'y'].map((path) => outside.get(path)?.[0].predicted)).toEqual([null, 'Pre']);
  });

  it('stays with a label that is given in its sight, and with those after it', () => {
    const verdicts = verdictsOf([{ path: 'x' }], [a, b], ['Pre', 'Pro']).get('x') ?? [];
    const first = contextOfSeen(verdicts, undefined);
    expect(first).toEqual({ model: verdicts[0], sawModelFirst: true, alsoSaw: [verdicts[1]] });
    expect(contextOfSeen([], first)).toEqual(first);
    expect(contextOfSeen([], undefined)).toEqual({});
    expect(contextOfSeen([], { model: verdicts[0], sawModelFirst: false })).toEqual({});
  });

  it('adds to what was seen before, each model once', () => {
    const [first, second] = verdictsOf([{ path: 'x' }], [a, b], ['Pre', 'Pro']).get('x') ?? [];
    expect(contextOfSeen([second], { model: first, sawModelFirst: true })).toEqual({ model: second, sawModelFirst: true, alsoSaw: [first] });
    expect(contextOfSeen([second, first], { model: first, sawModelFirst: true, alsoSaw: [second] })).toEqual({ model: second, sawModelFirst: true, alsoSaw: [first] });
  });
});
