import { describe, expect, it } from 'vitest';
import { begun, ended, finished, isAnswered, isWanted, progressed, type InquiryState } from '../../../src/protocol/inquiryState';
import { scoreCam } from './scoreCam';

const FAST = { kind: 'score-cam', mode: 'fast' } as const;
const EXACT = { kind: 'score-cam', mode: 'exact' } as const;
const fast = scoreCam(4, { mode: 'fast', total: 4 });
const error = { code: 'numeric', message: 'No.', hint: 'None.' } as const;

describe('an inquiry', () => {
  it('grows with each answer, and is done with the last', () => {
    const first = progressed(begun(undefined, EXACT), scoreCam(2));
    expect([first.answer, first.running]).toEqual([scoreCam(2), { done: 2, total: 10 }]);
    expect(finished(first, scoreCam())).toEqual({ asked: EXACT, answer: scoreCam() });
  });

  it('keeps on show what is better than what came anew', () => {
    const again = progressed(begun({ asked: EXACT, answer: scoreCam(6), stopped: true }, EXACT), scoreCam(2));
    expect([again.answer, again.running, again.stopped]).toEqual([scoreCam(6), { done: 2, total: 10 }, undefined]);
    expect(progressed(again, scoreCam(8)).answer).toEqual(scoreCam(8));
    expect(progressed(begun({ asked: FAST, answer: fast }, EXACT), scoreCam(8)).answer).toBe(fast);
  });

  it('keeps at its end what there is, and nothing of nothing', () => {
    expect(ended(progressed(begun(undefined, FAST), scoreCam(2)), {})).toEqual({ asked: FAST, answer: scoreCam(2) });
    expect(ended(begun(undefined, FAST), {})).toBeUndefined();
    expect(ended(begun(undefined, FAST), { stopped: true })).toEqual({ asked: FAST, answer: undefined, stopped: true });
    expect(ended(begun(undefined, FAST), { error })).toEqual({ asked: FAST, answer: undefined, error });
  });

  it('is answered by a whole answer of its mode, or an exact one', () => {
    const having = (answer: InquiryState['answer']): InquiryState => ({ asked: FAST, answer });
    expect([isAnswered(having(fast), FAST), isAnswered(having(fast), EXACT)]).toEqual([true, false]);
    expect([isAnswered(having(scoreCam()), FAST), isAnswered(having(scoreCam()), EXACT)]).toEqual([true, true]);
    expect([isAnswered(having(scoreCam(9)), EXACT), isAnswered(having(undefined), FAST)]).toEqual([false, false]);
  });

  it.each<[string, InquiryState | undefined, boolean]>([
    ['that nobody asked', undefined, true],
    ['that was left', { asked: FAST, answer: scoreCam(2) }, true],
    ['that runs', begun(undefined, FAST), false],
    ['that was stopped', { asked: FAST, answer: scoreCam(2), stopped: true }, false],
    ['that failed', { asked: FAST, error }, false],
    ['that is answered', { asked: FAST, answer: scoreCam() }, false],
    ['that is answered, its exact answer left', { asked: EXACT, answer: fast }, false],
  ])('%s: is it wanted?', (_, state, wanted) => expect(isWanted(state)).toBe(wanted));
});
