import { expect, it } from 'vitest';
import { contentsToExclude, duplicatesOf, groupsToAssign, type DuplicateInput } from '../../../src/curation/duplicates';
import { fingerprintOf } from '../../../src/images/fingerprint';
import { copyOf, drawnSmears } from '../images/drawnSmears';

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
  const found = await duplicatesOf(images, { cosine: (a, b) => (a === 's1' && b === 's2' ? Math.SQRT1_2 : undefined) });
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

it('joins a picture to what it was cut out of, once a search names the two, and nothing else that the search names', async () => {
  const [field] = drawnSmears(1);
  const crop = await copyOf(field, (p) => p.extract({ left: 0, top: 23, width: 201, height: 201 }).png());
  const others = Array.from({ length: 22 }, (_, i) => print(100 + 7 * i));
  const drawn = [await fingerprintOf(field), ...others, await fingerprintOf(crop)].map((fingerprint, i): DuplicateInput => ({ path: `${String(i).padStart(2, '0')}.png`, sha256: `s${i}`, pixels: 100, fingerprint }));
  expect((await duplicatesOf(drawn)).groups).toEqual([]);
  const { groups } = await duplicatesOf(drawn, { candidates: (seen) => Promise.resolve(seen.flatMap((_, a) => seen.map((__, b): [number, number] => [a, b])).filter(([a, b]) => a !== b)) });
  expect(groups.map(({ members }) => members.map(({ path }) => path))).toEqual([['00.png', '23.png']]);
  expect(groups[0].likeness).toBeGreaterThan(0.8);
});
