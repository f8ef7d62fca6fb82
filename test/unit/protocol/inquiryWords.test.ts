import { describe, expect, it } from 'vitest';
import type { InquiryState } from '../../../src/protocol/inquiryState';
import { agreementNote } from '../../../src/protocol/scoreCam';
import { inquiryWords } from '../../../src/protocol/inquiryWords';
import { evenWeightsNote, scoreCamCaption } from '../../../src/protocol/scoreCam';
import { scoreCam } from './scoreCam';

const asked = { kind: 'score-cam', mode: 'fast' } as const;
const error = { code: 'numeric', message: 'No.', hint: 'None.' } as const;
const fast = scoreCam(4, { mode: 'fast', total: 4 });

describe('inquiryWords', () => {
  it.each<[Omit<InquiryState, 'asked'>, string]>([
    [{ running: { done: 0, total: 0 } }, 'Score-CAM: starting'],
    [{ running: { done: 4, total: 10 }, answer: scoreCam(4) }, 'Score-CAM: 4 of 10 channels; this picture is not final yet'],
    [{ running: { done: 2, total: 10 }, answer: scoreCam(4) }, 'Score-CAM: 2 of 10 channels; this picture is of 4 and not final yet'],
    [{ running: { done: 2, total: 10 }, answer: fast }, 'Score-CAM, exact: 2 of 10 channels; this picture is still the fast one'],
  ])('say how far it is: %#', (state, text) => {
    const words = inquiryWords({ asked, ...state });
    expect([words.progress, words.result, words.offer]).toEqual([{ text, passes: state.running }, undefined, { label: 'Stop', stop: true }]);
  });

  it.each<[Omit<InquiryState, 'asked'>, string, string | undefined]>([
    [{ answer: scoreCam() }, 'Exact: a pass for each channel. 10 passes, 2.4 s.', undefined],
    [{ answer: fast }, `${agreementNote('fast')} 4 passes, 2.4 s.`, 'Compute exactly'],
    [{ answer: fast, stopped: true }, `${agreementNote('fast')} 4 passes, 2.4 s.`, 'Compute exactly'],
    [{ answer: scoreCam(4), stopped: true }, 'Unfinished: 4 of 10 channels.', 'Go on'],
    [{ stopped: true }, 'Score-CAM was stopped.', 'Go on'],
    [{ answer: scoreCam(4), error }, 'Unfinished: 4 of 10 channels.', 'Try again'],
    [{ error }, 'Score-CAM could not be computed.', 'Try again'],
  ])('say what is on show, and what can be done: %#', (state, result, label) => {
    const words = inquiryWords({ asked, ...state });
    expect([words.progress, words.result, words.offer?.label]).toEqual([undefined, result, label]);
  });
});

describe('scoreCamCaption', () => {
  const classes = [{ id: 'b', name: 'Benign' }, { id: 'p', name: 'Pre' }];

  it('names mode, passes, the fill colour and the probabilities of the image masked all over', () => {
    expect(scoreCamCaption(scoreCam(), classes)).toBe('Score-CAM: exact, 10 passes; masked parts are RGB 124, 116, 104; the image masked all over: Benign 98.0 %, Pre 2.0 %');
  });

  it('says that it is unfinished', () => expect(scoreCamCaption(scoreCam(3), classes)).toMatch(/^Score-CAM: exact, unfinished, 3 of 10 passes;/));
});

describe('evenWeightsNote', () => {
  const [map] = scoreCam().maps;

  it.each([[0.02, true], [0.0999, true], [0.1, false], [undefined, false]])('with a variation of %s: %s', (weightVariation, said) => {
    expect(evenWeightsNote({ ...map, weightVariation }) !== undefined).toBe(said);
  });
});
