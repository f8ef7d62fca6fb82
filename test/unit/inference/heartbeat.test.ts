import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HEARTBEAT_MS, startHeartbeat, Watchdog } from '../../../src/inference/heartbeat';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(): { dog: Watchdog; silences: () => number } {
  let count = 0;
  const dog = new Watchdog({ tickMs: 1000, firstTicks: 30, ticks: 10 }, () => (count += 1));
  return { dog, silences: () => count };
}

test('the first sign of life is waited for longer than the next', () => {
  const { dog, silences } = watch();
  vi.advanceTimersByTime(29_000);
  expect(silences()).toBe(0);
  dog.heard();
  vi.advanceTimersByTime(9000);
  expect(silences()).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(silences()).toBe(1);
});

test('silence from the start is noticed, once', () => {
  const { silences } = watch();
  vi.advanceTimersByTime(120_000);
  expect(silences()).toBe(1);
});

test('every sign of life starts the count anew', () => {
  const { dog, silences } = watch();
  for (let i = 0; i < 20; i++) {
    vi.advanceTimersByTime(9000);
    dog.heard();
  }
  expect(silences()).toBe(0);
});

test('a stopped watch tells nothing', () => {
  const { dog, silences } = watch();
  dog.stop();
  vi.advanceTimersByTime(120_000);
  expect(silences()).toBe(0);
});

test('time that passed while nobody could listen is one tick, not many', () => {
  const { dog, silences } = watch();
  dog.heard();
  // As when the machine slept: the clock jumps, and the timer is due once.
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1000);
  expect(silences()).toBe(0);
});

test('the heart beats at once and then regularly', () => {
  const beat = vi.fn();
  startHeartbeat(beat);
  expect(beat).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3 * HEARTBEAT_MS);
  expect(beat).toHaveBeenCalledTimes(4);
});
