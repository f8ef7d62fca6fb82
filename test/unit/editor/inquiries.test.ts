import { describe, expect, it } from 'vitest';
import { SmearLensError } from '../../../src/errors';
import { Inquiries, type InquiriesOptions } from '../../../src/editor/inquiries';
import type { MapInquiry, MapAnswer } from '../../../src/protocol/inquiry';
import { scoreCam } from '../protocol/scoreCam';

const FAST = { kind: 'score-cam', mode: 'fast' } as const;
const EXACT = { kind: 'score-cam', mode: 'exact' } as const;

interface Call {
  readonly inquiry: MapInquiry;
  readonly signal: AbortSignal;
  readonly onProgress: (answer: MapAnswer) => void;
  readonly resolve: (answer: MapAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** With an inference process that is played by the test. */
function start(): { inquiries: Inquiries; calls: Call[]; failures: string[]; changes: () => number } {
  const calls: Call[] = [];
  const failures: string[] = [];
  let changes = 0;
  const call: InquiriesOptions['call'] = (inquiry, { signal, onProgress }) => new Promise((resolve, reject) => calls.push({ inquiry, signal, onProgress, resolve, reject }));
  const inquiries = new Inquiries({ call, changed: () => void changes++, failed: ({ code }) => void failures.push(code) });
  return { inquiries, calls, failures, changes: () => changes };
}

describe('Inquiries', () => {
  it('have an answer computed once, however many ask', async () => {
    const { inquiries, calls } = start();
    const both = Promise.all([inquiries.ask(FAST), inquiries.ask(FAST)]);
    calls[0].onProgress(scoreCam(3));
    expect(inquiries.states['score-cam']).toEqual({ asked: FAST, answer: scoreCam(3), running: { done: 3, total: 10 } });
    calls[0].resolve(scoreCam());
    await both;
    await inquiries.ask(FAST);
    expect([calls.length, inquiries.states['score-cam']]).toEqual([1, { asked: FAST, answer: scoreCam() }]);
  });

  it('compute exactly what was fast, and cancel what is not wanted any more', async () => {
    const { inquiries, calls } = start();
    void inquiries.ask(FAST);
    const exact = inquiries.ask(EXACT);
    expect([calls[0].signal.aborted, calls[1].signal.aborted]).toEqual([true, false]);
    calls[0].onProgress(scoreCam(9));
    expect(inquiries.states['score-cam']?.answer).toBeUndefined();
    calls[1].resolve(scoreCam());
    await exact;
    expect(inquiries.states['score-cam']).toEqual({ asked: EXACT, answer: scoreCam() });
  });

  it('keep what there is when they are stopped or left, and tell the two apart', async () => {
    for (const end of ['stop', 'leave'] as const) {
      const { inquiries, calls, failures } = start();
      const asked = inquiries.ask(FAST);
      calls[0].onProgress(scoreCam(3));
      if (end === 'stop') inquiries.stop('score-cam');
      else inquiries.leave();
      expect(calls[0].signal.aborted).toBe(true);
      calls[0].reject(new SmearLensError('cancelled', 'Cancelled.', ''));
      await asked;
      expect(inquiries.states['score-cam']).toEqual({ asked: FAST, answer: scoreCam(3), ...(end === 'stop' ? { stopped: true } : {}) });
      expect(failures).toEqual([]);
      void inquiries.ask(FAST);
      expect(calls.length).toBe(2);
    }
  });

  it('forget everything about another image or model', async () => {
    const { inquiries, calls } = start();
    const asked = inquiries.ask(FAST);
    calls[0].onProgress(scoreCam(3));
    inquiries.clear();
    expect([calls[0].signal.aborted, inquiries.states]).toEqual([true, {}]);
    calls[0].onProgress(scoreCam(5));
    calls[0].resolve(scoreCam());
    await asked;
    expect(inquiries.states).toEqual({});
  });

  it('keep why there is no answer, and try again when asked', async () => {
    const { inquiries, calls, failures } = start();
    const asked = inquiries.ask(FAST);
    calls[0].reject(new SmearLensError('numeric', 'Not a number.', 'Another provider.'));
    await asked;
    expect(inquiries.states['score-cam']).toEqual({ asked: FAST, answer: undefined, error: { code: 'numeric', message: 'Not a number.', hint: 'Another provider.' } });
    expect(failures).toEqual(['numeric']);
    void inquiries.ask(FAST);
    expect([calls.length, inquiries.states['score-cam']?.error]).toEqual([2, undefined]);
  });

  it('tell of each change, and of none where there is none', async () => {
    const { inquiries, calls, changes } = start();
    inquiries.clear();
    inquiries.leave();
    inquiries.stop('score-cam');
    expect(changes()).toBe(0);
    const asked = inquiries.ask(FAST);
    calls[0].onProgress(scoreCam(3));
    calls[0].resolve(scoreCam());
    await asked;
    expect(changes()).toBe(3);
  });
});
