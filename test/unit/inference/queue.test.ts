import { expect, test } from 'vitest';
import type { Priority } from '../../../src/protocol/inference';
import { PriorityQueue } from '../../../src/inference/queue';

function filled(...items: [name: string, priority: Priority][]): PriorityQueue<{ name: string; priority: Priority }> {
  const queue = new PriorityQueue<{ name: string; priority: Priority }>();
  for (const [name, priority] of items) queue.push({ name, priority });
  return queue;
}

test('interactive comes before background, and each keeps its own order', () => {
  const queue = filled(['b1', 'background'], ['i1', 'interactive'], ['b2', 'background'], ['i2', 'interactive']);
  expect([...queue].map((item) => item.name)).toEqual(['i1', 'i2', 'b1', 'b2']);
  expect(queue.peek()?.name).toBe('i1');
  expect(queue.shift()?.name).toBe('i1');
  queue.push({ name: 'i3', priority: 'interactive' });
  expect([...queue].map((item) => item.name)).toEqual(['i2', 'i3', 'b1', 'b2']);
});

test('an item is removed once', () => {
  const queue = filled(['a', 'background'], ['b', 'background']);
  const [, b] = [...queue];
  if (!b) throw new Error('b is missing');
  expect(queue.remove(b)).toBe(true);
  expect(queue.remove(b)).toBe(false);
  expect([...queue].map((item) => item.name)).toEqual(['a']);
});

test('an empty queue has nothing next', () => {
  const queue = filled();
  expect(queue.peek()).toBeUndefined();
  expect(queue.shift()).toBeUndefined();
});
