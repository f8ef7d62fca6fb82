import { expect, it } from 'vitest';
import { contentsToExclude, duplicatesOf, groupsToAssign, type DuplicateInput } from '../../../src/curation/duplicates';

/** A fingerprint of its own for each seed; `noise` moves it a little. */
function print(seed: number, noise = 0): Int8Array {
  let state = seed;
  return Int8Array.from({ length: 256 }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return i === 0 ? 0 : Math.round((state / 2 ** 32 - 0.5) * 180 + noise * ((i % 3) - 1));
  });
}
const image = (path: string, sha256: string, seed: number, more: Partial<DuplicateInput> & { noise?: number } = {}): DuplicateInput => ({ path, sha256, pixels: 100, fingerprint: print(seed, more.noise), ...more });
const images = [
  image('a.png', 's1', 1, { label: 'Pre' }),
  image('b.png', 's1', 1, { label: 'Pre' }),
  image('c.png', 's2', 1, { noise: 4, pixels: 400, label: 'Pro' }),
  image('d.png', 's3', 3),
  image('e.png', 's4', 4),
  image('f.png', 's4', 4),
];

it('groups the same bytes and what is alike, whatever the order, and says where labels differ', async () => {
  const found = await duplicatesOf(images, { embedding: (sha256) => (sha256 === 's1' ? Float32Array.of(1, 0) : sha256 === 's2' ? Float32Array.of(1, 1) : undefined) });
  expect(found.groups.map(({ kind, members, labels, conflict }) => [kind, members.map(({ path, best }) => path + (best ? '*' : '')), labels, conflict])).toEqual([
    ['near', ['a.png', 'b.png', 'c.png*'], ['Pre', 'Pro'], true],
    ['exact', ['e.png*', 'f.png'], [], false],
  ]);
  expect(found.groups[0].pairs).toMatchObject([{ a: 'a.png', b: 'c.png', embedding: expect.closeTo(Math.SQRT1_2, 6) as number }]);
  const ids = (await duplicatesOf([...images].reverse())).groups.map(({ id }) => id);
  expect(ids).toEqual(found.groups.map(({ id }) => id));
});

it('keeps the largest of a group; the same bytes are one content', async () => {
  expect(contentsToExclude(await duplicatesOf(images))).toEqual([{ path: 'a.png', sha256: 's1' }]);
});

it('gives the patient that is known, else its own id, and changes nothing where two are known', async () => {
  const own = groupsToAssign(await duplicatesOf(images));
  expect(own.assignments.map(({ path }) => path)).toEqual(['a.png', 'c.png', 'e.png']);
  const known = groupsToAssign(await duplicatesOf(images.map((i) => (i.sha256 === 's2' ? { ...i, group: 'patient 7' } : i))));
  expect(known.assignments.filter(({ group }) => group === 'patient 7')).toEqual([{ path: 'a.png', sha256: 's1', group: 'patient 7' }]);
  const both = groupsToAssign(await duplicatesOf(images.map((i) => ({ ...i, group: i.sha256 }))));
  expect([both.assignments, both.conflicts.length]).toEqual([[], 1]);
});
