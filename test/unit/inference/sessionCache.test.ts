import { expect, test, vi } from 'vitest';
import { SessionCache, type SessionKey } from '../../../src/inference/sessionCache';

const key = (model: string, purpose = 'explain'): SessionKey => ({ model, provider: 'cpu', purpose });

function cache(capacity: number): { cache: SessionCache<string>; released: string[] } {
  const released: string[] = [];
  return { cache: new SessionCache<string>(capacity, async (session) => void released.push(session)), released };
}

test('a session is opened once for its file, provider and purpose', async () => {
  const { cache: sessions } = cache(4);
  const open = vi.fn(async () => 'a');
  expect(await sessions.get(key('1'), open)).toBe('a');
  expect(await sessions.get(key('1'), open)).toBe('a');
  expect(open).toHaveBeenCalledTimes(1);
  expect(await sessions.get(key('1', 'predict'), async () => 'b')).toBe('b');
  expect(await sessions.get({ ...key('1'), provider: 'webgpu' }, async () => 'c')).toBe('c');
});

test('the least recently used is released', async () => {
  const { cache: sessions, released } = cache(2);
  await sessions.get(key('1'), async () => 'one');
  await sessions.get(key('2'), async () => 'two');
  await sessions.get(key('1'), async () => 'never');
  await sessions.get(key('3'), async () => 'three');
  expect(released).toEqual(['two']);
});

test('two that ask at once share one', async () => {
  const { cache: sessions } = cache(2);
  const open = vi.fn(async () => 'one');
  expect(await Promise.all([sessions.get(key('1'), open), sessions.get(key('1'), open)])).toEqual(['one', 'one']);
  expect(open).toHaveBeenCalledTimes(1);
});

test('a failure is passed on and tried anew', async () => {
  const { cache: sessions, released } = cache(1);
  await expect(sessions.get(key('1'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await sessions.get(key('1'), async () => 'one')).toBe('one');
  await sessions.dispose();
  expect(released).toEqual(['one']);
});

test('disposing releases all, the oldest first', async () => {
  const { cache: sessions, released } = cache(4);
  await sessions.get(key('1'), async () => 'one');
  await sessions.get(key('2'), async () => 'two');
  await sessions.dispose();
  expect(released).toEqual(['one', 'two']);
});
